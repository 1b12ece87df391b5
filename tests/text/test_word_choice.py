"""The vocabulary of a corpus in stretches is that of the whole, in bounded memory."""

import tracemalloc
from collections import Counter
from itertools import count

import numpy as np
import pytest

from kate_keras.errors import InputError
from kate_keras.text import array_spool, count_blocks, count_words, counts
from kate_keras.text.count_blocks import stack_rows
from kate_keras.text.counts import spool_forms
from kate_keras.text.stemmer import resolve_stemmer
from kate_keras.text.word_choice import choose_words

PLAIN = {
    "max_features": None,
    "min_df": 1,
    "max_df": 1.0,
    "stop_words": None,
    "stemmer": None,
}


def zipf_texts(n_documents=200, seed=0):
    """Documents of words in several forms, rare ones among them; some are empty."""
    generator = np.random.default_rng(seed)
    stems = [a + b + c for a in "bdfkl" for b in "aeo" for c in ("rt", "nd", "mp")]
    words = [stem + end for stem in stems for end in ("", "s", "ing", "ed")]
    generator.shuffle(words)
    weights = 1 / np.arange(1, len(words) + 1)
    texts = []
    for index in range(n_documents):
        length = generator.integers(0, 12)
        drawn = generator.choice(words, length, p=weights / weights.sum())
        texts.append(" ".join([*drawn, *[f"rare{index}x"] * (index % 3 == 0)]))
    # As many without a word as to fill a stretch.
    return [*texts[:60], *[""] * 20, *texts[60:]]


TEXTS = zipf_texts()


def choose(texts, most, **options):
    with spool_forms(texts, most) as spool:
        vocabulary, matrix, _ = choose_words(spool, stack_rows, **{**PLAIN, **options})
        return vocabulary, matrix, sum(1 for _ in spool)


def counted(texts, *, max_features, min_df, max_df, stop_words, stemmer):
    """The same by dictionaries of the whole corpus."""
    stem = resolve_stemmer(stemmer)
    documents = [
        Counter(word for word in text.split() if word not in (stop_words or ()))
        for text in texts
    ]
    form_totals = sum(documents, Counter())
    folded = [Counter() for _ in documents]
    for counter, document in zip(folded, documents, strict=True):
        for form, number in document.items():
            counter[stem(form)] += number
    totals = sum(folded, Counter())
    frequency = Counter(name for document in folded for name in document)
    shares = {float: len(texts), int: 1}
    fewest, most = min_df * shares[type(min_df)], max_df * shares[type(max_df)]
    passing = [name for name in totals if fewest <= frequency[name] <= most]
    names = sorted(passing, key=lambda name: (-totals[name], name))[:max_features]
    forms = {f: names.index(stem(f)) for f in form_totals if stem(f) in names}
    words = [
        min((f for f in forms if stem(f) == n), key=lambda f: (-form_totals[f], f))
        for n in names
    ]
    rows = [[document[name] for name in names] for document in folded]
    return words, forms, [frequency[name] for name in names], rows


@pytest.mark.parametrize("most", [0, 5000, float("inf")])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"max_features": 9},
        {"max_features": 1, "stemmer": "english"},
        {"max_features": 10**6, "stemmer": "english", "stop_words": ["bart", "rare3x"]},
        {"min_df": 2, "max_df": 40, "stemmer": "english"},
        {"min_df": 0.02, "max_df": 0.1, "stemmer": "english", "max_features": 30},
        {"min_df": 1 / 220, "max_df": 1 / 220},
        {"min_df": 2 / 220, "max_df": 2 / 220, "stop_words": ["deed"]},
    ],
)
@pytest.mark.parametrize("part", [3, 1024])
def test_words_are_those_of_dictionaries_of_the_whole(options, most, part, monkeypatch):
    monkeypatch.setattr(counts, "BATCH", 7)
    monkeypatch.setattr("kate_keras.text.stem_spool.PART", part)
    vocabulary, matrix, n_stretches = choose(iter(TEXTS), most, **options)
    words, forms, frequency, rows = counted(TEXTS, **{**PLAIN, **options})
    assert {0: 25, 5000: 3}.get(most, 0) <= n_stretches
    assert n_stretches == 1 or most < float("inf")
    assert list(vocabulary.words) == words
    # In order of first appearance: the order is in the fingerprint of a model.
    assert list(vocabulary.forms.items()) == list(forms.items())
    assert list(vocabulary.document_frequency) == frequency
    assert vocabulary.n_documents == len(TEXTS)
    assert matrix.toarray().tolist() == rows
    assert matrix.dtype == np.float32
    assert matrix.has_canonical_format
    assert matrix.indices.dtype == matrix.indptr.dtype == np.int32


def test_the_name_settles_ties_between_stretches(monkeypatch):
    monkeypatch.setattr(counts, "BATCH", 1)
    texts = ["d b", "a d", "e e e", "c b", "c a"]
    for order in (texts, texts[::-1]):
        assert choose(order, 0, max_features=3)[0].words == ("e", "a", "b")
        assert choose(order, 0, max_features=2)[0].words == ("e", "a")


def test_a_stem_is_once_in_a_document_and_in_documents_of_all_stretches(monkeypatch):
    monkeypatch.setattr(counts, "BATCH", 2)
    texts = ["cat cats", "cats", "dog dogs", "", "cats cat", "dog"]
    for min_df, words in ((3, ("cats",)), (2, ("cats", "dog"))):
        vocabulary, matrix, n_stretches = choose(
            texts, 0, stemmer="english", min_df=min_df
        )
        assert vocabulary.words == words
        assert n_stretches == 4
    assert vocabulary.document_frequency == (3, 2)
    assert matrix.toarray().T.tolist() == [[2, 1, 0, 0, 2, 0], [0, 0, 2, 0, 0, 1]]


def test_spellings_of_different_stretches_are_one_word(monkeypatch):
    monkeypatch.setattr(counts, "BATCH", 1)
    texts = ["cafe\u0301 b", "caf\u00e9", "b b caf\u00e9"]
    vocabulary, matrix, _ = choose(texts, 0)
    assert list(vocabulary.forms.items()) == [("caf\u00e9", 1), ("b", 0)]
    assert matrix.toarray().tolist() == [[1, 1], [0, 1], [2, 1]]


@pytest.mark.parametrize(
    ("texts", "n_words"), [(["the and"], 0), ([], 0), (["cat the", "dog", "cats"], 2)]
)
def test_the_message_counts_the_words_of_all_stretches(texts, n_words, monkeypatch):
    monkeypatch.setattr(counts, "BATCH", 1)
    limits = {"min_df": 3, "stop_words": "english", "stemmer": "english"}
    message = f"the {len(texts)} documents have {n_words} distinct words beside"
    with pytest.raises(InputError, match=message):
        choose(texts, 0, **limits)


@pytest.fixture
def files(monkeypatch):
    """The temporary files that were made."""
    made = []
    for module in (array_spool, count_blocks):
        original = module.SpooledTemporaryFile

        def spooled(limit, original=original):
            made.append(original(limit))
            return made[-1]

        monkeypatch.setattr(module, "SpooledTemporaryFile", spooled)
        monkeypatch.setattr(module, "MOST_IN_MEMORY", 1)
    monkeypatch.setattr(counts, "BATCH", 2)
    return made


def failing(number):
    yield from TEXTS[:number]
    raise RuntimeError("the disk is gone")


def test_files_are_gone_after_a_fault_of_any_stage(files, monkeypatch):
    def stemmer_that_fails(_):
        calls = count()
        return lambda form: form if next(calls) < 9 else 1 / 0

    def add_that_fails(*_):
        raise MemoryError

    with pytest.raises(InputError, match="Document 3 must be a string"):
        choose(["a", "b", "c", 4], 0)
    with pytest.raises(RuntimeError, match="the disk is gone"):
        choose(failing(9), 0)
    with pytest.raises(RuntimeError, match="the disk is gone"):
        count_words(failing(9), choose(TEXTS, 0)[0])
    with pytest.raises(InputError, match="No words are left"):
        choose(TEXTS, 0, min_df=1.0)
    with monkeypatch.context() as patch:
        patch.setattr("kate_keras.text.word_choice.resolve_stemmer", stemmer_that_fails)
        with pytest.raises(ZeroDivisionError):
            choose(TEXTS, 0)
    with monkeypatch.context() as patch:
        patch.setattr("kate_keras.text.word_choice._Labels.add", add_that_fails)
        with pytest.raises(MemoryError):
            choose(TEXTS, 0)
    assert len(files) > 10
    assert all(file.closed for file in files)


def test_a_generator_is_read_once_and_in_order():
    read = []

    def texts():
        for index, text in enumerate(TEXTS):
            read.append(index)
            yield text

    choose(texts(), 0)
    assert read == list(range(len(TEXTS)))


def new_forms(n_documents):
    """Documents of forms that never come again, and of one that always does."""
    for index in range(n_documents):
        yield " ".join(["kept", *(f"w{index}x{j}" for j in range(200))])


def peak(task, n_documents):
    tracemalloc.start()
    try:
        task(new_forms(n_documents))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["choose_words", "count_words"])
def test_memory_does_not_grow_with_the_number_of_forms(name, files, monkeypatch):
    vocabulary = choose(["kept"], 0)[0]
    monkeypatch.setattr("kate_keras.text.stem_spool.PART", 16)
    task = {
        "choose_words": lambda texts: choose(texts, 200_000, max_features=3),
        "count_words": lambda texts: count_words(texts, vocabulary),
    }[name]
    task(new_forms(20))
    # Four times as many forms; held, they would take some 4 MB more.
    assert peak(task, 160) < peak(task, 40) + 500_000


@pytest.mark.parametrize("most", [0, float("inf")])
def test_all_words_but_stop_words_are_counted_whether_they_are_kept_or_not(most):
    texts = ["the cat sat", "cats the the", "", "a dog"] * 3
    with spool_forms(texts, most) as spool:
        options = {"max_features": 1, "stop_words": ["the", "a"]}
        _, matrix, total = choose_words(
            spool, stack_rows, **{**PLAIN, **options, "stemmer": "english"}
        )
    # Kept is the cat; sat and dog are not.
    assert (matrix.sum(), total) == (6, 12)
