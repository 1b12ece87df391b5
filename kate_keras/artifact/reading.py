"""What a SavedModel says of itself: topics, neighbours, and why a vector is what it is.

With these in the graph, whatever serves the model can explain it.
"""

import numpy as np
import tensorflow as tf

from kate_keras.models import OneLayerAutoencoder
from kate_keras.text import Vocabulary

Outputs = dict[str, tf.Tensor]

# Length of a row of zeros, which has a cosine of 0 with every word.
TINY = float(np.finfo(np.float32).tiny)


class Reading:
    """Functions of a one-layer model that answer with words.

    They give what `KATE.topics`, `similar_words` and `explain` do, to float32's
    rounding.

    Args:
        autoencoder: Trained model.
        vocabulary: Words of its input.
    """

    def __init__(
        self, autoencoder: OneLayerAutoencoder, vocabulary: Vocabulary
    ) -> None:
        # The ends of topics are measured with these signatures, and read when asked.
        self._autoencoder = autoencoder
        self._log_count = autoencoder.get_layer("log_count")
        self._dense = autoencoder.get_layer("tied_dense")
        self._activate = autoencoder.get_layer("activations")
        self._words = tf.constant(list(vocabulary.words))
        self._spread = tf.constant(vocabulary.spread(), tf.float32)

    def topics(self, n_words: tf.Tensor) -> Outputs:
        """Returns the words of both ends of each unit.

        Args:
            n_words: Words per sign, a scalar of at least 1.

        Returns:
            `positive` and `negative`, the words of each end, string
            `(n_components, n)` with at most `n_words` columns, and their influence,
            `positive_influence` and `negative_influence`. Where an end has fewer words,
            the rest of a row is empty and 0.
        """
        most = tf.size(self._words)
        n_words = tf.clip_by_value(n_words, 1, most)
        outputs = {}
        for end, (name, sign) in enumerate((("positive", 1.0), ("negative", -1.0))):
            strength, ids = tf.math.top_k(self._influence(end, sign), n_words)
            filled = strength > 0
            outputs[name] = tf.where(filled, tf.gather(self._words, ids), "")
            outputs[f"{name}_influence"] = tf.where(filled, sign * strength, 0.0)
        return outputs

    def _influence(self, end: int, sign: float) -> tf.Tensor:
        """Influences of words on an end of each unit, `(n_components, n_words)`.

        See `kate_keras.analysis.topics`.
        """
        kernel, ends = self._dense.kernel.value, self._autoencoder.topic_ends
        pull = sign * tf.transpose(kernel)
        if ends is None:
            return pull * self._spread
        lift = tf.matmul(ends[end], kernel, transpose_a=True, transpose_b=True)
        roots = [tf.pow(tf.nn.relu(factor), 1 / 3) for factor in (pull, lift)]
        return tf.sqrt(self._spread) * roots[0] * tf.square(roots[1])

    def neighbours(self, word_id: tf.Tensor, n: tf.Tensor) -> Outputs:
        """Returns the words whose rows of `W` have the highest cosine with a word's.

        Args:
            word_id: Id of the word; that of an unknown one has no neighbours.
            n: How many, a scalar.

        Returns:
            `words`, nearest first, and their `cosines`, both `(n,)`.
        """
        kernel = self._dense.kernel.value
        most = tf.size(self._words)
        known = word_id < tf.cast(most, tf.int64)
        place = tf.where(known, tf.cast(word_id, tf.int32), 0)
        lengths = tf.maximum(tf.norm(kernel, axis=1), TINY)
        row = tf.gather(kernel, place) / tf.gather(lengths, place)
        cosines = tf.linalg.matvec(kernel, row) / lengths
        # Not the word itself.
        others = tf.range(most) != place
        cosines = tf.where(others, cosines, -2.0)
        n = tf.where(known, tf.clip_by_value(n, 0, most - 1), 0)
        cosines, ids = tf.math.top_k(cosines, n)
        return {"words": tf.gather(self._words, ids), "cosines": cosines}

    def explain(self, counts: tf.SparseTensor) -> Outputs:
        """Splits pre-activations into the shares of the documents' words.

        Args:
            counts: Word counts, `(batch, vocabulary_size)`.

        Returns:
            `words` `(nnz,)` and `shares` `(nnz, n_components)`, what each word adds to
            each unit's pre-activation, document by document as `row_splits` has it;
            `bias` `(n_components,)`; `pre_activation` and `activation`,
            `(batch, n_components)`. A document's shares and the bias sum to its
            pre-activation.
        """
        x = self._log_count(counts)
        rows, ids = x.indices[:, 0], x.indices[:, 1]
        shares = tf.gather(self._dense.kernel.value, ids) * x.values[:, None]
        bias = self._dense.bias.value
        sums = tf.math.unsorted_segment_sum(shares, rows, x.dense_shape[0])
        return {
            "words": tf.gather(self._words, ids),
            "shares": shares,
            "row_splits": tf.searchsorted(
                rows, tf.range(x.dense_shape[0] + 1), out_type=tf.int64
            ),
            "bias": tf.identity(bias),
            "pre_activation": sums + bias,
            "activation": self._activate(sums + bias),
        }
