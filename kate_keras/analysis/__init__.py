"""Reading a trained model and measuring its vectors, its topics and its words."""

from kate_keras.analysis.classification import Classification, classify
from kate_keras.analysis.coherence import c_v, npmi
from kate_keras.analysis.diversity import inverted_rbo, mscd, topic_diversity
from kate_keras.analysis.evaluation import Evaluation, evaluate
from kate_keras.analysis.explanation import Explanation, TopicShare, explain
from kate_keras.analysis.regression import evaluate_ratings
from kate_keras.analysis.reliability import dead_units, saturation, stability
from kate_keras.analysis.retrieval import (
    FRACTIONS,
    LENGTHS,
    LengthBin,
    Retrieval,
    measure_retrieval,
)
from kate_keras.analysis.topic_quality import TopicQuality, topic_quality
from kate_keras.analysis.topics import Topic, topic_word_ids, topics
from kate_keras.analysis.word_similarity import (
    WordSimilarity,
    read_word_pairs,
    word_similarity,
)
from kate_keras.analysis.words import similar_words

__all__ = [
    "FRACTIONS",
    "LENGTHS",
    "Classification",
    "Evaluation",
    "Explanation",
    "LengthBin",
    "Retrieval",
    "Topic",
    "TopicQuality",
    "TopicShare",
    "WordSimilarity",
    "c_v",
    "classify",
    "dead_units",
    "evaluate",
    "evaluate_ratings",
    "explain",
    "inverted_rbo",
    "measure_retrieval",
    "mscd",
    "npmi",
    "read_word_pairs",
    "saturation",
    "similar_words",
    "stability",
    "topic_diversity",
    "topic_quality",
    "topic_word_ids",
    "topics",
    "word_similarity",
]
