from .attribution import (
    Attribution as Attribution,
    attribute as attribute,
)
from .classification import (
    Classification as Classification,
    classify as classify,
)
from .coherence import (
    c_v as c_v,
    npmi as npmi,
)
from .diversity import (
    inverted_rbo as inverted_rbo,
    mscd as mscd,
    topic_diversity as topic_diversity,
)
from .document_network import (
    DocumentNetwork as DocumentNetwork,
)
from .evaluation import (
    Evaluation as Evaluation,
    evaluate as evaluate,
)
from .explanation import (
    Explanation as Explanation,
    TopicShare as TopicShare,
    explain as explain,
)
from .gradient_flow import (
    GradientFlow as GradientFlow,
    gradient_flow as gradient_flow,
)
from .neighbour_overlap import (
    neighbour_overlap as neighbour_overlap,
)
from .pair_explanation import (
    PairExplanation as PairExplanation,
    SharedTopic as SharedTopic,
)
from .regression import (
    evaluate_ratings as evaluate_ratings,
)
from .reliability import (
    dead_units as dead_units,
    saturation as saturation,
    stability as stability,
)
from .retrieval import (
    FRACTIONS as FRACTIONS,
    LENGTHS as LENGTHS,
    LengthBin as LengthBin,
    Retrieval as Retrieval,
    measure_retrieval as measure_retrieval,
)
from .topic_drift import (
    TopicDrift as TopicDrift,
    activation_statistics as activation_statistics,
    topic_drift as topic_drift,
)
from .topic_ends import (
    topic_ends as topic_ends,
)
from .topic_matching import (
    TopicMatch as TopicMatch,
    match_topics as match_topics,
)
from .topic_measures import (
    TopicQuality as TopicQuality,
    topic_quality as topic_quality,
)
from .topic_words import (
    Topic as Topic,
    topic_word_ids as topic_word_ids,
    topics as topics,
)
from .word_drift import (
    WordChange as WordChange,
    WordDrift as WordDrift,
    word_drift as word_drift,
)
from .word_pairs import (
    WordSimilarity as WordSimilarity,
    read_word_pairs as read_word_pairs,
    word_similarity as word_similarity,
)
from .words import (
    similar_words as similar_words,
)
