"""Corpora and texts to counts of words."""

from kate_keras.text.corpus import Corpus
from kate_keras.text.counts import batched, count_forms, count_words
from kate_keras.text.document import Document
from kate_keras.text.source import read_corpus
from kate_keras.text.tokenizer import as_text_tensor, tokenize
from kate_keras.text.vocabulary import Vocabulary, build_vocabulary

__all__ = [
    "Corpus",
    "Document",
    "Vocabulary",
    "as_text_tensor",
    "batched",
    "build_vocabulary",
    "count_forms",
    "count_words",
    "read_corpus",
    "tokenize",
]
