"""The contract that every layer passes."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from kate_keras import layers

CASES = {
    "KCompetitive": (
        lambda: layers.KCompetitive(3, alpha=0.5, inference="sparse"),
        True,
    ),
    "KSparse": (lambda: layers.KSparse(3, inference="sparse"), True),
    "TiedDense": (lambda: layers.TiedDense(5), True),
    "LogCount": (lambda: layers.LogCount("log-idf"), False),
    "ReadOut": (lambda: layers.ReadOut("whitened", shrinkage=0.2), False),
    "MaskingNoise": (lambda: layers.MaskingNoise(0.3, seed=1), False),
    "GaussianNoise": (lambda: layers.GaussianNoise(0.3, seed=1), False),
    "SaltAndPepperNoise": (lambda: layers.SaltAndPepperNoise(0.3, seed=1), False),
    "ContractiveDense": (lambda: layers.ContractiveDense(5, contraction=0.2), True),
    "GaussianCode": (lambda: layers.GaussianCode(5, kl_weight=0.5, seed=1), True),
    "Whitening": (lambda: layers.Whitening(momentum=0.9), False),
}
POLICIES = ["float32", "mixed_float16", "mixed_bfloat16", "bfloat16"]


@pytest.fixture(params=CASES)
def layer(request):
    return CASES[request.param][0]()


def counts(rows=6, columns=8):
    return np.random.default_rng(0).poisson(1.0, (rows, columns)).astype("float32")


def test_config_makes_an_equal_layer(layer):
    config = layer.get_config()
    again = type(layer).from_config(config)
    assert again.get_config() == config


def test_config_holds_every_argument_of_the_constructor(layer):
    import inspect

    parameters = inspect.signature(type(layer).__init__).parameters.values()
    names = {p.name for p in parameters if p.kind == p.POSITIONAL_OR_KEYWORD} - {"self"}
    assert names <= set(layer.get_config())


def test_registered_under_the_package(layer):
    name = keras.saving.get_registered_name(type(layer))
    assert name == f"kate_keras>{type(layer).__name__}"


def test_symbolic_shape_equals_the_eager_one(layer):
    symbolic = layer(keras.Input((8,)))
    assert tuple(layer(counts()).shape) == (6, *symbolic.shape[1:])


def test_saved_and_loaded_it_answers_the_same(layer, tmp_path):
    inputs = keras.Input((8,))
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert type(again.layers[-1]) is type(layer)
    np.testing.assert_array_equal(again(counts()), model(counts()))


# TiedDense alone leaves its reverse bias out of the loss.
@pytest.mark.filterwarnings("ignore:Gradients do not exist:UserWarning")
@pytest.mark.parametrize("jit_compile", [False, True])
def test_it_trains_inside_a_model(layer, jit_compile):
    inputs = keras.Input((8,))
    # Not below 0, which LogCount could not take the logarithm of.
    hidden = keras.layers.Dense(8, "softplus")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(layer(hidden)))
    model.compile("sgd", "mse", jit_compile=jit_compile)
    before = model.layers[1].kernel.numpy()
    history = model.fit(abs(counts()), np.ones((6, 1)), verbose=0)
    assert np.isfinite(history.history["loss"][0])
    if not isinstance(layer, layers.LogCount):
        assert not np.array_equal(before, model.layers[1].kernel.numpy())


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", CASES)
def test_output_has_the_compute_dtype_of_its_policy(name, policy):
    made = CASES[name][0]()
    layer = type(made).from_config({**made.get_config(), "dtype": policy})
    output = layer(tf.cast(counts(), layer.compute_dtype))
    assert output.dtype == layer.compute_dtype
    assert np.isfinite(np.asarray(output, "float32")).all()


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", CASES)
def test_in_training_too(name, policy):
    made = CASES[name][0]()
    layer = type(made).from_config({**made.get_config(), "dtype": policy})
    inputs = tf.cast(counts(), layer.compute_dtype)
    takes_training = "training" in layer._call_signature.parameters
    output = layer(inputs, training=True) if takes_training else layer(inputs)
    assert output.dtype == layer.compute_dtype
    assert np.isfinite(np.asarray(output, "float32")).all()
    assert all(loss.dtype == "float32" and np.isfinite(loss) for loss in layer.losses)


def test_a_mask_passes_through(layer):
    masked = keras.layers.Masking()(counts().reshape(2, 3, 8))
    output = layer(masked)
    assert layer.supports_masking
    np.testing.assert_array_equal(output._keras_mask, masked._keras_mask)


def test_jit_compiled_it_answers_the_same(layer):
    layer(counts())
    compiled = tf.function(layer, jit_compile=True)
    np.testing.assert_allclose(
        compiled(counts()), layer(counts()), rtol=1e-5, atol=1e-6
    )


def test_a_new_batch_size_is_not_a_new_trace(layer):
    traces = []

    @tf.function(input_signature=[tf.TensorSpec([None, 8])])
    def call(inputs):
        traces.append(1)
        return layer(inputs)

    layer(counts())
    for rows in (1, 2, 7):
        assert call(counts(rows)).shape[0] == rows
    assert len(traces) == 1


@pytest.mark.parametrize("inference", ["dense", "sparse"])
@pytest.mark.parametrize("make", [layers.KCompetitive, layers.KSparse])
def test_units_compete_in_training_and_outside_it_if_they_are_to(make, inference):
    layer = make(3, inference=inference)
    inputs = counts() + 0.5
    survivors = layer(inputs, training=True).numpy()
    assert ((survivors != 0).sum(axis=1) <= 3).all()
    expected = survivors if inference == "sparse" else inputs
    np.testing.assert_array_equal(layer(inputs, training=False), expected)
    np.testing.assert_array_equal(layer(inputs), expected)
