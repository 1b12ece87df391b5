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
    np.testing.assert_allclose(layer.mean.numpy(), activations.mean(axis=0), rtol=1e-6)


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
