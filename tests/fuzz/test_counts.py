"""Matrices of counts of any kind: taken as they are, or refused in a sentence."""

import numpy as np
import pytest
from drawn_examples import EXAMPLES
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from kate_keras.errors import InputError
from kate_keras.text.count_input import as_counts

MOST = float(np.finfo(np.float32).max)
FORMATS = ("array", "csr", "csc", "coo", "lil", "dok", "bsr")
NUMBERS = st.one_of(
    st.integers(0, 9).map(float),
    st.sampled_from([-1.0, np.nan, np.inf, 1e300, 0.5, -0.0, 1e-320, 3e38]),
)
SHAPES = st.tuples(st.integers(0, 4), st.integers(0, 4))


def in_format(values, name):
    return values if name == "array" else sparse.coo_array(values).asformat(name)


@EXAMPLES
@given(
    values=arrays(np.float64, SHAPES, elements=NUMBERS), name=st.sampled_from(FORMATS)
)
def test_counts_are_kept_exactly_where_float32_holds_them(values, name):
    if 0 in values.shape and name == "bsr":
        return
    good = bool(((values >= 0) & (values <= MOST)).all())
    if not good:
        with pytest.raises(InputError, match="finite and not negative"):
            as_counts(in_format(values, name))
        return
    counts = as_counts(in_format(values, name))
    assert counts.dtype == np.float32
    np.testing.assert_array_equal(counts.toarray(), values.astype(np.float32))
    assert counts.has_canonical_format and (counts.data != 0).all()


@EXAMPLES
@given(
    indices=st.lists(st.integers(-2, 5), max_size=6),
    splits=st.lists(st.integers(-1, 8), min_size=4, max_size=4),
)
def test_an_unsound_sparse_matrix_never_reaches_compiled_code(indices, splits):
    n_documents, n_words = 3, 4
    matrix = sparse.csr_array((n_documents, n_words), dtype=np.float32)
    # As a file, or a program in another language, may have left it.
    matrix.data = np.ones(len(indices), np.float32)
    matrix.indices = np.array(indices, np.int32)
    matrix.indptr = np.array(splits, np.int32)
    used = indices[: splits[-1]] if splits[-1] >= 0 else []
    sound = splits[0] == 0 and splits == sorted(splits) and splits[-1] <= len(indices)
    if not (sound and all(0 <= index < n_words for index in used)):
        with pytest.raises(InputError, match="not sound"):
            as_counts(matrix)
        return
    expected = np.zeros((n_documents, n_words))
    for row in range(n_documents):
        for index in indices[splits[row] : splits[row + 1]]:
            expected[row, index] += 1
    np.testing.assert_array_equal(as_counts(matrix).toarray(), expected)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (sparse.coo_array(np.array([1.0, 2.0])), r"shape \(2,\)"),
        (sparse.csr_array(np.eye(2) * 1j), "dtype complex128"),
        (np.ma.masked_array([[1.0, 2.0]], mask=[[0, 1]]), "must not be masked"),
        (np.full((1, 1), 1e300), "finite"),
    ],
)
def test_what_is_no_matrix_of_counts_is_refused(counts, message):
    with pytest.raises(InputError, match=message):
        as_counts(counts)


def test_a_place_outside_a_coo_matrix_is_refused():
    matrix = sparse.coo_array(np.eye(3))
    matrix.coords[1][0] = 99
    with pytest.raises(InputError, match="a place is not from 0 to below 3"):
        as_counts(matrix)


def test_counts_that_add_up_to_infinity_are_refused():
    parts = (np.full(2, 3e38, np.float32), np.array([1, 1]), np.array([0, 2]))
    with pytest.raises(InputError, match="finite"):
        as_counts(sparse.csr_array(parts, shape=(1, 4)))


def test_dates_are_no_counts():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": pandas.to_datetime(["2020-01-01"])})
    with pytest.raises(InputError, match="must hold counts"):
        as_counts(frame)
