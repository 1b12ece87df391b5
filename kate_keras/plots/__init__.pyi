from .neighbours import (
    plot_neighbours as plot_neighbours,
)
from .topic_bars import (
    plot_topic as plot_topic,
)
from .topic_similarity import (
    plot_topic_similarity as plot_topic_similarity,
)
from .topic_word_map import (
    plot_topic_words as plot_topic_words,
)
from .word_cloud import (
    plot_word_cloud as plot_word_cloud,
)
