import gzip

import numpy as np
import pytest
from conftest import SHARED
from scipy.stats import spearmanr

from kate_keras import InputError
from kate_keras.analysis import read_word_pairs, word_similarity
from kate_keras.text import Vocabulary

VOCABULARY = Vocabulary(
    ("ape", "bee", "cat", "dog"),
    {"ape": 0, "apes": 0, "bee": 1, "cat": 2, "cats": 2, "dog": 3},
)
# Cosines with the ape: bee .995, cat .707, dog 0.
VECTORS = np.array([[1.0, 0.0], [10.0, 1.0], [1.0, 1.0], [0.0, 3.0]])


def test_spearman_worked_by_hand():
    # Cosines rank ape-bee 3, ape-cat 2, ape-dog 1; the scores 1, 3, 2. Differences
    # 2, 1, 1, so 1 - 6 * (4 + 1 + 1) / (3 * (9 - 1)).
    pairs = [("ape", "bee", 1.0), ("ape", "cat", 3.0), ("ape", "dog", 2.0)]
    found = word_similarity(VECTORS, VOCABULARY, pairs)
    assert found.spearman == pytest.approx(-0.5)
    assert (found.n_pairs, found.n_left_out) == (3, 0)


def test_surface_forms_are_found_and_unknown_words_left_out():
    pairs = [("Apes", "bee", 3.0), ("cats", "APE", 2.0), ("dog", "ape", 1.0)]
    pairs += [("zebra", "ape", 9.0), ("ape", "zebra", 9.0)]
    found = word_similarity(VECTORS, VOCABULARY, pairs)
    assert found.spearman == pytest.approx(1.0)
    assert (found.n_pairs, found.n_left_out) == (3, 2)


def test_two_forms_of_one_word_have_cosine_one():
    # Both pairs of one entry tie at 1, whatever the rounding of their cosine.
    vectors = np.random.default_rng(0).normal(size=(4, 50)).astype("float32")
    pairs = [("cat", "cats", 5.0), ("ape", "apes", 5.0), ("bee", "dog", 1.0)]
    found = word_similarity(vectors, VOCABULARY, pairs)
    assert found.spearman == 1.0
    assert found.n_pairs == 3


def test_a_zero_vector_is_similar_to_nothing():
    vectors = VECTORS.copy()
    vectors[1] = 0.0
    pairs = [("bee", "ape", 1.0), ("bee", "dog", 1.0), ("ape", "cat", 2.0)]
    assert word_similarity(vectors, VOCABULARY, pairs).spearman == pytest.approx(1.0)


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("ape", "bee", 1.0)],
        [("ape", "bee", 1.0), ("ape", "zebra", 2.0)],
        [("ape", "bee", 1.0), ("ape", "cat", 1.0)],
        [("ape", "bee", 1.0), ("bee", "ape", 2.0)],
    ],
)
def test_what_cannot_be_ranked_has_no_correlation(pairs):
    assert word_similarity(VECTORS, VOCABULARY, pairs).spearman is None


def write(path, text):
    path.write_bytes(text.encode())
    return path


def test_pairs_are_read_in_order(tmp_path):
    text = "word1\tword2\tscore\r\nsun\tsunlight\t50.0\r\n\r\nhot dog\tÜbel\t7"
    expected = [("sun", "sunlight", 50.0), ("hot dog", "Übel", 7.0)]
    assert read_word_pairs(write(tmp_path / "pairs.tsv", text)) == expected
    packed = tmp_path / "pairs.tsv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert read_word_pairs(str(packed)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no word pairs"),
        ("word1\tword2\tscore\n", "holds no word pairs"),
        ("sun\tmoon\t5\n", "line 1: the header must be word1, word2 and score"),
        ("word1 word2 score\n", "line 1: the header must be.*parted by tabs"),
        ("word1\tword2\tscore\na\tb\t1\nc\td\n", r"line 3: .*\['c', 'd'\]"),
        ("word1\tword2\tscore\na\tb\tc\n", "line 2: a pair must be two words and a"),
        ("word1\tword2\tscore\na\t\t1\n", "line 2: .*not empty"),
        ("word1\tword2\tscore\na\tb\tnan\n", "line 2: .*finite number"),
    ],
)
def test_files_of_another_form_are_refused_with_the_line(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_word_pairs(write(tmp_path / "pairs.tsv", text))


def test_files_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(InputError, match="nowhere.tsv cannot be read"):
        read_word_pairs(tmp_path / "nowhere.tsv")
    (tmp_path / "latin.tsv").write_bytes(b"word1\tword2\tscore\ncaf\xe9\tb\t1\n")
    with pytest.raises(InputError, match="line 2: byte 0xe9"):
        read_word_pairs(tmp_path / "latin.tsv")


def test_the_public_sets_are_read_whole():
    path = SHARED / "wordsim" / "wordsim353.tsv"
    if not path.is_file():
        pytest.skip("needs shared/data/wordsim beside the project, which is not here")
    pairs = read_word_pairs(path)
    assert len(pairs) == 353
    words = sorted({word for pair in pairs for word in pair[:2]})
    vectors = np.random.default_rng(0).normal(size=(len(words), 20))
    rows = {word: row for row, word in enumerate(words)}
    found = word_similarity(vectors, rows, pairs)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = [round(float(unit[rows[a]] @ unit[rows[b]]), 12) for a, b, _ in pairs]
    expected = spearmanr(cosines, [score for _, _, score in pairs]).statistic
    assert found.spearman == pytest.approx(expected, abs=1e-3)
