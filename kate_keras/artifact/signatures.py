"""What a trained model answers: the signatures of its SavedModel.

`KATE.transform` calls these same functions, so Python, the SavedModel and every server
of it agree to the last bit.
"""

import tensorflow as tf

from kate_keras.artifact.reading import Outputs, Reading
from kate_keras.models import Autoencoder, OneLayerAutoencoder
from kate_keras.text import Vocabulary, tokenize
from kate_keras.text.lookup_table import lookup_table

TEXT = tf.TensorSpec([None], tf.string, name="text")


class Signatures:
    """The functions of a trained model, each compiled once for every batch size.

    Counts take one way, whatever they were given as: summed per document and word,
    sorted by word, multiplied as a sparse matrix. A document's vector therefore depends
    on neither the form of the input nor the other documents.

    Args:
        autoencoder: Trained model.
        vocabulary: Words of its input; `None` if it was trained on counts, and then
            there are no signatures that take text.
    """

    def __init__(self, autoencoder: Autoencoder, vocabulary: Vocabulary | None) -> None:
        self.autoencoder = autoencoder
        self.n_words = autoencoder.vocabulary_size
        self.table = lookup_table(vocabulary) if vocabulary is not None else None
        self._read_out = autoencoder.encoder.get_layer("read_out")
        counts = tf.TensorSpec([None, self.n_words], tf.float32, name="counts")
        sparse = [
            tf.TensorSpec([None], tf.int64, name="word_ids"),
            tf.TensorSpec([None], tf.float32, name="counts"),
            tf.TensorSpec([None], tf.int64, name="row_splits"),
        ]
        self.functions = {
            "encode_counts": tf.function(self.encode_counts, input_signature=[counts]),
            "encode_sparse": tf.function(self.encode_sparse, input_signature=sparse),
        }
        if self.table is not None:
            texts = {
                "encode": self.encode,
                "reconstruct": self.reconstruct,
                "describe": self.describe,
            }
            self.functions = {
                name: tf.function(function, input_signature=[TEXT])
                for name, function in texts.items()
            } | self.functions
        if vocabulary is not None and isinstance(autoencoder, OneLayerAutoencoder):
            self._reading = Reading(autoencoder, vocabulary)
            self.functions |= {
                "explain": tf.function(self.explain, input_signature=[TEXT]),
                "topics": tf.function(
                    self._reading.topics,
                    input_signature=[tf.TensorSpec([], tf.int32, name="n_words")],
                ),
                "neighbours": tf.function(
                    self.neighbours,
                    input_signature=[
                        tf.TensorSpec([], tf.string, name="word"),
                        tf.TensorSpec([], tf.int32, name="n"),
                    ],
                ),
            }

    def encode(self, text: tf.Tensor) -> Outputs:
        """Returns the `embedding` of texts, `(batch,)` to `(batch, n_components)`."""
        word_ids, row_splits = self._look_up(text)
        return {"embedding": self._embed(self._count_words(word_ids, row_splits))}

    def describe(self, text: tf.Tensor) -> Outputs:
        """Returns `embedding` and, per text, the numbers `known_words` and `words`."""
        word_ids, row_splits = self._look_up(text)
        known = tf.RaggedTensor.from_row_splits(
            tf.cast(word_ids < self.n_words, tf.int64), row_splits, validate=False
        )
        return {
            "embedding": self._embed(self._count_words(word_ids, row_splits)),
            "known_words": tf.reduce_sum(known, axis=1),
            "words": known.row_lengths(),
        }

    def reconstruct(self, text: tf.Tensor) -> Outputs:
        """Returns the `logits` of texts, `(batch,)` to `(batch, vocabulary_size)`."""
        counts = _checked(self._count_words(*self._look_up(text)))
        return {"logits": self.autoencoder.decode(self.autoencoder.code(counts))}

    def explain(self, text: tf.Tensor) -> Outputs:
        """Returns why vectors are what they are; see `Reading.explain`.

        There are also `unknown_words`, string `(m,)`, those of each document in order
        of appearance as `unknown_row_splits` has it; stop words are among them.
        """
        words = tokenize(text)
        ids = self._ids(words.values)
        unknown = tf.ragged.boolean_mask(words, words.with_values(ids == self.n_words))
        return {
            **self._reading.explain(self._count_words(ids, words.row_splits)),
            "unknown_words": unknown.values,
            "unknown_row_splits": unknown.row_splits,
        }

    def neighbours(self, word: tf.Tensor, n: tf.Tensor) -> Outputs:
        """Returns the nearest `words` of a word and their `cosines`, both `(n,)`.

        A word that is not in the vocabulary, or is more than one, has none.
        """
        ids = self._ids(tokenize(word[None]).values)
        one = tf.concat([ids, [self.n_words]], axis=0)[0]
        found = tf.where(tf.size(ids) == 1, one, self.n_words)
        return self._reading.neighbours(found, n)

    def encode_counts(self, counts: tf.Tensor) -> Outputs:
        """Returns the `embedding` of counts `(batch, vocabulary_size)`."""
        places = tf.where(tf.not_equal(counts, 0.0))
        sparse = tf.SparseTensor(
            places, tf.gather_nd(counts, places), tf.shape(counts, tf.int64)
        )
        return {"embedding": self._embed(sparse)}

    def encode_sparse(
        self, word_ids: tf.Tensor, counts: tf.Tensor, row_splits: tf.Tensor
    ) -> Outputs:
        """Returns the `embedding` of counts in CSR form.

        Args:
            word_ids: Word ids, int64 `(nnz,)`.
            counts: Counts of these words, float32 `(nnz,)`.
            row_splits: Where each document begins and the last ends, `(batch + 1,)`.
        """
        in_range = tf.reduce_all((word_ids >= 0) & (word_ids < self.n_words))
        check = tf.debugging.Assert(
            in_range, ["word_ids must be from 0 to below", self.n_words]
        )
        with tf.control_dependencies([check]):
            return {"embedding": self._embed(self._count(word_ids, counts, row_splits))}

    def _look_up(self, text: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        words = tokenize(text)
        return self._ids(words.values), words.row_splits

    def _ids(self, words: tf.Tensor) -> tf.Tensor:
        assert self.table is not None  # noqa: S101  Signatures of text need one.
        return self.table.lookup(words)

    def _count_words(
        self, word_ids: tf.Tensor, row_splits: tf.Tensor
    ) -> tf.SparseTensor:
        return self._count(word_ids, tf.zeros([0], tf.float32), row_splits)

    def _count(
        self, word_ids: tf.Tensor, counts: tf.Tensor, row_splits: tf.Tensor
    ) -> tf.SparseTensor:
        """Sums counts per document and word; unknown words (id V) are left out."""
        # The operation refuses an empty batch; a last, empty document mends that.
        places, values, _ = tf.raw_ops.RaggedCountSparseOutput(
            splits=tf.concat([row_splits, row_splits[-1:]], axis=0),
            values=word_ids,
            weights=counts,
            minlength=self.n_words,
            maxlength=self.n_words,
            binary_output=False,
        )
        n_documents = tf.size(row_splits, tf.int64) - 1
        return tf.SparseTensor(places, values, tf.stack([n_documents, self.n_words]))

    def _embed(self, counts: tf.SparseTensor) -> tf.Tensor:
        return self._read_out(self.autoencoder.before_read_out(_checked(counts)))


def _checked(counts: tf.SparseTensor) -> tf.SparseTensor:
    valid = tf.reduce_all((counts.values >= 0) & tf.math.is_finite(counts.values))
    check = tf.debugging.Assert(valid, ["counts must be finite and not negative"])
    with tf.control_dependencies([check]):
        return counts.with_values(tf.identity(counts.values))
