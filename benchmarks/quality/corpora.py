"""The corpora: read, stripped if asked, counted over one vocabulary for all rows."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.quality.strip import strip
from kate_keras.text import (
    Document,
    Vocabulary,
    as_text_tensor,
    batched,
    build_vocabulary,
    count_forms,
    count_words,
    read_corpus,
    tokenize,
)


@dataclass(frozen=True)
class Source:
    """Where a corpus comes from.

    Args:
        folder: Sub-folder of DATA with `train.jsonl.gz` and `test.jsonl.gz`.
        change: What is done to every text first.
        vectors: Sentence vectors made by `minilm.py`, beside the corpus or in the work
            folder.
    """

    folder: str
    change: Callable[[str], str] = str
    vectors: str | None = None


SOURCES = {
    "20news": Source("20news", vectors="minilm.npz"),
    "20news-stripped": Source("20news", strip, "minilm-stripped.npz"),
    "reuters21578": Source("reuters21578"),
    "mrd": Source("mrd"),
}


@dataclass(frozen=True)
class Part:
    """The training or the test part.

    Args:
        documents: Documents, their texts as they are counted.
        counts: Word counts, float32 CSR of shape `(n_documents, n_words)`.
        vocabulary: Words of the columns.
    """

    documents: list[Document]
    counts: sparse.csr_array
    vocabulary: Vocabulary

    @property
    def labels(self) -> list[tuple[str, ...]]:
        """Labels of every document."""
        return [document.labels for document in self.documents]

    @property
    def ratings(self) -> list[float | None]:
        """Rating of every document."""
        return [document.rating for document in self.documents]

    @property
    def lengths(self) -> list[float]:
        """Words of the vocabulary in every document, repeats counted."""
        return [float(length) for length in self.counts.sum(axis=1)]

    @cached_property
    def words(self) -> list[list[str]]:
        """The vocabulary's words of every document, in their order, as id strings."""
        ids = {form: str(index) for form, index in self.vocabulary.forms.items()}
        sequences = []
        for batch in batched((d.text for d in self.documents), 1024):
            for row in tokenize(as_text_tensor(batch)).to_list():
                found = (ids.get(word.decode("utf-8")) for word in row)
                sequences.append([word for word in found if word is not None])
        return sequences

    def take(self, rows: np.ndarray) -> "Part":
        """Returns some of the documents."""
        return Part(
            [self.documents[i] for i in rows], self.counts[rows], self.vocabulary
        )


@dataclass(frozen=True)
class Prepared:
    """A corpus with its words counted.

    Args:
        name: Key of `SOURCES`.
        train: Training part; the vocabulary is its most frequent words.
        test: Test part.
        vectors: Sentence vectors of both parts, if there are any.
    """

    name: str
    train: Part
    test: Part
    vectors: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """Words of the columns, with document frequencies of the training part."""
        return self.train.vocabulary

    @cached_property
    def digest(self) -> str:
        """Hash of the words and all counts: equal digests, the same input."""
        digest = hashlib.sha256("\n".join(self.vocabulary.words).encode())
        for part in (self.train, self.test):
            for array in (part.counts.indptr, part.counts.indices, part.counts.data):
                digest.update(np.ascontiguousarray(array, np.float64).tobytes())
        return digest.hexdigest()[:16]


def read_documents(data: Path, name: str) -> tuple[list[Document], list[Document]]:
    """Reads the training and the test documents of a corpus.

    Args:
        data: Folder of the corpora.
        name: Key of `SOURCES`.
    """
    source = SOURCES[name]
    train, test = (
        [
            Document(source.change(d.text), d.id, d.labels, d.rating)
            for d in read_corpus(data / source.folder / f"{part}.jsonl.gz")
        ]
        for part in ("train", "test")
    )
    return train, test


def prepare(
    train: list[Document], test: list[Document], n_words: int, name: str = ""
) -> Prepared:
    """Counts two parts over the most frequent `n_words` stems of the first.

    English stop words are out and English stems folded, as in the estimator's defaults.
    """
    forms, counts = count_forms(d.text for d in train)
    vocabulary, train_counts = build_vocabulary(
        forms,
        counts,
        max_features=n_words,
        min_df=1,
        max_df=1.0,
        stop_words="english",
        stemmer="english",
    )
    test_counts = count_words((d.text for d in test), vocabulary)
    return Prepared(
        name,
        Part(train, train_counts, vocabulary),
        Part(test, test_counts, vocabulary),
    )


@lru_cache(maxsize=1)
def load(data: Path, work: Path, name: str, n_words: int) -> Prepared:
    """Returns a corpus, its counts from the work folder if they are there.

    Args:
        data: Folder of the corpora.
        work: Folder that keeps counts between runs.
        name: Key of `SOURCES`.
        n_words: Size of the vocabulary.
    """
    train, test = read_documents(data, name)
    folder = work / "counts" / f"{name}-V{n_words}-{_state(data, name)}"
    if folder.is_dir():
        content = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        vocabulary = Vocabulary.from_json(content)
        counts = [
            sparse.csr_array(sparse.load_npz(folder / f"{part}.npz"))
            for part in ("train", "test")
        ]
        prepared = Prepared(
            name,
            Part(train, counts[0], vocabulary),
            Part(test, counts[1], vocabulary),
        )
    else:
        prepared = prepare(train, test, n_words, name)
        _keep(prepared, folder)
    vectors = _vectors(data, work, name)
    return Prepared(name, prepared.train, prepared.test, vectors)


def _state(data: Path, name: str) -> str:
    """Hash of what the counts depend on: the files and the code that counts."""
    import kate_keras.text

    digest = hashlib.sha256()
    package = Path(kate_keras.text.__file__).parent
    corpus = data / SOURCES[name].folder
    for path in (*sorted(package.glob("*.py")), *sorted(corpus.glob("*.jsonl.gz"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _keep(prepared: Prepared, folder: Path) -> None:
    aside = folder.with_name("aside-" + folder.name)
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    (aside / "vocabulary.json").write_text(
        json.dumps(prepared.vocabulary.to_json()), encoding="utf-8"
    )
    for part in ("train", "test"):
        sparse.save_npz(aside / f"{part}.npz", getattr(prepared, part).counts)
    aside.replace(folder)


def _vectors(data: Path, work: Path, name: str) -> tuple[np.ndarray, np.ndarray] | None:
    path = vectors_path(data, work, name)
    if path is None:
        return None
    with np.load(path) as arrays:
        train, test = (arrays[part].astype(np.float32) for part in ("train", "test"))
    return train, test


def vectors_path(data: Path, work: Path, name: str) -> Path | None:
    """Returns the file of a corpus's sentence vectors, beside it or in `work`."""
    source = SOURCES[name]
    if source.vectors is None:
        return None
    places = (data / source.folder / source.vectors, work / source.vectors)
    return next((path for path in places if path.is_file()), None)
