"""Corpora and texts to counts of words."""

from kate_keras.text.counts import batched, count_forms
from kate_keras.text.tokenizer import as_text_tensor, tokenize
from kate_keras.text.vocabulary import Vocabulary, build_vocabulary

__all__ = [
    "Vocabulary",
    "as_text_tensor",
    "batched",
    "build_vocabulary",
    "count_forms",
    "tokenize",
]
