import numpy as np

from kate_keras.index.layout import directions, lay_out, place, unit


def test_a_landmark_lies_where_it_was_laid():
    generator = np.random.default_rng(0)
    landmarks = unit(generator.normal(size=(20, 5))).astype(np.float32)
    places = generator.random((20, 2)).astype(np.float32)
    np.testing.assert_allclose(place(3 * landmarks, landmarks, places), places)


def test_others_lie_between_the_landmarks_that_they_are_like():
    landmarks = np.array([[1, 0], [0, 1], [-1, 0]], np.float32)
    places = np.array([[0, 0], [1, 0], [1, 1]], np.float32)
    (middle,) = place(np.array([[2.0, 2.0]]), landmarks, places)
    # The third is so unlike that it counts for nothing.
    np.testing.assert_allclose(middle, [0.5, 0], atol=1e-6)
    (nearer,) = place(np.array([[2.0, 1.9]]), landmarks, places)
    # Cosines .725 and .689, a difference of .0362; weights 1 and exp(-.0362 / .05).
    weight = np.exp(-(0.1 / np.hypot(2, 1.9)) / 0.05)
    np.testing.assert_allclose(nearer[0], weight / (1 + weight), rtol=1e-5)


def test_a_place_does_not_depend_on_other_documents():
    generator = np.random.default_rng(0)
    landmarks = unit(generator.normal(size=(50, 5)))
    places = generator.random((50, 2))
    vectors = generator.normal(size=(9, 5))
    together = place(vectors, landmarks, places)
    for row in range(9):
        alone = place(vectors[row : row + 1], landmarks, places)
        np.testing.assert_allclose(alone[0], together[row], atol=1e-6)


def test_places_fill_the_unit_square_and_repeat():
    vectors = np.random.default_rng(0).normal(size=(40, 5))
    places = lay_out(vectors)
    assert places.dtype == np.float32
    np.testing.assert_allclose((places.max(axis=0) - places.min(axis=0)).max(), 1)
    np.testing.assert_allclose(places.max(axis=0) + places.min(axis=0), 1, atol=1e-6)
    np.testing.assert_array_equal(places, lay_out(vectors))


def test_no_documents_and_few_have_places():
    assert lay_out(np.zeros((0, 5))).shape == (0, 2)
    np.testing.assert_allclose(lay_out(np.eye(2)), [[0.25, 0.5], [0.75, 0.5]])


def test_documents_that_are_all_alike_have_places():
    np.testing.assert_allclose(
        lay_out(np.ones((5, 3)))[:, 0], [0.1, 0.3, 0.5, 0.7, 0.9]
    )


def test_the_direction_is_the_longest_part_with_its_sign():
    vectors = np.array([[0.1, -2.0, 1.0], [3.0, 0.0, -2.9], [0.0, 0.0, 0.5]])
    assert directions(vectors).tolist() == [-2, 1, 3]
    assert directions(vectors).dtype == np.int16
