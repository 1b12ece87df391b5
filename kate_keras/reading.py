"""What a trained model can be asked: its topics, its words, and why."""

from dataclasses import replace
from typing import Any

import keras
import numpy as np
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from kate_keras import analysis, artifact
from kate_keras.analysis.attribution import (
    Attribution,
    attribute,
    similarity_target,
    topic_target,
    value_of,
    word_target,
)
from kate_keras.analysis.document_network import DocumentNetwork, Target
from kate_keras.analysis.pair_explanation import PairExplanation, shared_topics
from kate_keras.errors import InputError
from kate_keras.models import Autoencoder, OneLayerAutoencoder
from kate_keras.models.one_layer import CompetingAutoencoder
from kate_keras.text import Vocabulary, count_words, tokenize
from kate_keras.text.count_input import as_counts
from kate_keras.text.stored_counts import Counts
from kate_keras.text.tokenizer import as_text_tensor
from kate_keras.training.adapt import BATCH
from kate_keras.training.batches import documents_with_words, sparse_batches

# What `frequent_activations` reads; see there.
LEAST_DOCUMENTS = 20
MOST_COMPARED = 20_000


class Readable:
    """The part of `KATE` that reads a trained model; it changes nothing.

    Attributes:
        autoencoder_: Trained Keras model.
        signatures_: Functions of the trained model.
        vocabulary_: Words of its input.
        input_: `"texts"` or `"counts"`, what it was fitted on.
        options_: Options that it was trained by.
    """

    autoencoder_: Autoencoder
    signatures_: artifact.Signatures
    vocabulary_: Vocabulary
    input_: str
    options_: dict[str, Any]

    def topics(self, n_words: int = 10) -> list[analysis.Topic]:
        """Returns the topics: per unit the words of both its ends.

        See `kate_keras.analysis.topics`. A model that was saved by a kate_keras of
        before format 2 did not record the ends of its units; its words are chosen by
        their weights alone.
        """
        check_is_fitted(self)
        autoencoder = self.autoencoder_
        return analysis.topics(
            autoencoder.kernel, self.vocabulary_, n_words, autoencoder.topic_ends
        )

    def topic_word_ids(self, n_words: int = 10) -> np.ndarray:
        """Returns the words of both ends of each unit, to measure them as topics.

        See `kate_keras.analysis.topic_word_ids`.
        """
        check_is_fitted(self)
        autoencoder, spread = self.autoencoder_, self.vocabulary_.spread()
        return analysis.topic_word_ids(
            autoencoder.kernel, spread, n_words, autoencoder.topic_ends
        )

    def similar_words(self, word: str, n: int = 10) -> list[tuple[str, float]]:
        """Returns the `n` nearest words by the cosine of their rows of the kernel.

        Raises:
            InputError: If the word is not in the vocabulary.
        """
        check_is_fitted(self)
        kernel = self.autoencoder_.kernel
        return analysis.similar_words(kernel, self.vocabulary_, word, n)

    def activations(self, counts: sparse.csr_array) -> np.ndarray:
        """Returns the activations of documents, by which topics have their ends.

        Args:
            counts: Word counts, float32 `(n_documents, vocabulary_size)`.

        Returns:
            Float32 array of shape `(n_documents, n_components)`.

        Raises:
            InputError: If they are not finite and positive, or have other columns.
        """
        check_is_fitted(self)
        counts = as_counts(counts, len(self.vocabulary_))
        documents = np.arange(counts.shape[0])
        codes = [
            self.autoencoder_.code(batch).numpy()
            for batch in sparse_batches(counts, documents, BATCH)
        ]
        none = np.zeros((0, self.autoencoder_.n_components), np.float32)
        return np.concatenate([none, *codes])

    def frequent_activations(self, counts: Counts) -> np.ndarray:
        """Returns activations as the words of many documents make them, to compare.

        A word of few documents was learned with them by heart, and it is in the
        vocabulary because they have it. With such words, documents that were learned
        from differ from others of the same source; by the words of at least 20
        documents they do not.

        Args:
            counts: Word counts, float32 `(n_documents, vocabulary_size)`.

        Returns:
            Float32 array of shape `(n, n_components)`, of the documents with such words
            and, where there are more, of 20,000 of them at even distances.
        """
        check_is_fitted(self)
        rows = documents_with_words(counts)
        if len(rows) > MOST_COMPARED:
            rows = rows[np.arange(MOST_COMPARED) * len(rows) // MOST_COMPARED]
        counts = counts[rows]
        frequency = np.array(self.vocabulary_.document_frequency)
        if self.vocabulary_.n_documents:
            frequent = (frequency >= LEAST_DOCUMENTS).astype(np.float32)
            counts = sparse.csr_array(counts * frequent)
            counts.eliminate_zeros()
        return self.activations(counts[documents_with_words(counts)])

    def explain(self, text: str, n_topics: int = 5) -> analysis.Explanation:
        """Returns what the words of a text do to the topics that they move furthest.

        Raises:
            InputError: If the variant has more than one layer before its vectors, so
                that no exact share of a word exists.
        """
        autoencoder = self._one_layer("explain")
        words = [
            word.decode() for word in tokenize(as_text_tensor([text])).values.numpy()
        ]
        return analysis.explain(
            self._input_of(text),
            autoencoder.kernel,
            autoencoder.bias,
            autoencoder.activate,
            self.vocabulary_,
            [word for word in words if word not in self.vocabulary_],
            n_topics,
        )

    def explain_similarity(
        self, first: str, second: str, n_topics: int = 5
    ) -> PairExplanation:
        """Returns why two texts are alike, or are not.

        Args:
            first: A text.
            second: Another.
            n_topics: Topics to name, those that add most to the cosine or take most
                from it.

        Raises:
            InputError: As `explain`.
        """
        self._one_layer("explain_similarity")
        ours, theirs = artifact.encode_texts(self.signatures_, [first, second])
        similarity, topics = shared_topics(ours, theirs, n_topics)
        return PairExplanation(
            similarity,
            topics,
            self.attribute(first, similar_to=second),
            self.attribute(second, similar_to=first),
        )

    def attribute(
        self,
        text: str,
        *,
        topic: int | None = None,
        word: str | None = None,
        similar_to: str | None = None,
        rule: str = "integrated-gradients",
        competition: bool = False,
    ) -> Attribution:
        """Scores the words of a text for one number that the network gives.

        Args:
            text: The text.
            topic: Explains the activation of this unit.
            word: Explains the logit of this word in the reconstruction.
            similar_to: Explains the cosine with the vector of this text.
            rule: `"integrated-gradients"`, `"gradient"`, `"input-x-gradient"`,
                `"guided"` or `"deconvolution"`; see `kate_keras.analysis.attribute`.
            competition: Whether units compete on the way, as they do in training; by
                `inference="sparse"` they always do.

        Returns:
            The scores, in the order of their size.

        Raises:
            InputError: If not just one of `topic`, `word` and `similar_to` is given,
                one of them is not there, nothing competes in this variant or on the way
                to its vectors, or as `explain`.

        Example:
            >>> from kate_keras import KATE
            >>> texts = ["cats purr and sleep", "dogs bark and run", "cats, dogs"] * 10
            >>> model = KATE(n_components=4, epochs=5, verbose=False).fit(texts)
            >>> found = model.attribute("Cats sleep.", similar_to="Cats purr.")
            >>> sorted(word for word, _ in found.words)
            ['cats', 'sleep']
            >>> found.completeness_error < 1e-6
            True
        """
        given = [choice for choice in (topic, word, similar_to) if choice is not None]
        if len(given) != 1:
            raise InputError(
                "`attribute` explains one number: give one of `topic`, `word` and "
                f"`similar_to`. Received: {len(given)} of them"
            )
        words, network = self.document_network(text, competition)
        if similar_to is not None and self.autoencoder_.read_out == "linear":
            if competition:
                raise InputError(
                    "`competition=True` has no part in `similar_to`: by read_out="
                    "'linear' vectors are made of what comes before the competition."
                )
            network = replace(network, activation=keras.activations.linear)
        target = self._target(network, topic, word, similar_to)
        scores = attribute(network, target, rule)
        order = np.argsort(-np.abs(scores), kind="stable")
        return Attribution(
            tuple((words[j], float(scores[j])) for j in order),
            value_of(network, target),
            value_of(network, target, 0.0),
            rule,
        )

    def document_network(
        self, text: str, competition: bool = False
    ) -> tuple[list[str], DocumentNetwork]:
        """Returns the known words of a text, and the network as they see it.

        With it `kate_keras.analysis.attribute` explains any number of the code.

        Args:
            text: The text.
            competition: Whether units compete on the way; see `attribute`.

        Raises:
            InputError: If nothing competes in this variant, or as `explain`.
        """
        autoencoder = self._one_layer("attribute")
        layer = None
        if isinstance(autoencoder, CompetingAutoencoder):
            layer = autoencoder.competition()
            # Whoever competes outside training has vectors of what is left then.
            layer = layer if competition or layer.inference == "sparse" else None
        elif competition:
            raise InputError(
                "`competition=True` needs a variant whose units compete. Received: "
                f"variant={self.options_['variant']!r}"
            )
        inputs = self._input_of(text)
        present = np.flatnonzero(inputs)
        network = DocumentNetwork(
            inputs[present].astype(np.float64),
            autoencoder.kernel[present].astype(np.float64),
            autoencoder.bias.astype(np.float64),
            autoencoder.get_layer("activations").activation,
            layer,
        )
        return [self.vocabulary_.words[i] for i in present], network

    def require_texts(self) -> None:
        """Refuses if the model was fitted on counts and so knows no words.

        Raises:
            InputError: If it was.
        """
        if self.input_ != "texts":
            raise InputError(
                "This model was fitted on counts and does not know the words of texts. "
                f"Pass counts with {len(self.vocabulary_)} columns, or fit on texts."
            )

    def _one_layer(self, what: str) -> OneLayerAutoencoder:
        """The model, if words act on its units through one layer."""
        check_is_fitted(self)
        self.require_texts()
        if not isinstance(self.autoencoder_, OneLayerAutoencoder):
            raise InputError(
                f"`{what}` needs a variant whose units are one layer away from the "
                "words, such as 'kate' or 'plain'. Received: variant="
                f"{self.options_['variant']!r}, whose words act through two layers"
            )
        return self.autoencoder_

    def _input_of(self, text: str) -> np.ndarray:
        """The weighted input of a text, shape `(vocabulary_size,)`."""
        counts = count_words([text], self.vocabulary_).toarray()
        inputs: np.ndarray = self.autoencoder_.get_layer("log_count")(counts).numpy()[0]
        return inputs

    def _target(
        self,
        network: DocumentNetwork,
        topic: int | None,
        word: str | None,
        similar_to: str | None,
    ) -> Target:
        autoencoder = self.autoencoder_
        if topic is not None:
            return topic_target(topic, autoencoder.n_components)
        if word is not None:
            if word not in self.vocabulary_:
                raise InputError(f"{word!r} is not in the vocabulary.")
            word_id = self.vocabulary_[word]
            biases = autoencoder.get_layer("tied_dense").reverse_bias.numpy()
            return word_target(autoencoder.kernel[word_id], float(biases[word_id]))
        assert similar_to is not None  # noqa: S101  One of the three is given.
        read_out = autoencoder.encoder.get_layer("read_out")
        n = autoencoder.n_components
        origin, rotation = np.zeros(n), np.eye(n)
        if hasattr(read_out, "origin"):
            origin = read_out.origin.numpy()
        if hasattr(read_out, "whitening"):
            rotation = read_out.whitening.numpy()
        (vector,) = artifact.encode_texts(self.signatures_, [similar_to])
        return similarity_target(network, vector, origin, rotation)
