"""Making an index, and keeping it in step with its corpus."""

import hashlib
import json
import secrets
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import wraps
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
import pyarrow as pa

from kate_keras.argument_checks import is_number
from kate_keras.errors import InputError, require
from kate_keras.index.approximate import prepare_search
from kate_keras.index.deletion import delete_rows
from kate_keras.index.document_index import DocumentIndex
from kate_keras.index.facts import Facts, write_facts
from kate_keras.index.map_writer import write_map
from kate_keras.index.query_model import store_model
from kate_keras.index.tables import (
    DOCUMENTS,
    FACTS,
    KEPT,
    LANDMARKS,
    LOCK,
    MAP,
    MODEL,
    MOST_DOCUMENTS,
    connect,
    documents_schema,
    local_folder,
    only_writer,
    reached,
    table_names,
)
from kate_keras.loading import load
from kate_keras.text import Document

Result = TypeVar("Result")
# Documents are there once so many have been written, all at once.
COMMIT = 4096
# Characters of a document to keep, unless told otherwise.
SNIPPET = 300


def _reaching(method: Callable[..., Result]) -> Callable[..., Result]:
    """Makes a method of a writer say in a sentence what LanceDB is hindered by."""

    @wraps(method)
    def wrapped(self: "IndexWriter", *arguments: Any) -> Result:
        with reached(self._uri):
            return method(self, *arguments)

    return wrapped


class IndexWriter:
    """Puts the documents of a corpus into an index, or brings it up to date.

    A context. What `add` has yielded is there whatever happens afterwards: an index
    that was interrupted is made complete by doing the same once more.

    Args:
        path: Folder of the index, which is made if it is not there; or its address in
            object storage.
        model: Model folder.
        light: Whether to encode without TensorFlow, as `load` does.
        snippet: Most characters of a document to keep; `None`, as many as the index
            keeps already, or 300.

    Attributes:
        n_added: Documents that were new.
        n_changed: Documents that had another text, other labels or another rating.
        n_unchanged: Documents that were there as they are.
        n_removed: Documents that were taken out.

    Raises:
        InputError: If the index holds vectors of another model or snippets of another
            length, there is something else at its path, or another process writes to
            it.
    """

    def __init__(
        self,
        path: str | Path,
        model: str | Path,
        *,
        light: bool = False,
        snippet: int | None = None,
    ) -> None:
        require(snippet is None or snippet >= 0, "snippet", "at least 0", snippet)
        self._uri = str(path)
        self._model_folder = Path(model)
        self._model = load(model, light=True) if light else load(model)
        self._snippet = snippet
        self._most_shown = 0
        self.n_added = self.n_changed = self.n_unchanged = self.n_removed = 0
        self._known: dict[str, int] = {}
        self._numbers = array("L")
        self._next = 0
        self._digests: list[bytes] = []
        self._met: set[str] = set()

    def __enter__(self) -> Self:
        folder = local_folder(self._uri)
        if folder is not None:
            _check_target(folder)
            folder.mkdir(parents=True, exist_ok=True)
        self._lock = only_writer(self._uri)
        self._lock.__enter__()
        try:
            self._open()
        except BaseException:
            self._lock.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.__exit__(kind, error, trace)

    def add(self, documents: Iterable[Document]) -> Iterator[int]:
        """Adds the documents that are new or have changed; the others stay.

        Args:
            documents: Documents, each with an id of its own, such as a `Corpus`.

        Yields:
            Number of documents that are safe in the index since the last one.

        Raises:
            InputError: If an id comes twice, or as `KATE.transform`.
        """
        iterator = iter(documents)
        while batch := list(islice(iterator, COMMIT)):
            new: list[Document] = []
            changed: list[Document] = []
            for document in batch:
                self._meet(document)
                row = self._known.get(document.id)
                if row is None:
                    new.append(document)
                elif self._digests[row] != _digest(document):
                    changed.append(document)
            # The changed first: if that fails, nothing was added.
            self._replace(changed)
            self._append(new)
            self.n_unchanged += len(batch) - len(new) - len(changed)
            yield len(batch)

    def check_others(self, ids: Collection[str], most_share: float = 0.5) -> list[str]:
        """Refuses a corpus that lacks too much of the index to be the right one.

        Args:
            ids: The ids of its documents, as a set.
            most_share: Of the documents that there were, the share it may lack.

        Returns:
            The ids that it lacks.

        Raises:
            InputError: If they are more.
        """
        share = is_number(most_share) and 0 <= most_share <= 1
        require(share, "most_share", "from 0 to 1", most_share)
        gone = [name for name in self._known if name not in ids]
        n_before = len(self._known) - self.n_added
        if len(gone) > most_share * n_before:
            raise InputError(
                f"{len(gone)} of the {n_before} documents that the index {self._uri} "
                f"holds are not in this corpus, such as {gone[0]!r:.80}; none was "
                "taken out. Give the whole corpus of this index, or allow that "
                f"more go than a share of {most_share:g} (--most-pruned 1, or "
                "`most_share`)."
            )
        return gone

    @_reaching
    def remove_others(self, most_share: float = 1.0) -> None:
        """Takes out the documents that `add` has not met.

        Args:
            most_share: Of the documents that there were, the share that may go; more
                are a sign of the wrong corpus.

        Raises:
            InputError: If more would go; then none does.
        """
        gone = self.check_others(self._met, most_share)
        numbers = [self._numbers[self._known[name]] for name in gone]
        delete_rows(self._database, self._uri, numbers)
        for name in gone:
            del self._known[name]
        self.n_removed += len(gone)

    @_reaching
    def finish(self) -> None:
        """Makes search and map ready; nothing to do if nothing was written since."""
        index = DocumentIndex(self._uri)
        facts = index.facts
        if facts.finished == self._documents.version:
            return
        probes, recall = prepare_search(self._documents)
        mapped = write_map(self._database, index, facts.mapped)
        for name in (MAP, LANDMARKS, FACTS):
            self._database.open_table(name).optimize(cleanup_older_than=KEPT)
        write_facts(
            self._database,
            replace(
                facts,
                probes=probes,
                recall=recall,
                mapped=mapped,
                finished=self._documents.version,
            ),
        )

    @_reaching
    def _open(self) -> None:
        self._database = connect(self._uri)
        if not self._has_documents():
            # Nothing is lost: of an index that was begun, or that has become empty.
            for name in table_names(self._database) & {MAP, LANDMARKS, MODEL}:
                self._database.drop_table(name)
            schema = documents_schema(self._model.n_components)
            self._database.create_table(DOCUMENTS, schema=schema, mode="overwrite")
            store_model(self._database, self._model_folder)
            # Last, as it makes an index of the rest.
            fingerprint = self._model.fingerprint_
            snippet = SNIPPET if self._snippet is None else self._snippet
            n_components = self._model.n_components
            chance = secrets.token_hex(8)
            facts = Facts(chance, fingerprint, n_components, snippet)
            write_facts(self._database, facts)
        index = DocumentIndex(self._uri)
        index.require_model(self._model.fingerprint_)
        kept = index.facts.snippet
        if self._snippet not in (None, kept):
            raise InputError(
                f"{self._uri} keeps snippets of {kept} characters. Received: "
                f"snippet={self._snippet}. Leave it out, or make another index."
            )
        self._most_shown = kept
        self._documents = self._database.open_table(DOCUMENTS)
        columns = ["number", "id", "digest"]
        for batch in self._documents.search().select(columns).to_batches(8192):
            for name in batch["id"].to_pylist():
                self._known[name] = len(self._known)
            self._numbers.extend(batch["number"].to_pylist())
            self._digests.extend(batch["digest"].to_pylist())
        highest = max(self._numbers, default=-1)
        self._next = max(highest + 1, index.facts.next_number)

    def _has_documents(self) -> bool:
        """Whether there is an index that holds anything."""
        if FACTS not in table_names(self._database):
            return False
        return bool(self._database.open_table(DOCUMENTS).count_rows())

    def _meet(self, document: Document) -> None:
        require(isinstance(document, Document), "documents", "of `Document`", document)
        if document.id in self._met:
            raise InputError(
                f"The id {document.id!r:.80} comes twice. Give every document an id of "
                "its own."
            )
        self._met.add(document.id)

    @_reaching
    def _append(self, documents: Sequence[Document]) -> None:
        if not documents:
            return
        end = self._next + len(documents)
        most = f"at most {MOST_DOCUMENTS:,} of an index"
        require(end <= MOST_DOCUMENTS, "documents", most, end)
        numbers = list(range(self._next, end))
        table = self._rows(documents, numbers)
        self._documents.add(table)
        for document, number in zip(documents, numbers, strict=True):
            self._known[document.id] = len(self._numbers)
            self._numbers.append(number)
        self._digests.extend(table["digest"].to_pylist())
        self._next = end
        self.n_added += len(documents)

    @_reaching
    def _replace(self, documents: Sequence[Document]) -> None:
        if not documents:
            return
        rows = [self._known[document.id] for document in documents]
        table = self._rows(documents, [self._numbers[row] for row in rows])
        self._documents.merge_insert("id").when_matched_update_all().execute(table)
        for row, digest in zip(rows, table["digest"].to_pylist(), strict=True):
            self._digests[row] = digest
        self.n_changed += len(documents)

    def _rows(self, documents: Sequence[Document], numbers: list[int]) -> pa.Table:
        batches = self._model.encode_batches(d.text for d in documents)
        parts = list(batches)
        vectors = np.concatenate([part["embedding"] for part in parts])
        known_words = np.concatenate([part["known_words"] for part in parts])
        schema = documents_schema(self._model.n_components)
        column = pa.FixedSizeListArray.from_arrays(
            pa.array(vectors.ravel()),
            type=schema.field("vector").type,
            mask=pa.array(known_words == 0),
        )
        return pa.table(
            {
                "number": pa.array(numbers, pa.uint32()),
                "id": [document.id for document in documents],
                "vector": column,
                "known_words": pa.array(known_words, pa.int32()),
                "labels": [list(document.labels) for document in documents],
                "rating": pa.array([d.rating for d in documents], pa.float64()),
                "snippet": [self._beginning(d.text) for d in documents],
                "digest": [_digest(document) for document in documents],
            },
            schema,
        )

    def _beginning(self, text: str) -> str:
        text = " ".join(text.split())
        if len(text) <= self._most_shown:
            return text
        return text[: self._most_shown].rstrip() + "…"


def _check_target(folder: Path) -> None:
    """Refuses a place that holds something else."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file. Expected: the folder of an index.")
    ours = {f"{t}.lance" for t in (DOCUMENTS, MAP, LANDMARKS, MODEL, FACTS)} | {LOCK}
    if folder.is_dir():
        others = sorted(p.name for p in folder.iterdir() if p.name not in ours)
        if others:
            raise InputError(
                f"{folder} holds something that is no part of an index, {others[0]}; "
                "it is left as it is. Give a new path."
            )


def _digest(document: Document) -> bytes:
    content = [document.text, document.labels, document.rating]
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).digest()
