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
    shown = str(explanation).splitlines()
    assert shown[0].startswith("topic, its activation, and shares of words")
    assert len(shown) == 1 + len(explanation.topics) + 1
    assert shown[-1] == "not in the vocabulary: the zebra saw"


def test_a_text_without_known_words_has_no_topics_to_show(model):
    explanation = model.explain("The zebra!")
    assert str(explanation) == (
        "no known word: the vector is that of a text without words\n"
        "not in the vocabulary: the zebra"
    )
    assert str(model.explain("moon", n_topics=0)) == "not in the vocabulary: none"
    pair = model.explain_similarity("moon", "zebra")
    assert str(pair).splitlines()[-1] == "second: no known word"
    assert str(model.attribute("zebra", topic=0)).endswith("by word: no known word")


def test_it_is_json(model):
    import json

    data = json.loads(json.dumps(model.explain("moon").to_json()))
    assert data["topics"][0]["words"][0][0] == "moon"
