import numpy as np
import pytest

from kate_keras.layers import ReadOut


@pytest.fixture
def activations():
    generator = np.random.default_rng(0)
    mixing = generator.normal(size=(5, 5))
    return np.tanh(generator.normal(size=(400, 5)) @ mixing + 0.3)


def test_activations_pass_unchanged(activations):
    layer = ReadOut("activations")
    layer.adapt([activations])
    np.testing.assert_array_equal(
        layer(activations.astype("f")), activations.astype("f")
    )


def test_centered_has_mean_zero(activations):
    layer = ReadOut("centered")
    layer.adapt([activations])
    vectors = layer(activations.astype("float32")).numpy()
    np.testing.assert_allclose(vectors.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(
        vectors, activations - activations.mean(axis=0), atol=1e-6
    )


@pytest.mark.parametrize("shrinkage", [1e-6, 0.1, 2.0])
def test_whitened_variances_along_the_principal_axes_are_shrunk(activations, shrinkage):
    layer = ReadOut("whitened", shrinkage)
    layer.adapt([activations])
    vectors = layer(activations.astype("float32")).numpy()
    variances, axes = np.linalg.eigh(np.cov(activations.T, bias=True))
    expected = np.diag(variances / (variances + shrinkage * variances.mean()))
    np.testing.assert_allclose(vectors.mean(axis=0), 0, atol=1e-5)
    on_axes = np.cov((vectors @ axes).T, bias=True)
    np.testing.assert_allclose(on_axes, expected, atol=1e-4)


def test_cosines_are_those_of_the_principal_axes(activations):
    layer = ReadOut("whitened", 0.1)
    layer.adapt([activations])
    vectors = layer(activations.astype("float32")).numpy()
    variances, axes = np.linalg.eigh(np.cov(activations.T, bias=True))
    rotated = (activations - activations.mean(axis=0)) @ axes
    rotated /= np.sqrt(variances + 0.1 * variances.mean())
    np.testing.assert_allclose(vectors @ vectors.T, rotated @ rotated.T, atol=1e-3)


def test_a_whitened_dimension_stays_with_its_unit():
    generator = np.random.default_rng(1)
    mixing = np.eye(6) + 0.15 * generator.normal(size=(6, 6))
    activations = np.tanh(generator.normal(size=(500, 6)) @ mixing)
    layer = ReadOut("whitened", 0.1)
    layer.adapt([activations])
    vectors = layer(activations.astype("float32")).numpy()
    correlations = np.corrcoef(activations.T, vectors.T)[:6, 6:]
    assert (np.diag(correlations) > 0.9).all()


def test_the_way_from_the_empty_text_to_the_mean_counts_as_one_axis_by_hand():
    # The mean is (5, 1), its direction from (1, 1) the first axis. On the second the
    # variance is 4: 1 / sqrt(4 + 3 * 4) = 1/4, which leaves 1/4. On the first the mean
    # square is 16, the scale sqrt(1/4 / 16) = 1/8.
    layer = ReadOut("whitened", shrinkage=3.0)
    layer.adapt([np.array([[5.0, 3.0], [5.0, -1.0]])], zero=np.array([1.0, 1.0]))
    np.testing.assert_allclose(layer.whitening, [[1 / 8, 0], [0, 1 / 4]], atol=1e-7)
    found = layer(np.array([[5, 3], [9, 3], [5, 1], [1, 1]], "float32")).numpy()
    expected = [[0.5, 0.5], [1, 0.5], [0.5, 0], [0, 0]]
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("shrinkage", [1e-6, 0.5, 8.0])
def test_with_an_empty_text_it_is_the_formula(activations, shrinkage):
    zero = np.full(5, 0.7)
    layer = ReadOut("whitened", shrinkage)
    layer.adapt(np.split(activations, [3, 200]), zero)
    # By regression on the way and singular values, rather than by a basis.
    way = (activations.mean(axis=0) - zero)[:, None]
    shares = np.linalg.lstsq(way, (activations - zero).T, rcond=None)[0]
    rest = activations - zero - (way @ shares).T
    _, sizes, axes = np.linalg.svd(rest, full_matrices=False)
    variances = sizes[:4] ** 2 / len(rest)
    scale = np.sqrt(variances + shrinkage * variances.mean())
    expected = rest @ axes[:4].T / scale @ axes[:4]
    even = np.sqrt((variances / scale**2).mean() / np.square(shares).mean())
    expected += even * shares.T * way.T / np.linalg.norm(way)
    found = layer(activations.astype("float32")).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_the_gram_matrix_weighs_directions_by_hand():
    # The way is the first axis. On the others the variance is 2; weighted by 1 and 2 it
    # is 2 and 8, the mean 5: 1 / sqrt(2 + 3 * 5) and 2 / sqrt(8 + 3 * 5).
    away = np.array([[0, 2, 0], [0, -2, 0], [0, 0, 2], [0, 0, -2]]) + [4, 0, 0]
    layer = ReadOut("whitened", shrinkage=3.0)
    layer.adapt([away], zero=np.zeros(3), gram=np.diag([1.0, 1.0, 2.0]))
    along = ((2 / 17 + 8 / 23) / 2 / 4**2) ** 0.5
    expected = np.diag([along, 17**-0.5, 2 * 23**-0.5])
    np.testing.assert_allclose(layer.whitening, expected, atol=1e-7)


@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e6])
@pytest.mark.parametrize(("units", "shrinkage"), [(8, 0.5), (32, 1.0), (200, 2.5)])
def test_with_a_gram_matrix_it_is_the_read_out_of_weighted_activations(
    units, shrinkage, scale
):
    generator = np.random.default_rng(2)
    activations = generator.normal(1, 2, size=(500, units))
    kernel = generator.normal(size=(2 * units, units))
    gram, zero = kernel.T @ kernel, np.full(units, 0.7)
    # As logits, encoded again.
    weighted = (activations - zero) @ kernel.T @ kernel
    plain, layer = ReadOut(shrinkage=shrinkage), ReadOut()
    plain.adapt([weighted], np.zeros(units))
    expected = plain(weighted.astype("float32"))
    layer.adapt([activations], zero, scale * gram)
    found = layer(activations.astype("float32"))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("weighed", [False, True])
def test_the_shrinkage_is_by_units_where_directions_are_weighed(activations, weighed):
    units = activations.shape[1]
    zero, gram = np.zeros(units), np.eye(units) if weighed else None
    shrinkage = (units / 32) ** 0.5 if weighed else 8.0
    layer, told, other = ReadOut(), ReadOut(shrinkage=shrinkage), ReadOut(shrinkage=3.0)
    for each in (layer, told, other):
        each.adapt([activations], zero, gram)
    np.testing.assert_array_equal(layer.whitening, told.whitening)
    assert not np.allclose(layer.whitening, other.whitening)


def test_the_vector_of_the_empty_text_is_exactly_zero(activations):
    zero = activations[7].astype("float32")
    layer = ReadOut()
    layer.adapt([activations], zero)
    found = layer(activations.astype("float32")).numpy()
    assert not found[7].any()
    assert np.abs(found[:7]).min() > 0
    # Without it, the mean is in its place.
    layer.adapt([activations])
    assert np.abs(layer(zero[None]).numpy()).min() > 1e-3


def test_texts_that_say_the_same_are_alike_however_long_they_are():
    # Activations go from the empty text's along a common way, and to their topic's.
    generator = np.random.default_rng(0)
    zero, common, topics = np.ones(8), generator.normal(size=8), np.eye(8)[:3]
    lengths, own = generator.uniform(0.1, 1, 300), np.arange(300) % 3
    activations = zero + lengths[:, None] * (common + topics[own])
    short = zero + 0.01 * (common + topics)
    layer, without = ReadOut(), ReadOut()
    layer.adapt([activations], zero)
    without.adapt([activations])

    def cosines(read_out):
        rows = read_out(short.astype("float32")).numpy()
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows @ rows.T)[np.triu_indices(3, 1)]

    assert cosines(layer).max() < 0
    assert cosines(without).min() > 0.99


@pytest.mark.parametrize(
    ("activations", "zero", "expected"),
    [
        # A single unit: mean square (1 + 9) / 2, so 1 / sqrt(2 * 5).
        ([[1.0], [3.0]], [0.0], [[10**-0.5], [3 * 10**-0.5]]),
        # Documents that differ along the way alone: 5 and 20 squared, the mean 12.5.
        ([[1.0, 2.0], [2.0, 4.0]], [0.0, 0.0], [[0.2, 0.4], [0.4, 0.8]]),
        # The empty text is the mean: there is no way.
        ([[1.0], [3.0]], [2.0], [[-(2**-0.5)], [2**-0.5]]),
    ],
)
def test_where_there_is_nothing_but_the_way_or_no_way(activations, zero, expected):
    layer = ReadOut("whitened", shrinkage=1.0)
    layer.adapt([np.array(activations)], np.array(zero))
    found = layer(np.array(activations, "float32"))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_streamed_batches_give_the_statistics_of_the_whole(activations):
    whole, streamed = ReadOut(), ReadOut()
    whole.adapt([activations])
    streamed.adapt(np.split(activations, [1, 7, 7, 300]))
    for one, other in zip(whole.weights, streamed.weights, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-4, atol=1e-5)


def test_adapting_again_forgets_the_first_corpus(activations):
    layer = ReadOut("centered")
    layer.adapt([activations + 100])
    layer.adapt([activations])
    found = layer.origin.numpy()
    np.testing.assert_allclose(found, activations.mean(axis=0), rtol=1e-6)


@pytest.mark.parametrize("mode", ["activations", "centered", "whitened"])
def test_a_vector_does_not_depend_on_its_neighbours(activations, mode):
    layer = ReadOut(mode)
    layer.adapt([activations])
    rows = activations.astype("float32")
    together = layer(rows).numpy()
    for start, size in ((0, 1), (3, 2), (11, 17), (100, 300)):
        alone = layer(rows[start : start + size]).numpy()
        np.testing.assert_array_equal(alone, together[start : start + size])


def test_nothing_to_learn_from_is_refused():
    with pytest.raises(ValueError, match="no statistics"):
        ReadOut().adapt([])
    with pytest.raises(ValueError, match="nothing to whiten"):
        ReadOut().adapt([np.ones((3, 2))])


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="`mode` must be one of"):
        ReadOut("pca")
    for shrinkage in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="`shrinkage` must be finite and above 0"):
            ReadOut(shrinkage=shrinkage)


@pytest.mark.parametrize("mode", ["activations", "centered", "whitened"])
def test_the_origin_moves_and_the_axes_stay(activations, mode):
    layer = ReadOut(mode)
    zero = np.full(activations.shape[1], 0.25)
    layer.adapt([activations], zero)
    way = np.arange(activations.shape[1]) / 8
    before = layer(activations).numpy()
    layer.move_origin(way)
    moved = layer(activations + way).numpy()
    expected = before if mode != "activations" else activations + way
    np.testing.assert_allclose(moved, expected, atol=1e-5)
    if mode == "whitened":
        assert not layer((zero + way)[None].astype("float32")).numpy().any()
