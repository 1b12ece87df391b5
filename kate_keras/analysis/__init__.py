"""Reading a trained model and measuring its vectors."""

from kate_keras.analysis.evaluation import Evaluation, evaluate
from kate_keras.analysis.explanation import Explanation, TopicShare, explain
from kate_keras.analysis.metrics import FRACTIONS, mscd, retrieval_precision
from kate_keras.analysis.topics import Topic, topics
from kate_keras.analysis.words import similar_words

__all__ = [
    "FRACTIONS",
    "Evaluation",
    "Explanation",
    "Topic",
    "TopicShare",
    "evaluate",
    "explain",
    "mscd",
    "retrieval_precision",
    "similar_words",
    "topics",
]
