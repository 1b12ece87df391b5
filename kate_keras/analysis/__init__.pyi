from .classification import (
    Classification as Classification,
)
from .classification import (
    classify as classify,
)
from .coherence import (
    c_v as c_v,
)
from .coherence import (
    npmi as npmi,
)
from .diversity import (
    inverted_rbo as inverted_rbo,
)
from .diversity import (
    mscd as mscd,
)
from .diversity import (
    topic_diversity as topic_diversity,
)
from .evaluation import (
    Evaluation as Evaluation,
)
from .evaluation import (
    evaluate as evaluate,
)
from .explanation import (
    Explanation as Explanation,
)
from .explanation import (
    TopicShare as TopicShare,
)
from .explanation import (
    explain as explain,
)
from .regression import (
    evaluate_ratings as evaluate_ratings,
)
from .reliability import (
    dead_units as dead_units,
)
from .reliability import (
    saturation as saturation,
)
from .reliability import (
    stability as stability,
)
from .retrieval import (
    FRACTIONS as FRACTIONS,
)
from .retrieval import (
    LENGTHS as LENGTHS,
)
from .retrieval import (
    LengthBin as LengthBin,
)
from .retrieval import (
    Retrieval as Retrieval,
)
from .retrieval import (
    measure_retrieval as measure_retrieval,
)
from .topic_measures import (
    TopicQuality as TopicQuality,
)
from .topic_measures import (
    topic_quality as topic_quality,
)
from .topic_words import (
    Topic as Topic,
)
from .topic_words import (
    topic_word_ids as topic_word_ids,
)
from .topic_words import (
    topics as topics,
)
from .word_pairs import (
    WordSimilarity as WordSimilarity,
)
from .word_pairs import (
    read_word_pairs as read_word_pairs,
)
from .word_pairs import (
    word_similarity as word_similarity,
)
from .words import (
    similar_words as similar_words,
)
