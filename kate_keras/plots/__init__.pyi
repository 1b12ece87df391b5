from .activation_histogram import (
    plot_activations as plot_activations,
)
from .confusion import (
    plot_confusion as plot_confusion,
)
from .document_map import (
    plot_documents as plot_documents,
)
from .document_page import (
    documents_html as documents_html,
)
from .effect_curves import (
    plot_effect as plot_effect,
)
from .highlights import (
    plot_highlights as plot_highlights,
)
from .highlights_page import (
    highlights_html as highlights_html,
)
from .neighbours import (
    plot_neighbours as plot_neighbours,
)
from .projection import (
    project as project,
)
from .retrieval_curves import (
    plot_retrieval as plot_retrieval,
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
from .training_curves import (
    plot_training as plot_training,
)
from .word_cloud import (
    plot_word_cloud as plot_word_cloud,
)
