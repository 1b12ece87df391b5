"""Finding documents in an index."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kate_keras.argument_checks import require_count
from kate_keras.errors import InputError, require
from kate_keras.index.document_map import DocumentMap
from kate_keras.index.facts import Facts, read_facts
from kate_keras.index.query_model import stored_model
from kate_keras.index.stored_document import Match, StoredDocument
from kate_keras.index.tables import (
    DOCUMENTS,
    MAP,
    MOST_AT_ONCE,
    MOST_DOCUMENTS,
    connect,
    listed,
    local_folder,
    quoted,
    table_names,
    vectors_of,
)
from kate_keras.light import LightModel

if TYPE_CHECKING:
    from kate_keras.estimator import KATE

# So many may be told apart on a map.
MOST_LABELS = 2**15 - 1


class DocumentIndex:
    """The documents of a corpus, to be found by their vectors.

    What others write to it is seen at once, or after `seconds`.

    Args:
        path: Folder that `IndexWriter` or `kate index` wrote, or its address in object
            storage, such as `s3://bucket/index`.
        seconds: How old what is read may be.

    Attributes:
        facts: What it says of itself.

    Raises:
        InputError: If there is no index, or LanceDB is not installed:
            `pip install 'kate_keras[index]'`.

    Example:
        >>> import tempfile
        >>> from kate_keras import KATE
        >>> from kate_keras.index import DocumentIndex, IndexWriter
        >>> from kate_keras.text import Document
        >>> folder = tempfile.mkdtemp()
        >>> texts = ["cats purr and sleep", "dogs bark and run", "cats and dogs"] * 10
        >>> model = KATE(n_components=4, epochs=2, verbose=False).fit(texts)
        >>> model.save(folder + "/model")
        >>> pets = [Document(text, str(i)) for i, text in enumerate(texts[:3])]
        >>> with IndexWriter(folder + "/index", folder + "/model") as writer:
        ...     done = sum(writer.add(pets))
        ...     writer.finish()
        >>> index = DocumentIndex(folder + "/index")
        >>> (matches,) = index.search(["Dogs bark and run!"], n=1)
        >>> matches[0].document.id, round(matches[0].similarity, 3)
        ('1', 1.0)
    """

    def __init__(self, path: str | Path, seconds: float = 0.0) -> None:
        self._uri = str(path)
        folder = local_folder(self._uri)
        if folder is not None and not folder.is_dir():
            raise InputError(
                f"There is no index {self._uri!r}. Make one with: "
                f"kate index MODEL CORPUS -o {self._uri}"
            )
        self._database = connect(self._uri, seconds)
        read_facts(self._database, self._uri)
        self._documents = self._database.open_table(DOCUMENTS)

    def __len__(self) -> int:
        return int(self._documents.count_rows())

    @property
    def facts(self) -> Facts:
        """What it says of itself."""
        return read_facts(self._database, self._uri)

    @cached_property
    def model(self) -> LightModel:
        """The model that reads queries, without TensorFlow.

        Raises:
            InputError: If the index holds none.
        """
        return stored_model(self._database, self._uri)

    def require_model(self, fingerprint: str) -> None:
        """Refuses vectors of another model.

        Args:
            fingerprint: The model's.

        Raises:
            InputError: If they are not those of this index.
        """
        own = self.facts.fingerprint
        if fingerprint != own:
            raise InputError(
                f"The index {self._uri} holds vectors of the model {own}. Received: "
                f"the model {fingerprint}. Vectors of two models are not comparable: "
                "index the corpus with this model, in another folder."
            )

    def search(
        self,
        texts: Iterable[str],
        n: int = 10,
        *,
        labels: Sequence[str] = (),
        exact: bool = False,
        model: "KATE | LightModel | None" = None,
    ) -> list[list[Match]]:
        """Finds the documents most like each text.

        Args:
            texts: Texts.
            n: How many to find, at the most.
            labels: Only documents that have one of these labels; empty, all.
            exact: Whether to compare every vector where the index would look through
                the most promising part.
            model: What encodes the texts; `None`, the index's own copy of its model.

        Returns:
            For each text its matches, the most similar first; none for a text without
            known words.

        Raises:
            InputError: As `LightModel.transform`, if an argument is out of its range,
                or the model is not the index's.
        """
        if model is not None:
            self.require_model(model.fingerprint_)
        matches: list[list[Match]] = []
        for part in (model or self.model).encode_batches(texts):
            matches += self.like(
                part["embedding"], part["known_words"], n, labels=labels, exact=exact
            )
        return matches

    def like(
        self,
        vectors: np.ndarray,
        known_words: np.ndarray,
        n: int = 10,
        *,
        labels: Sequence[str] = (),
        exact: bool = False,
    ) -> list[list[Match]]:
        """Finds the documents most like texts whose vectors are there already.

        Args:
            vectors: Vectors of the texts by the index's model, shape
                `(n_texts, n_components)`.
            known_words: How many known words each has, `(n_texts,)`.
            n: How many to find, at the most.
            labels: As in `search`.
            exact: As in `search`.

        Returns:
            As `search`.

        Raises:
            InputError: As `nearest`.
        """
        known = np.flatnonzero(known_words)
        matches: list[list[Match]] = [[] for _ in known_words]
        every = self.nearest(vectors[known], n, labels=labels, exact=exact)
        for row, own in zip(known, every, strict=True):
            matches[row] = own
        return matches

    def nearest(
        self,
        vectors: np.ndarray,
        n: int = 10,
        *,
        labels: Sequence[str] = (),
        exact: bool = False,
    ) -> list[list[Match]]:
        """Finds the documents nearest to each vector by the cosine.

        Args:
            vectors: Vectors of the index's model, shape `(n_queries, n_components)`.
            n: How many to find, at the most.
            labels: As in `search`.
            exact: As in `search`.

        Returns:
            For each vector its matches, the most similar first.

        Raises:
            InputError: If an argument is out of its range.
        """
        facts = self.facts
        require_count(n, "n", 1)
        require(
            vectors.ndim == 2 and vectors.shape[1] == facts.n_components,
            "vectors",
            f"of shape (n_queries, {facts.n_components})",
            vectors.shape,
        )
        require(bool(np.isfinite(vectors).all()), "vectors", "finite", "NaN or inf")
        if not len(vectors) or not len(self):
            return [[] for _ in vectors]
        query = self._documents.search(np.ascontiguousarray(vectors, np.float32))
        query = query.distance_type("cosine").limit(min(n, len(self)))
        query = query.select([*StoredDocument.COLUMNS, "_distance"])
        # Of a label's documents the parts nearest to a text may hold few or none.
        if exact or labels or facts.probes is None:
            query = query.bypass_vector_index()
        else:
            query = query.nprobes(facts.probes)
        if labels:
            query = query.where(f"array_has_any(labels, [{quoted(labels)}])")
        rows = query.to_arrow().to_pylist()
        matches: list[list[Match]] = [[] for _ in vectors]
        for row in sorted(rows, key=lambda row: (row["_distance"], row["number"])):
            match = Match(StoredDocument.from_row(row), 1 - row["_distance"])
            # With one query there is no such column.
            matches[row.get("query_index", 0)].append(match)
        return matches

    def similar(
        self, ids: Sequence[str], n: int = 10, *, labels: Sequence[str] = ()
    ) -> list[list[Match]]:
        """Finds the documents most like those of the index, each but itself.

        Args:
            ids: Ids of documents.
            n: How many to find, at the most.
            labels: As in `search`.

        Returns:
            For each id its matches; none for a document without known words.

        Raises:
            InputError: If there is no document of an id, or as `nearest`.
        """
        found = self._found(ids, ["id", "number", "vector"])
        queries = [found[name] for name in ids if found[name]["vector"] is not None]
        dimensions = self.facts.n_components
        vectors = np.array([row["vector"] for row in queries], np.float32)
        every = self.nearest(vectors.reshape(-1, dimensions), n + 1, labels=labels)
        matches: dict[str, list[Match]] = {}
        for row, own in zip(queries, every, strict=True):
            others = [match for match in own if match.document.number != row["number"]]
            matches[row["id"]] = others[:n]
        return [matches.get(name, []) for name in ids]

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """Returns the numbers of documents.

        Raises:
            InputError: If there is no document of an id.
        """
        found = self._found(ids, ["id", "number"])
        return [found[name]["number"] for name in ids]

    def documents(self, numbers: Sequence[int]) -> list[StoredDocument]:
        """Returns documents by their numbers; those that are gone are left out."""
        columns = list(StoredDocument.COLUMNS)
        possible = [number for number in numbers if 0 <= number < MOST_DOCUMENTS]
        rows = self._rows("number", listed, possible, columns)
        found = {row["number"]: StoredDocument.from_row(row) for row in rows}
        return [found[number] for number in numbers if number in found]

    def labels(self) -> dict[str, int]:
        """Returns how many documents have each label, the most frequent first."""
        column = self._documents.search().select(["labels"]).to_arrow()["labels"]
        counts = pc.value_counts(pc.list_flatten(column)).to_pylist()
        return dict(
            sorted(
                ((item["values"], item["counts"]) for item in counts),
                key=lambda item: (-item[1], item[0]),
            )
        )

    def count_unknown(self) -> int:
        """Returns how many documents have no known word, and so no vector."""
        return int(self._documents.count_rows("vector IS NULL"))

    def count_unlabelled(self) -> int:
        """Returns how many documents have no label."""
        return int(self._documents.count_rows("array_length(labels) = 0"))

    @property
    def map_version(self) -> str:
        """Name of the map as it is now; another one once anything in it changes."""
        version = 0
        if MAP in table_names(self._database):
            version = self._database.open_table(MAP).version
        return f"{self.facts.id}-{version}"

    def map(self) -> DocumentMap:
        """Returns where documents lie on the map.

        Raises:
            InputError: If the index was never finished.
        """
        if MAP not in table_names(self._database):
            raise InputError(
                f"The index {self._uri} has no map yet: its making was interrupted. "
                "Run `kate index` again as before; it goes on where it stopped."
            )
        # Read first: a change in between is then seen the next time.
        version = self.map_version
        content = self._database.open_table(MAP).to_arrow()
        first = content["label"].to_pylist()
        counts = Counter(label for label in first if label is not None)
        labels = sorted(counts, key=lambda label: (-counts[label], label))
        places = {label: i for i, label in enumerate(labels[:MOST_LABELS])}
        return DocumentMap(
            version,
            content["number"].to_numpy(),
            np.stack([content["x"].to_numpy(), content["y"].to_numpy()], axis=1),
            content["topic"].to_numpy(),
            np.array([places.get(label, -1) for label in first], np.int16),
            labels[:MOST_LABELS],
        )

    def vectors(self) -> Iterable[tuple[np.ndarray, np.ndarray]]:
        """Yields numbers and vectors of all documents with known words, by batches."""
        columns = ["number", "vector"]
        query = self._documents.search().where("vector IS NOT NULL").select(columns)
        for batch in query.to_batches(8192):
            if batch.num_rows:
                yield batch["number"].to_numpy(), vectors_of(batch["vector"])

    def _found(
        self, ids: Sequence[str], columns: list[str]
    ) -> dict[str, dict[str, Any]]:
        """Rows by their ids, all of which must be there."""
        # One that is no Unicode is the id of no document, and LanceDB refuses it.
        possible = [name for name in ids if _is_unicode(name)]
        rows = self._rows("id", quoted, possible, columns)
        found = {row["id"]: row for row in rows}
        for name in ids:
            if name not in found:
                raise InputError(f"The index has no document {name!r:.200}.")
        return found

    def _rows(
        self, key: str, write: Any, values: Sequence[Any], columns: list[str]
    ) -> list[dict[str, Any]]:
        rows = []
        for start in range(0, len(values), MOST_AT_ONCE):
            wanted = write(values[start : start + MOST_AT_ONCE])
            query = self._documents.search().where(f"{key} IN ({wanted})")
            table: pa.Table = query.select(columns).to_arrow()
            rows += table.to_pylist()
        return rows


def _is_unicode(name: str) -> bool:
    """Whether a string holds no lone surrogate."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
