import numpy as np
import pytest
import tensorflow as tf

from kate_keras.layers import GaussianNoise, MaskingNoise, SaltAndPepperNoise

NOISES = [MaskingNoise, GaussianNoise, SaltAndPepperNoise]
# 200 documents of 500 words: the largest element of each is 1, as in the network.
X = np.random.default_rng(0).uniform(0.2, 0.8, (200, 500)).astype("float32")
X[:, 0] = 1


def near(share, n=X.size):
    """Five standard deviations about a share of `n` fair draws."""
    return pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / n))


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("training", [False, None])
def test_outside_training_nothing_changes(noise, training):
    np.testing.assert_array_equal(noise(0.5, seed=0)(X, training=training), X)


@pytest.mark.parametrize("noise", NOISES)
def test_without_strength_nothing_changes(noise):
    np.testing.assert_array_equal(noise(0.0, seed=0)(X, training=True), X)


@pytest.mark.parametrize("level", [0.01, 0.3, 1.0])
def test_masking_hides_its_share_and_leaves_the_rest_unscaled(level):
    noisy = MaskingNoise(level, seed=0)(X, training=True).numpy()
    hidden = noisy == 0
    assert hidden.mean() == near(level)
    np.testing.assert_array_equal(noisy[~hidden], X[~hidden])


def test_bfloat16_hides_one_in_a_hundred_too():
    # Drawn in bfloat16, whose numbers below 1 are multiples of 1/128 or so, a share of
    # .01 would become 2/128 = .0156.
    layer = MaskingNoise(0.01, seed=0, dtype="bfloat16")
    noisy = layer(tf.cast(X, "bfloat16"), training=True)
    assert (noisy.numpy().astype("float32") == 0).mean() == near(0.01)


def test_gaussian_noise_has_its_deviation_where_nothing_is_clipped():
    middle = np.full((200, 500), 0.5, "float32")
    middle[:, 0] = 1
    noisy = GaussianNoise(0.1, seed=0)(middle, training=True).numpy()
    added = (noisy - middle)[:, 1:]
    assert added.mean() == pytest.approx(0, abs=5 * 0.1 / np.sqrt(added.size))
    assert added.std() == pytest.approx(0.1, rel=0.02)


def test_gaussian_noise_is_clipped_to_the_range_of_the_document():
    # Rows whose largest element is 1 and 3 (as idf weights would make it).
    x = np.tile([[0.0, 1.0]], (1000, 1)).astype("float32")
    x[500:] *= 3
    noisy = GaussianNoise(0.1, seed=0)(x, training=True).numpy()
    assert noisy.min() == 0
    assert noisy[:500].max() == 1
    assert noisy[500:].max() == 3
    # By symmetry half of the elements at either end leave the range and come back.
    assert (noisy[:, 0] == 0).mean() == near(0.5, 1000)
    assert (noisy[:, 1] == x[:, 1]).mean() == near(0.5, 1000)


@pytest.mark.parametrize("level", [0.1, 1.0])
def test_salt_and_pepper_are_equally_likely(level):
    noisy = SaltAndPepperNoise(level, seed=0)(X, training=True).numpy()[:, 1:]
    clean = X[:, 1:]
    assert (noisy == 0).mean() == near(level / 2)
    assert (noisy == 1).mean() == near(level / 2)
    kept = (noisy != 0) & (noisy != 1)
    np.testing.assert_array_equal(noisy[kept], clean[kept])


def test_salt_is_the_largest_element_of_the_document():
    x = np.array([[0.5, 0.25, 2.5], [1.0, 0.0, 0.5]], "float32")
    for _ in range(20):
        noisy = SaltAndPepperNoise(1.0, seed=None)(x, training=True).numpy()
        assert set(noisy[0]) <= {0, 2.5}
        assert set(noisy[1]) <= {0, 1}


@pytest.mark.parametrize("noise", NOISES)
def test_seeded_it_repeats_itself_but_not_from_step_to_step(noise):
    def steps(seed):
        layer = noise(0.3, seed=seed)
        return [layer(X, training=True).numpy() for _ in range(2)]

    first, second = steps(7)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal([first, second], steps(7))
    assert not np.array_equal(first, steps(8)[0])


@pytest.mark.parametrize("noise", [MaskingNoise, SaltAndPepperNoise])
def test_jit_compiled_it_corrupts_the_same_share(noise):
    # Not the same elements: XLA has a generator of its own.
    layer = noise(0.3, seed=7)
    call = tf.function(lambda x: layer(x, training=True), jit_compile=True)
    first, second = call(X).numpy()[:, 1:], call(X).numpy()[:, 1:]
    assert (first != X[:, 1:]).mean() == near(0.3)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("level", [-0.1, float("nan"), float("inf")])
@pytest.mark.parametrize("noise", NOISES)
def test_a_level_out_of_range_is_refused(noise, level):
    with pytest.raises(ValueError, match=f"`level` of {noise.__name__} must be finite"):
        noise(level)


@pytest.mark.parametrize("noise", [MaskingNoise, SaltAndPepperNoise])
def test_a_share_above_one_is_refused_a_deviation_is_not(noise):
    with pytest.raises(ValueError, match="at most 1. Received: level=1.5"):
        noise(1.5)
    assert GaussianNoise(1.5).level == 1.5
