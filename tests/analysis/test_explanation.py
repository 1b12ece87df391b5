import numpy as np
import pytest

from kate_keras.text import count_words


@pytest.mark.parametrize(
    "text", ["Rocket to the moon moon", "cheese, violin & orbit", ""]
)
def test_shares_and_bias_sum_to_the_pre_activation(model, text):
    counts = count_words([text], model.vocabulary_).toarray()
    layer = model.autoencoder_.get_layer
    expected = layer("tied_dense")(layer("log_count")(counts)).numpy()[0]
    explanation = model.explain(text, n_topics=6)
    assert sorted(topic.index for topic in explanation.topics) == list(range(6))
    for topic in explanation.topics:
        total = topic.bias + sum(share for _, share in topic.words)
        assert total == pytest.approx(expected[topic.index], abs=1e-5)
        assert topic.pre_activation == pytest.approx(expected[topic.index], abs=1e-5)
        assert topic.activation == pytest.approx(
            np.tanh(expected[topic.index]), abs=1e-5
        )


def test_topics_and_words_come_strongest_first(model):
    topics = model.explain("rocket moon cheese", n_topics=3).topics
    moved = [abs(topic.pre_activation - topic.bias) for topic in topics]
    assert moved == sorted(moved, reverse=True)
    for topic in topics:
        shares = [abs(share) for _, share in topic.words]
        assert shares == sorted(shares, reverse=True)
        assert {word for word, _ in topic.words} == {"rocket", "moon", "cheese"}


def test_unknown_words_are_listed_once_in_order(model):
    explanation = model.explain("The zebra saw the moon; zebra!")
    assert explanation.unknown_words == ("the", "zebra", "saw")
    assert "unknown: the zebra saw" in str(explanation)


def test_it_is_json(model):
    import json

    data = json.loads(json.dumps(model.explain("moon").to_json()))
    assert data["topics"][0]["words"][0][0] == "moon"
