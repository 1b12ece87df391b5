"""The estimator: a corpus in, readable vectors out."""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from kate_keras import analysis, artifact
from kate_keras.argument_checks import checked_path
from kate_keras.artifact.manifest import library_versions
from kate_keras.errors import InputError, require
from kate_keras.models import Autoencoder, Variant, resolve_variant
from kate_keras.models.precision import precision
from kate_keras.option_checks import check_options
from kate_keras.reading import Readable
from kate_keras.text import count_words
from kate_keras.text.chosen_words import choice_of
from kate_keras.text.count_input import (
    as_counts,
    column_names,
    document_frequency,
    is_counts,
)
from kate_keras.text.stored_counts import Counts
from kate_keras.text.unsplit_words import unsplit_notice
from kate_keras.training import (
    Recipe,
    adapt_input,
    adapt_output,
    adapt_read_out,
    best_epoch,
    continue_training,
    customized_recipe,
    reconstruction_loss,
    train,
    update_recipe,
)
from kate_keras.training.checkpoint_file import CheckpointFile
from kate_keras.training_corpus import (
    corpus_facts,
    n_known_words,
    read_training_corpus,
    require_learnable,
)


class KATE(Readable, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """K-Competitive Autoencoder for Text: document vectors whose units are topics.

    A scikit-learn transformer over a functional Keras model. Options that are `None`
    take the recipe's value. It computes in float32, whatever dtype policy Keras is set
    to, so that a saved model gives the same vectors wherever it is loaded.

    Args:
        n_components: Number of topics `d`, the size of a vector.
        k: Winners of the competition; `None`, half of the units, but at least 16 where
            there are 20. Half of them are for units above 0, half for those below.
            Options that the variant does not have are refused.
        alpha: Amplification of the losers' energy; `None`, scaled with `k`.
        recipe: `"default"`, the best that was found on validation data, or `"paper"`,
            the setting of the paper.
        variant: The network: `"kate"`, or a relative that is trained, read and saved
            alike. `"deep"` lets four times as many units compete before a code of
            `n_components`: better vectors, whose words cannot be told exactly.
            `"no-amplification"` (`alpha` is `2 / k`) and `"no-energy"` (0) are
            KATE; `"no-competition"` has its tanh units and nothing between them and
            the decoder; `"k-sparse"` keeps the `k` largest of linear units in training;
            `"plain"`, `"denoising-masking"`, `"denoising-gaussian"`,
            `"denoising-salt-and-pepper"` and `"contractive"` have sigmoid units;
            `"variational"` samples its code in training. See `kate_keras.models`.
        strength: What the variant has of noise (share of the words, or standard
            deviation), of contraction or of divergence; `None`, the variant's usual.
        max_features: Most words in the vocabulary, by frequency; `None`, no limit.
        min_df: Leave out words in fewer documents; a float is a share of them.
        max_df: Leave out words in more documents; a float is a share of them.
        stop_words: `"english"`, a list of words, or `None`.
        stemmer: Snowball language that folds forms of a word, or `None`.
        weighting: Input weighting, `"log"` or `"log-idf"`.
        input_dropout: Share of the input that training hides.
        loss: `"words"` (softmax over the vocabulary) or `"binary"`.
        output_bias: Start of the decoder's bias, `"frequencies"` of the words or
            `"zeros"`.
        decoder: Words that a training step reconstructs, `"exact"`, `"sampled"` or
            `"auto"`; see `kate_keras.training.Recipe`.
        learning_rate: Step size at the start; `None`, scaled with the vocabulary.
        weight_decay: Share of the weights that a step takes away, as a multiple of its
            size; `None`, scaled with vocabulary, `n_components` and corpus. More makes
            better vectors up to a point, less makes topics more distinct. Biases of
            units decay a tenth as much, or less.
        separation: Share of the way to orthogonal topics that they are moved after
            every epoch; `None`, scaled with vocabulary and `n_components`. More makes
            topics more distinct, less makes the neighbours of a text better.
        batch_size: Documents per step; by default at most 100, fewer for small corpora.
        epochs: Most passes over the corpus; early stopping may end sooner.
        patience: Epochs without improvement before training stops.
        read_out: `"activations"` (the paper), `"centered"`, `"whitened"` or `"linear"`;
            see `kate_keras.layers.ReadOut`. `None`, linear for KATE: a vector is then
            the sum of what the words of its document add.
        inference: `"dense"` (the paper), or `"sparse"` to compete when encoding too.
        validation_fraction: Share of the documents held out to watch training; `None`,
            one in twenty, but no more than 200.
        random_state: Seed of everything; the same seed gives the same model.
        verbose: Whether to show progress on stderr.

    Attributes:
        autoencoder_: Keras model, counts to logits: `KATEAutoencoder` or another of
            `kate_keras.models`.
        encoder_: Keras model, counts to vectors.
        vocabulary_: `kate_keras.text.Vocabulary`, a mapping from word to column.
        history_: Values per epoch of `fit`: `loss` (with penalties), `val_loss`
            (without competition), `val_competition_loss` (the same where nothing
            competes), `learning_rate`.
        fingerprint_: Hash over weights, vocabulary and options.
        corpus_: Facts of the training corpus, with the documents of updates.
        activation_statistics_: What the drift of later documents is measured against,
            of the documents of the last training; `None`, not known.
        updates_: What `partial_fit` did since `fit`, oldest first: `date`, the
            fingerprint of the `parent`, new `documents` and their `known_words`,
            `old_documents` that were learned again, `random_state` and `history`.
        options_: The options that the model was trained with.
        signatures_: The compiled functions that answer for this model.

    Example:
        >>> from kate_keras import KATE
        >>> texts = ["cats purr and sleep", "dogs bark and run", "cats and dogs"] * 10
        >>> model = KATE(n_components=4, epochs=2, verbose=False).fit(texts)
        >>> model.transform(["a cat sleeps"]).shape
        (1, 4)

    Reference:
        Chen and Zaki, "KATE: K-Competitive Autoencoder for Text", KDD 2017,
        https://arxiv.org/abs/1705.02033
    """

    # What `save` makes superfluous.
    _checkpoint: CheckpointFile | None = None
    fingerprint_: str
    corpus_: dict[str, Any]
    activation_statistics_: dict[str, Any] | None
    updates_: list[dict[str, Any]]

    def __init__(
        self,
        n_components: int = 128,
        *,
        k: int | None = None,
        alpha: float | None = None,
        recipe: str = "default",
        variant: str = "kate",
        strength: float | None = None,
        max_features: int | None = 20_000,
        min_df: float = 1,
        max_df: float = 1.0,
        stop_words: str | Collection[str] | None = "english",
        stemmer: str | None = "english",
        weighting: str | None = None,
        input_dropout: float | None = None,
        loss: str | None = None,
        output_bias: str | None = None,
        decoder: str | None = None,
        learning_rate: float | None = None,
        weight_decay: float | None = None,
        separation: float | None = None,
        batch_size: int | None = None,
        epochs: int | None = None,
        patience: int | None = None,
        read_out: str | None = None,
        inference: str = "dense",
        validation_fraction: float | None = None,
        random_state: int | None = 0,
        verbose: bool = True,
    ) -> None:
        self.n_components = n_components
        self.k = k
        self.alpha = alpha
        self.recipe = recipe
        self.variant = variant
        self.strength = strength
        self.max_features = max_features
        self.min_df = min_df
        self.max_df = max_df
        self.stop_words = stop_words
        self.stemmer = stemmer
        self.weighting = weighting
        self.input_dropout = input_dropout
        self.loss = loss
        self.output_bias = output_bias
        self.decoder = decoder
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.separation = separation
        self.batch_size = batch_size
        self.epochs = epochs
        self.patience = patience
        self.read_out = read_out
        self.inference = inference
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X: Any,  # noqa: N803
        y: Any = None,  # noqa: ARG002
        *,
        checkpoint: str | Path | None = None,
        resume: bool = False,
        trainer: Callable[..., dict[str, list[float]]] = train,
    ) -> Self:
        """Trains on a corpus.

        With a checkpoint, the state of the training goes to a file every few seconds,
        and a training that was stopped, by whatever, can go on from it: it ends with
        the model that it would have ended with, to the bit.

        Args:
            X: Texts, as a list or another iterable of strings (read once); or counts,
                as a SciPy sparse matrix, an array or a data frame of shape
                `(n_documents, n_words)`; or a folder of counts, of `open_counts`.
            y: Ignored; scikit-learn passes it.
            checkpoint: File of the checkpoint, as `"reports.checkpoint"`. `save`
                removes it; where Ctrl-C ended the training it stays.
            resume: Whether to go on from the checkpoint; if there is none, the training
                begins.
            trainer: What is called in the place of `kate_keras.training.train`, as
                `kate_keras.scale.fit_distributed` does to train on several machines.

        Returns:
            The estimator.

        Raises:
            InputError: If an option is out of its range, or the corpus cannot be
                learned from: no documents, no words, fewer words than components. If
                the checkpoint to go on from is damaged, or of other options, library
                versions or documents.

        Example:
            >>> import tempfile
            >>> from kate_keras import KATE
            >>> texts = ["cats purr and sleep", "dogs bark and run"] * 10
            >>> model = KATE(n_components=2, epochs=2, verbose=False)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     place = {"checkpoint": f"{folder}/pets.checkpoint"}
            ...     model.fit(texts, **place, resume=True).save(f"{folder}/pets")
        """
        self._train(X, checkpoint, resume, trainer)
        return self

    def partial_fit(
        self,
        X: Any,  # noqa: N803
        y: Any = None,  # noqa: ARG002
        *,
        old: Any = None,
        epochs: int | None = None,
    ) -> Self:
        """Goes on learning, from new documents; an unfitted model is fitted.

        Words and their ids stay: words that the vocabulary does not know are passed
        over. So do the weights of the words in the input (idf) and the axes of the
        read-out. Kernel and biases learn, by the recipe of `fit` with a tenth of its
        step size, or .3 of it with `old`. The fingerprint changes: vectors of before
        are not to be mixed with those of after. The same model, documents and
        `random_state` give the same update; a model that was saved and loaded is
        updated as one that was not.

        Args:
            X: New documents, texts or counts as the model was fitted on.
            y: Ignored; scikit-learn passes it.
            old: Documents that the model has learned already, to learn again among the
                new ones, so that less of them is forgotten.
            epochs: Most passes over the documents; `None`, 10. A first fit takes the
                estimator's own.

        Returns:
            The estimator.

        Raises:
            InputError: If documents are not of the kind that the model was fitted on,
                fewer than 2 have known words, or `epochs` is out of its range; the
                model then is as before.

        Example:
            >>> from kate_keras import KATE
            >>> texts = ["cats purr and sleep", "dogs bark and run", "cats, dogs"] * 10
            >>> model = KATE(n_components=4, epochs=2, verbose=False).fit(texts)
            >>> before = model.fingerprint_
            >>> model.partial_fit(["cats bark", "dogs sleep"]).fingerprint_ == before
            False
            >>> len(model.updates_), model.corpus_["documents"]
            (1, 32)
        """
        if not hasattr(self, "autoencoder_"):
            require(old is None, "old", "left out in a first fit", "documents")
            return self.fit(X)
        _checked_variant(self._options())
        new = self._counts_of(X)
        again = new[:0] if old is None else self._counts_of(old)
        counts = sparse.csr_array(sparse.vstack([new, again], format="csr"))
        require_learnable(new, self.autoencoder_.n_components)
        seed = self._seed(len(self.updates_) + 1)
        update = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "parent": self.fingerprint_,
            "documents": new.shape[0],
            "known_words": n_known_words(new),
            "old_documents": again.shape[0],
            "random_state": seed,
        }
        autoencoder, history = continue_training(
            self.autoencoder_,
            counts,
            update_recipe(self.recipe_, counts.shape[1], epochs, old is not None),
            validation_fraction=self.validation_fraction,
            n_new=new.shape[0],
            random_state=seed,
            verbose=self.verbose,
        )
        self.corpus_ = corpus_facts(new, self.corpus_)
        self.updates_ = [*self.updates_, {**update, "history": history}]
        self.vocabulary_ = self.vocabulary_.seen_also_in(
            document_frequency(new), new.shape[0]
        )
        self.fingerprint_ = artifact.fingerprint(
            autoencoder, self.vocabulary_, self.options_
        )
        self._serve(autoencoder)
        self._record_activations(counts)
        return self

    def fit_transform(self, X: Any, y: Any = None) -> np.ndarray:  # noqa: ARG002, N803
        """Trains on a corpus and returns its vectors; texts are read once."""
        counts = self._train(X)
        return artifact.encode_counts(self.signatures_, counts)

    def transform(self, X: Any) -> np.ndarray:  # noqa: N803
        """Encodes documents.

        Args:
            X: Texts or counts, as for `fit`. A text without a known word gets the
                vector of the zero input.

        Returns:
            Vectors, float32 of shape `(n_documents, n_components)`.

        Raises:
            InputError: If a document is not text, or counts have other columns.
        """
        check_is_fitted(self)
        if is_counts(X):
            return artifact.encode_counts(self.signatures_, self._known_counts(X))
        self.require_texts()
        return artifact.encode_texts(self.signatures_, X)

    def score(self, X: Any, y: Any = None) -> float:  # noqa: ARG002, N803
        """Returns minus the mean reconstruction loss of documents; higher is better."""
        return -self.reconstruction_loss(X)

    def reconstruction_loss(self, X: Any, competition: bool = False) -> float:  # noqa: N803
        """Measures how well documents are reconstructed, by the loss of the training.

        Args:
            X: Texts or counts, as for `fit`.
            competition: Whether units compete, as they do in training; without effect
                on a variant in which nothing competes.

        Returns:
            Mean loss in nats a document, without noise and penalties.

        Raises:
            InputError: If there are no documents, or as for `transform`.
        """
        check_is_fitted(self)
        counts = self._counts_of(X)
        return reconstruction_loss(self.autoencoder_, counts, self.recipe_, competition)

    def encode_batches(self, texts: Iterable[str]) -> Iterator[dict[str, np.ndarray]]:
        """Encodes a corpus of any size, a batch at a time.

        Args:
            texts: The documents; a generator is read as batches are asked for.

        Yields:
            `embedding`, float32 `(batch, n_components)`; `known_words` and `words`, how
            many words of each text the model knows and how many there are, `(batch,)`.

        Raises:
            InputError: If the model was fitted on counts, or an item is not a string.
        """
        check_is_fitted(self)
        self.require_texts()
        yield from artifact.encode_text_batches(self.signatures_, texts)

    def save(self, path: str | Path) -> None:
        """Writes a model folder aside and renames it into place.

        Raises:
            InputError: If `path` exists and is not a model folder.
        """
        check_is_fitted(self)
        model = artifact.TrainedModel(
            self.autoencoder_, self.vocabulary_, self._facts()
        )
        artifact.save_model(model, self.signatures_, checked_path(path))
        if self._checkpoint is not None:
            self._checkpoint.remove()
            self._checkpoint = None

    @classmethod
    def from_folder(cls, path: str | Path) -> Self:
        """Loads a model folder; see `kate_keras.load`."""
        trained = artifact.load_model(checked_path(path))
        options = trained.facts["options"]
        unknown = sorted(set(options) - set(cls().get_params()))
        if unknown:
            raise InputError(
                f"{path} was trained by another version of kate_keras, with options "
                f"that this one does not have: {', '.join(unknown)}. Train it again."
            )
        model = cls(**options)
        try:
            _checked_variant(model.get_params())
            model._recipe()
        except (TypeError, ValueError) as error:
            raise InputError(
                f"{path} has options that no training takes: {error}"
            ) from None
        model.vocabulary_ = trained.vocabulary
        for name in ("fingerprint", "input", "history", "corpus", "options"):
            setattr(model, f"{name}_", trained.facts[name])
        # Folders of before there were updates lack both.
        model.updates_ = trained.facts.get("updates", [])
        model.activation_statistics_ = trained.facts.get("activation_statistics")
        model._serve(trained.autoencoder)
        return model

    def export(self, path: str | Path, version: int | None = None) -> Path:
        """Writes a SavedModel in TF Serving's layout, `path/1/saved_model.pb`.

        Args:
            path: Model directory; its name is the model's name.
            version: Number of the version; `None`, one above the highest there.

        Returns:
            The folder of the version.
        """
        check_is_fitted(self)
        return artifact.export(
            self.signatures_,
            self.vocabulary_,
            checked_path(path),
            self._facts(),
            version,
        )

    def __sklearn_tags__(self) -> Tags:
        """Tells scikit-learn that texts and sparse counts are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags

    @property
    def encoder_(self) -> Any:
        """Keras model from counts to vectors."""
        return self.autoencoder_.encoder

    @property
    def _n_features_out(self) -> int:
        return int(self.autoencoder_.n_components)

    @property
    def recipe_(self) -> Recipe:
        """The recipe that the model was trained by, with the choices of then."""
        return customized_recipe(self.options_["recipe"], self.options_)

    def _recipe(self) -> Recipe:
        """The recipe that `fit` would train by now."""
        return customized_recipe(self.recipe, self.get_params())

    def _counts_of(self, X: Any) -> sparse.csr_array:  # noqa: N803
        """Counts the words of documents that the fitted model is to read."""
        if is_counts(X):
            return self._known_counts(X)
        self.require_texts()
        return count_words(X, self.vocabulary_)

    def _known_counts(self, X: Any) -> sparse.csr_array:  # noqa: N803
        """Counts that were passed in, with the columns of the training corpus."""
        names = list(self.vocabulary_.words)
        if (
            hasattr(X, "columns")
            and self.input_ == "counts"
            and column_names(X) != names
        ):
            raise InputError(
                "The columns of the data frame must be those of the training corpus, "
                f"in their order: {', '.join(names)!s:.80}. "
                f"Received: {', '.join(column_names(X))!s:.80}"
            )
        return as_counts(X, len(names))

    def _open_checkpoint(
        self, path: str | Path | None, resume: bool, options: dict[str, Any]
    ) -> CheckpointFile | None:
        """Opens what a training leaves its state in, and can go on from."""
        if path is None:
            if resume:
                raise InputError(
                    "`resume` needs the file to go on from. "
                    "Expected: `checkpoint`, its path. Received: None"
                )
            return None
        if resume and self.random_state is None:
            raise InputError(
                "`resume` needs a `random_state`: a training without a seed cannot be "
                "gone on with. Received: random_state=None"
            )
        training = {"options": options, "versions": library_versions()}
        place = checked_path(path, "checkpoint")
        file = CheckpointFile(place, training, resume)
        sys.stderr.write(file.situation())
        return file

    def _train(
        self,
        X: Any,  # noqa: N803
        checkpoint: str | Path | None = None,
        resume: bool = False,
        trainer: Callable[..., dict[str, list[float]]] = train,
    ) -> Counts:
        """Trains, sets what was learned all at once, and returns the counts."""
        recipe, options = self._recipe(), self._options()
        variant = _checked_variant(options)
        file = self._open_checkpoint(checkpoint, resume, options)
        kind, vocabulary, counts, n_words = read_training_corpus(X, self.get_params())
        if kind == "texts" and self.verbose:
            sys.stderr.write(unsplit_notice(vocabulary.words))
        require_learnable(counts, self.n_components)
        seed = self.random_state
        if seed is None:
            seed = self._seed(0)
        k = options["k"] or recipe.k(variant.width * self.n_components)
        own = {**options, "k": k, "alpha": recipe.alpha_for(k)}
        with precision():
            autoencoder = variant.build(
                counts.shape[1],
                int(self.n_components),
                **{name: own[name] for name in variant.options},
                weighting=recipe.weighting,
                input_dropout=recipe.input_dropout,
                read_out=recipe.read_out,
                random_state=int(seed),
            )
        adapt_input(autoencoder, counts)
        if recipe.unit_bias:
            autoencoder.start_units(recipe.unit_bias)
        if recipe.output_bias == "frequencies":
            adapt_output(autoencoder, counts, recipe.loss)
        history = trainer(
            autoencoder,
            counts,
            recipe,
            validation_fraction=self.validation_fraction,
            random_state=int(seed),
            verbose=self.verbose,
            checkpoint=file,
        )
        adapt_read_out(autoencoder, counts, variant.reads_logits)
        self._checkpoint = file if file and file.ended else None
        known_share = n_known_words(counts) / n_words
        self.corpus_ = {**corpus_facts(counts), "known_share": known_share}
        self.updates_ = []
        self.fingerprint_ = artifact.fingerprint(autoencoder, vocabulary, options)
        self.history_, self.options_ = history, options
        self.input_, self.vocabulary_ = kind, vocabulary
        self._serve(autoencoder)
        activations = self._record_activations(counts)
        autoencoder.topic_ends = analysis.topic_ends(activations)
        return counts

    def _record_activations(self, counts: Counts) -> np.ndarray:
        """Keeps what the drift of later documents is measured against.

        Returns:
            Activations of the documents, as `frequent_activations` has them.
        """
        activations = self.frequent_activations(counts)
        self.activation_statistics_ = analysis.activation_statistics(activations)
        return activations

    def _seed(self, part: int) -> int:
        """The seed of a training after the first, or one drawn anew."""
        sequence = np.random.SeedSequence(self.random_state, spawn_key=(part,))
        return int(sequence.generate_state(1)[0])

    def _serve(self, autoencoder: Autoencoder) -> None:
        """Compiles what the trained model answers."""
        vocabulary = self.vocabulary_ if self.input_ == "texts" else None
        self.signatures_ = artifact.Signatures(autoencoder, vocabulary)
        self.autoencoder_ = autoencoder
        if self.input_ == "counts":
            self.n_features_in_ = len(self.vocabulary_)
        elif hasattr(self, "n_features_in_"):
            del self.n_features_in_

    def _options(self) -> dict[str, Any]:
        """The options that define the model, as JSON types."""
        options: dict[str, Any] = self.get_params()
        del options["verbose"]
        options.update(choice_of(options))
        return {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in options.items()
        }

    def _facts(self) -> dict[str, Any]:
        """What the manifest records of this model."""
        history = self.updates_[-1]["history"] if self.updates_ else self.history_
        best = best_epoch(history)
        return {
            "fingerprint": self.fingerprint_,
            "dimensions": self.autoencoder_.n_components,
            "vocabulary_size": len(self.vocabulary_),
            "input": self.input_,
            "options": self.options_,
            "corpus": self.corpus_,
            "metrics": {
                "epochs": len(history["loss"]),
                "best_epoch": best + 1,
                **{name: values[best] for name, values in history.items()},
            },
            "history": self.history_,
            "updates": self.updates_,
            "activation_statistics": self.activation_statistics_,
        }


def _checked_variant(options: Mapping[str, Any]) -> Variant:
    """Refuses options out of their range; returns the variant that they name."""
    variant = resolve_variant(options["variant"], options)
    check_options(options, variant.width)
    return variant
