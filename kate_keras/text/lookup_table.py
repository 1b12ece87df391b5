"""From words to word ids, inside a TensorFlow graph."""

import tensorflow as tf

from kate_keras.text.vocabulary import Vocabulary


def lookup_table(vocabulary: Vocabulary) -> tf.lookup.StaticHashTable:
    """Builds the static table from surface form (UTF-8) to word id.

    Forms that are not in the vocabulary get the id `len(vocabulary)`.
    """
    entries = vocabulary.spellings
    return tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(
            tf.constant(list(entries), tf.string),
            tf.constant(list(entries.values()), tf.int64),
        ),
        default_value=len(vocabulary),
    )
