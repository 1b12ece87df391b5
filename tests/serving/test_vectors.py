"""Unit length and base64, by hand."""

import base64
import struct

import numpy as np

from serving.vectors import to_base64, to_unit_length


def test_a_three_four_five_vector_has_known_parts():
    unit = to_unit_length(np.array([[3, -4]], np.float32))
    np.testing.assert_allclose(unit, [[0.6, -0.8]], rtol=1e-7)
    assert unit.dtype == np.float32


def test_a_zero_vector_stays_zero():
    assert to_unit_length(np.zeros((2, 3), np.float32)).tolist() == [[0, 0, 0]] * 2


def test_the_smallest_and_the_largest_vectors_are_scaled_too():
    vectors = np.array([[1e-45, 0], [3e38, 3e38]], np.float32)
    half = np.sqrt(0.5)
    np.testing.assert_allclose(to_unit_length(vectors), [[1, 0], [half, half]])


def test_base64_is_little_endian_float32():
    (text,) = to_base64(np.array([[1.5, -2]], np.float32))
    assert base64.b64decode(text) == struct.pack("<2f", 1.5, -2)


def test_an_array_in_another_memory_order_is_written_row_by_row():
    vectors = np.asfortranarray(np.array([[1, 2], [3, 4]], np.float32))
    assert to_base64(vectors) == to_base64(np.ascontiguousarray(vectors))
