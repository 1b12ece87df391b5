"""Every way into a model gives the same vectors."""

import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from kate_keras.text import count_words

AWKWARD = [
    "", "   ", "utterly unknown", "Rocket moon ROCKET", "rocket\0moon", "🚀 orbit 2024",
    "mo\u00adon or\u200dbit", "chee\u0301se", "a" * 10_000, "moon " * 500,
]  # fmt: skip


@pytest.fixture(scope="module")
def saved(model_folder):
    return tf.saved_model.load(str(model_folder / "saved_model"))


def counts_of(model, texts):
    return count_words(texts, model.vocabulary_)


def test_signatures_have_the_contracts_names_types_and_shapes(saved, model):
    d, n_words = model.n_components, len(model.vocabulary_)
    inputs = {
        "encode": {"text": ((None,), "string")},
        "serving_default": {"text": ((None,), "string")},
        "encode_counts": {"counts": ((None, n_words), "float32")},
        "encode_sparse": {
            "word_ids": ((None,), "int64"),
            "counts": ((None,), "float32"),
            "row_splits": ((None,), "int64"),
        },
        "reconstruct": {"text": ((None,), "string")},
        "describe": {"text": ((None,), "string")},
        "explain": {"text": ((None,), "string")},
        "topics": {"n_words": ((), "int32")},
        "neighbours": {"word": ((), "string"), "n": ((), "int32")},
    }
    outputs = dict.fromkeys(inputs, {"embedding": ((None, d), "float32")})
    outputs["reconstruct"] = {"logits": ((None, n_words), "float32")}
    outputs["describe"] = outputs["encode"] | {
        "known_words": ((None,), "int64"),
        "words": ((None,), "int64"),
    }
    outputs["explain"] = {
        "words": ((None,), "string"),
        "shares": ((None, d), "float32"),
        "row_splits": ((None,), "int64"),
        "bias": ((d,), "float32"),
        "pre_activation": ((None, d), "float32"),
        "activation": ((None, d), "float32"),
        "unknown_words": ((None,), "string"),
        "unknown_row_splits": ((None,), "int64"),
    }
    outputs["topics"] = {
        "positive": ((d, None), "string"),
        "negative": ((d, None), "string"),
        "positive_influence": ((d, None), "float32"),
        "negative_influence": ((d, None), "float32"),
    }
    outputs["neighbours"] = {
        "words": ((None,), "string"), "cosines": ((None,), "float32")
    }  # fmt: skip

    def spec(tensors):
        return {k: (tuple(v.shape), v.dtype.name) for k, v in tensors.items()}

    assert set(saved.signatures) == set(inputs)
    for name, function in saved.signatures.items():
        assert spec(function.structured_input_signature[1]) == inputs[name]
        assert spec(function.structured_outputs) == outputs[name]


def test_text_counts_and_sparse_counts_agree_to_the_bit(saved, model, themed):
    texts = [*themed[0], *AWKWARD]
    expected = model.transform(texts)
    counts = counts_of(model, texts)
    call = saved.signatures
    np.testing.assert_array_equal(call["encode"](text=texts)["embedding"], expected)
    np.testing.assert_array_equal(
        call["encode_counts"](counts=counts.toarray())["embedding"], expected
    )
    sparse = call["encode_sparse"](
        word_ids=tf.constant(counts.indices, tf.int64),
        counts=tf.constant(counts.data),
        row_splits=tf.constant(counts.indptr, tf.int64),
    )
    np.testing.assert_array_equal(sparse["embedding"], expected)
    np.testing.assert_array_equal(model.transform(counts), expected)
    np.testing.assert_array_equal(model.transform(counts.toarray()), expected)


def test_the_keras_encoder_agrees(model, themed):
    counts = counts_of(model, themed[0])
    vectors = model.encoder_.predict(counts.toarray(), verbose=0)
    np.testing.assert_allclose(vectors, model.transform(themed[0]), atol=1e-5)


def test_the_vector_is_the_designs_formula_in_numpy(model, themed):
    x = counts_of(model, themed[0]).toarray()
    kernel, bias, _ = model.autoencoder_.get_layer("tied_dense").get_weights()
    origin, whitening = model.encoder_.get_layer("read_out").get_weights()
    documents = (x > 0).sum(axis=0)  # All of them were trained on.
    idf = np.log((1 + len(x)) / (1 + documents)) + 1
    logs = np.log1p(x) / np.log1p(x).max(axis=1, keepdims=True)
    sums = logs * idf / idf.mean() @ kernel + bias
    vectors = model.transform(themed[0])
    np.testing.assert_allclose((sums - origin) @ whitening, vectors, atol=1e-4)
    # The read-out by its formula, along and across the way to the mean document.
    np.testing.assert_allclose(origin, bias, atol=1e-6)
    weight = kernel.T @ kernel
    h, bare = sums @ weight, bias @ weight
    way = h.mean(axis=0) - bare
    way /= np.linalg.norm(way)
    lengths = (h - bare) @ way
    across = h - bare - np.outer(lengths, way)
    variances, axes = np.linalg.eigh(across.T @ across / len(h))
    variances, axes = variances[1:], axes[:, 1:]  # All but that of the way.
    shrinkage = (h.shape[1] / 32) ** 0.5
    scale = np.sqrt(variances + shrinkage * variances.mean())
    common = np.sqrt((variances / scale**2).mean() / np.square(lengths).mean())
    expected = across @ axes / scale @ axes.T + common * np.outer(lengths, way)
    np.testing.assert_allclose(vectors, expected, atol=1e-4)


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_a_vector_does_not_depend_on_its_neighbours(saved, themed, size):
    encode = saved.signatures["encode"]
    together = encode(text=themed[0])["embedding"].numpy()
    for start in (0, 5, 100):
        alone = encode(text=themed[0][start : start + size])["embedding"].numpy()
        np.testing.assert_array_equal(alone, together[start : start + size])


def test_duplicate_and_unsorted_word_ids_are_summed(saved):
    def encode(word_ids, counts):
        return saved.signatures["encode_sparse"](
            word_ids=tf.constant(word_ids, tf.int64),
            counts=tf.constant(counts, tf.float32),
            row_splits=tf.constant([0, len(word_ids)], tf.int64),
        )["embedding"].numpy()

    np.testing.assert_array_equal(
        encode([5, 2, 5, 9], [1, 3, 1, 2]), encode([2, 5, 9], [3, 2, 2])
    )


def test_documents_without_known_words_get_the_zero_vector(saved, model):
    answer = saved.signatures["describe"](text=["", "utterly unknown", "42 !!", "moon"])
    vectors = answer["embedding"].numpy()
    dense = np.zeros((1, len(model.vocabulary_)), "float32")
    found = [
        vectors[:3],
        model.transform(dense),
        model.encoder_(dense).numpy(),
        saved.signatures["encode_counts"](counts=dense)["embedding"].numpy(),
    ]
    for zero in found:
        np.testing.assert_array_equal(zero, np.zeros_like(zero))
    assert vectors[3].all() and np.isfinite(vectors).all()
    assert answer["known_words"].numpy().tolist() == [0, 0, 0, 1]
    assert answer["words"].numpy().tolist() == [0, 2, 0, 1]


def test_no_documents_give_no_vectors(saved, model):
    assert saved.signatures["encode"](text=tf.constant([], tf.string))[
        "embedding"
    ].shape == (0, model.n_components)


@pytest.mark.parametrize(
    ("word_ids", "counts", "message"),
    [
        ([999], [1.0], "word_ids must be from 0"),
        ([-1], [1.0], "word_ids must be from 0"),
        ([0], [-1.0], "finite and not negative"),
        ([0], [np.nan], "finite and not negative"),
    ],
)
def test_counts_that_make_no_sense_are_an_error_not_a_vector(
    saved, word_ids, counts, message
):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        saved.signatures["encode_sparse"](
            word_ids=tf.constant(word_ids, tf.int64),
            counts=tf.constant(counts, tf.float32),
            row_splits=tf.constant([0, 1], tf.int64),
        )


def test_negative_dense_counts_are_an_error_too(saved, model):
    counts = -np.ones((1, len(model.vocabulary_)), "float32")
    with pytest.raises(tf.errors.InvalidArgumentError, match="not negative"):
        saved.signatures["encode_counts"](counts=counts)


def test_reconstruct_gives_the_autoencoders_logits(saved, model, themed):
    logits = saved.signatures["reconstruct"](text=themed[0])["logits"]
    expected = model.autoencoder_(counts_of(model, themed[0]).toarray())
    np.testing.assert_allclose(logits, expected, atol=1e-4)


def test_it_runs_with_keras_and_kate_keras_absent(model_folder, model):
    program = """
import json, sys
sys.modules["kate_keras"] = None
import tensorflow as tf
for name in [m for m in sys.modules if m == "keras" or m.startswith("keras.")]:
    sys.modules[name] = None
model = tf.saved_model.load(sys.argv[1])
vectors = model.signatures["encode"](text=["rocket moon"])["embedding"]
print(json.dumps(vectors.numpy().tolist()))
"""
    command = [sys.executable, "-c", program, str(model_folder / "saved_model")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    vectors = np.array(json.loads(done.stdout.splitlines()[-1]), "float32")
    np.testing.assert_array_equal(vectors, model.transform(["rocket moon"]))
