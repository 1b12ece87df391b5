"""Attributions: against finite differences, completeness, and rules by hand."""

import numpy as np
import pytest
import tensorflow as tf
from conftest import small_kate

from kate_keras import InputError
from kate_keras.analysis import DocumentNetwork, attribute
from kate_keras.analysis.attribution import (
    RULES,
    similarity_target,
    topic_target,
    value_of,
    word_target,
)
from kate_keras.analysis.sanity_check import randomized_agreement
from kate_keras.layers import KCompetitive
from kate_keras.layers.read_out import MODES, WHITENING_MODES
from kate_keras.text import count_words

RNG = np.random.default_rng(0)
N_WORDS, D = 7, 5


def network(competition=None, seed=0):
    rng = np.random.default_rng(seed)
    return DocumentNetwork(
        rng.random(N_WORDS) + 0.1,
        rng.normal(size=(N_WORDS, D)),
        rng.normal(size=D) / 10,
        tf.tanh,
        competition,
    )


VECTOR, ORIGIN = RNG.normal(size=(2, D))
WHITENING = RNG.normal(size=(D, D))
TARGETS = {
    "topic": topic_target(2, D),
    "word": word_target(RNG.normal(size=D), 0.5),
    "similarity": similarity_target(network(), VECTOR, ORIGIN, WHITENING),
}


def plain_value(net, target, x):
    """The number by plain NumPy, where nothing competes."""
    code = np.tanh(x @ net.kernel + net.bias)
    return float(target(tf.constant(code[None]))[0])


def differences(function, x, step=1e-6):
    moved = step * np.eye(len(x))
    return np.array([(function(x + m) - function(x - m)) / (2 * step) for m in moved])


@pytest.mark.parametrize("name", TARGETS)
def test_the_gradient_is_that_of_finite_differences(name):
    net, target = network(), TARGETS[name]
    expected = differences(lambda x: plain_value(net, target, x), net.x)
    found = attribute(net, target, "gradient")
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)
    times = attribute(net, target, "input-x-gradient")
    np.testing.assert_allclose(times, net.x * expected, rtol=1e-6, atol=1e-8)


def test_the_gradient_goes_through_the_competition():
    net, target = network(KCompetitive(2, alpha=0.7)), TARGETS["word"]

    def value(x):
        return float(target(net.code(tf.constant(x[None])))[0])

    found = attribute(net, target, "gradient")
    np.testing.assert_allclose(found, differences(value, net.x), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", TARGETS)
def test_integrated_gradients_sum_to_the_change(name):
    net, target = network(), TARGETS[name]
    change = plain_value(net, target, net.x) - plain_value(net, target, 0 * net.x)
    assert attribute(net, target).sum() == pytest.approx(change, abs=1e-9)
    assert value_of(net, target) == pytest.approx(plain_value(net, target, net.x))


def test_integrated_gradients_are_a_mean_over_the_way():
    net, target = network(), TARGETS["similarity"]
    steps = (np.arange(100) + 0.5) / 100
    slopes = [
        differences(lambda x: plain_value(net, target, x), s * net.x) for s in steps
    ]
    expected = net.x * np.mean(slopes, axis=0)
    np.testing.assert_allclose(attribute(net, target), expected, rtol=1e-2, atol=1e-3)


def test_the_guided_rule_by_hand():
    # One word on units of both signs; the code is about (.46, -.76, .1).
    kernel = np.array([[0.5, -1.0, 0.1]])
    net = DocumentNetwork(np.array([1.0]), kernel, np.zeros(3), tf.tanh)
    slope = 1 - np.tanh(kernel[0]) ** 2
    for upstream, passes in (
        ([1.0, 1.0, 1.0], [1, 0, 1]),
        ([-1.0, -1.0, -1.0], [0, 1, 0]),
    ):
        target = word_target(np.array(upstream), 0.0)
        expected = (np.array(upstream) * passes * slope) @ kernel[0]
        assert attribute(net, target, "guided") == pytest.approx(expected)


def test_a_loser_passes_nothing_by_the_guided_rule_and_all_by_the_deconvolutional():
    kernel = np.array([[0.5, -1.0, 0.1]])
    layer = KCompetitive(1, alpha=0.5)
    net = DocumentNetwork(np.array([1.0]), kernel, np.zeros(3), tf.tanh, layer)
    slope = 1 - np.tanh(kernel[0]) ** 2
    target = word_target(np.ones(3), 0.0)
    # Unit 0 wins; unit 2 loses to it, and the negative unit has no place.
    assert attribute(net, target, "guided") == pytest.approx(slope[0] * 0.5)
    every = (slope * kernel[0]).sum()
    assert attribute(net, target, "deconvolution") == pytest.approx(every)
    with_energy = slope[0] * 0.5 + 0.5 * slope[2] * 0.1
    assert attribute(net, target, "gradient") == pytest.approx(with_energy)


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_changes_the_value(rule):
    net = network(KCompetitive(3, alpha=0.5))
    inputs = tf.constant(net.x[None])
    for code in (net.guided_code, net.deconvolved_code):
        np.testing.assert_allclose(code(inputs), net.code(inputs), atol=1e-12)
    assert attribute(net, TARGETS["topic"], rule).shape == (N_WORDS,)


@pytest.mark.parametrize("rule", RULES)
def test_a_document_without_words_has_no_scores(rule):
    net = network()
    empty = DocumentNetwork(net.x[:0], net.kernel[:0], net.bias, tf.tanh)
    for target in TARGETS.values():
        assert attribute(empty, target, rule).shape == (0,)
        assert value_of(empty, target) == value_of(empty, target, 0.0)


def test_a_vector_without_length_is_like_nothing():
    net = network()
    empty = net.code(tf.constant(net.x[None])).numpy()[0]
    for vector, origin in ((np.zeros(D), ORIGIN), (VECTOR, empty)):
        target = similarity_target(net, vector, origin, np.eye(D))
        assert value_of(net, target) == 0
        assert not attribute(net, target).any()


def test_a_similarity_is_the_cosine_and_grows_from_nothing_by_hand():
    # One word each way: activations (.6, 0) and (0, .8) of linear units, whose sum is
    # of length 1. The other's direction is (1, 0).
    net = DocumentNetwork(np.array([0.6, 0.8]), np.eye(2), np.zeros(2), lambda h: h)
    target = similarity_target(net, np.array([3.0, 0.0]), np.zeros(2), np.eye(2))
    assert value_of(net, target) == pytest.approx(0.6)
    assert value_of(net, target, 0.5) == pytest.approx(0.3)
    assert value_of(net, target, 0.0) == 0
    np.testing.assert_allclose(attribute(net, target), [0.6, 0.0], atol=1e-12)


def test_a_similarity_is_the_cosine_in_numpy():
    code = np.tanh(network().x @ network().kernel + network().bias)
    own = (code - ORIGIN) @ WHITENING
    cosine = own @ VECTOR / np.linalg.norm(own) / np.linalg.norm(VECTOR)
    assert value_of(network(), TARGETS["similarity"]) == pytest.approx(cosine)


def test_other_rules_and_topics_are_refused():
    with pytest.raises(InputError, match="`rule` must be one of"):
        attribute(network(), TARGETS["topic"], "lime")
    for topic in (-1, True):
        with pytest.raises(InputError, match="whole number of at least 0.*topic="):
            topic_target(topic, D)
    with pytest.raises(InputError, match="`topic` must be from 0 to 4.*topic=5"):
        topic_target(D, D)


def test_scores_that_ignore_the_network_agree_and_others_do_not():
    networks = [network(seed=seed) for seed in range(40)]

    def by_input(net):
        # Explains the sum of the inputs, which the weights have no part in.
        inverse = np.linalg.pinv(net.kernel).T
        return word_target(inverse.sum(axis=0), 0.0)

    trained = randomized_agreement(networks, lambda _: TARGETS["topic"], "gradient")
    assert abs(trained) < 0.2
    wide = [
        DocumentNetwork(
            n.x,
            np.random.default_rng(s).normal(size=(N_WORDS, 9)),
            np.zeros(9),
            lambda a: a,
        )
        for s, n in enumerate(networks)
    ]
    assert randomized_agreement(wide, by_input, "input-x-gradient") > 0.99
    with pytest.raises(InputError, match="at least three words"):
        randomized_agreement([], by_input, "gradient")


# With a whole model.


@pytest.mark.parametrize("read_out", MODES)
def test_why_two_texts_are_alike(themed, read_out):
    model = small_kate(read_out=read_out).fit(themed[0])
    first, second = "A rocket to the moon.", "The orbit of a satellite, quoth he."
    found = model.explain_similarity(first, second, n_topics=6)
    a, b = model.transform([first, second]).astype(float)
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    assert found.similarity == pytest.approx(cosine, abs=1e-6)
    assert sum(topic.share for topic in found.topics) == pytest.approx(cosine, abs=1e-6)
    shares = [abs(topic.share) for topic in found.topics]
    assert shares == sorted(shares, reverse=True)
    for attribution, words in (
        (found.first, {"rocket", "moon"}),
        (found.second, {"orbit", "satellite"}),
    ):
        assert {word for word, _ in attribution.words} == words
        assert attribution.value == pytest.approx(cosine, abs=1e-5)
        assert attribution.completeness_error < 1e-6
        if read_out in WHITENING_MODES:
            # Then a text without words is nothing, and words add up to the cosine.
            assert attribution.baseline == pytest.approx(0, abs=1e-6)
    assert str(found).startswith(f"similarity {cosine:+.3f}")


def test_why_two_texts_are_alike_where_units_compete_outside_training(themed):
    model = small_kate(inference="sparse").fit(themed[0])
    first, second = "A rocket to the moon.", "The orbit of a satellite and a rocket."
    a, b = model.transform([first, second]).astype(float)
    cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    found = model.explain_similarity(first, second)
    assert found.similarity == pytest.approx(cosine, abs=1e-6)
    assert found.first.value == pytest.approx(cosine, abs=1e-5)
    assert found.second.value == pytest.approx(cosine, abs=1e-5)
    (activations,) = model.activations(count_words([first], model.vocabulary_))
    for topic in range(6):
        value = model.attribute(first, topic=topic).value
        assert value == pytest.approx(activations[topic], abs=1e-5)


def test_activations_are_those_before_the_read_out(model, themed):
    counts = count_words(themed[0][:5], model.vocabulary_)
    found = model.activations(counts)
    expected = model.autoencoder_.code(counts.toarray())
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert model.activations(counts[:0]).shape == (0, 6)


def test_a_topic_is_explained_by_the_words_of_a_text(model):
    text = "rocket moon bread, rocket"
    whole = model.explain(text, n_topics=6)
    for topic in whole.topics:
        found = model.attribute(text, topic=topic.index)
        assert found.value == pytest.approx(topic.activation, abs=1e-5)
        assert found.completeness_error < 1e-6
        slopes = dict(
            model.attribute(text, topic=topic.index, rule="input-x-gradient").words
        )
        expected = {w: s * (1 - topic.activation**2) for w, s in topic.words}
        assert slopes == pytest.approx(expected, abs=1e-5)


def test_a_word_of_the_reconstruction_is_explained(model):
    text = "rocket moon"
    found = model.attribute(text, word="orbit")
    counts = np.zeros((1, len(model.vocabulary_)), "float32")
    for word in text.split():
        counts[0, model.vocabulary_[word]] = 1
    logits = model.autoencoder_(counts).numpy()[0]
    assert found.value == pytest.approx(logits[model.vocabulary_["orbit"]], abs=1e-4)
    assert found.completeness_error < 1e-4
    assert {word for word, _ in found.words} == {"rocket", "moon"}
    # What the document is about raises the word.
    assert sum(score for _, score in found.words) > 0


def test_competition_may_be_kept(model):
    quiet = model.attribute("rocket moon bread", topic=0)
    loud = model.attribute("rocket moon bread", topic=0, competition=True)
    assert quiet.baseline == pytest.approx(quiet.value - sum(s for _, s in quiet.words))
    assert loud.value == 0 or abs(loud.value) > abs(quiet.value)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({}, "give one of.*Received: 0"),
        ({"topic": 0, "word": "moon"}, "give one of.*Received: 2"),
        ({"topic": 6}, "`topic` must be from 0 to 5"),
        ({"word": "zyx"}, "'zyx' is not in the vocabulary"),
        ({"topic": 0, "rule": "lime"}, "`rule` must be one of"),
    ],
)
def test_a_wrong_choice_is_named(model, choice, message):
    with pytest.raises(InputError, match=message):
        model.attribute("rocket", **choice)


def test_a_variant_without_competition_has_none_to_keep(themed):
    plain = small_kate(variant="plain", k=None, epochs=1).fit(themed[0])
    with pytest.raises(InputError, match="units compete.*variant='plain'"):
        plain.attribute("rocket", topic=0, competition=True)
    deep = small_kate(variant="variational", k=None, epochs=1).fit(themed[0])
    with pytest.raises(InputError, match="`attribute` needs a variant"):
        deep.attribute("rocket", topic=0)
    with pytest.raises(InputError, match="`explain_similarity` needs a variant"):
        deep.explain_similarity("rocket", "moon")
