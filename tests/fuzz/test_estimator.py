"""The estimator with texts, options and questions of any kind."""

import numpy as np
import pytest
from conftest import small_kate
from drawn_examples import EXAMPLES, STRINGS, TEXTS
from hypothesis import given, strategies as st

from kate_keras import KATE, InputError, estimator, load

ODD = [None, True, 0, -1, 1.5, float("nan"), float("inf"), 10**40, "x", "", b"x", [],
       ["x"], {}, np.float64(2), np.int64(2), np.str_("x"), 1j, object()]  # fmt: skip


@EXAMPLES
@given(texts=st.lists(TEXTS, max_size=6))
def test_every_text_has_one_vector_of_its_own(model, texts):
    vectors = model.transform(texts)
    assert vectors.shape == (len(texts), 6)
    assert np.isfinite(vectors).all()
    np.testing.assert_array_equal(vectors, model.transform(iter(texts)))
    for text, vector in zip(texts[:1], vectors, strict=False):
        np.testing.assert_array_equal(model.transform([text])[0], vector)


@EXAMPLES
@given(texts=st.lists(TEXTS, max_size=6))
def test_the_light_reader_finds_the_same_words_or_refuses(light, model, texts):
    (whole,) = list(model.encode_batches(texts)) or [{"known_words": np.zeros(0)}]
    try:
        batches = list(light.encode_batches(texts))
    except InputError as error:
        assert "It is not certain" in str(error)
        return
    known = [batch["known_words"] for batch in batches] or [np.zeros(0)]
    np.testing.assert_array_equal(np.concatenate(known), whole["known_words"])


@pytest.fixture(scope="module")
def light(model_folder):
    return load(model_folder, light=True)


@EXAMPLES
@given(documents=st.lists(st.one_of(STRINGS, st.sampled_from(ODD)), max_size=6))
def test_what_is_no_text_is_refused_by_its_place(model, documents):
    def is_text(document):
        return isinstance(document, str) and not any(
            "\ud800" <= character <= "\udfff" for character in document
        )

    wrong = [i for i, document in enumerate(documents) if not is_text(document)]
    if not wrong:
        assert len(model.transform(documents)) == len(documents)
        return
    with pytest.raises(InputError, match=f"^Document {wrong[0]} "):
        model.transform(documents)


@pytest.mark.parametrize("value", [v for v in ODD if not isinstance(v, list)])
def test_what_is_no_list_is_refused(model, value):
    with pytest.raises(InputError, match="must be a list or another iterable"):
        model.transform(value)


class AcceptedError(Exception):
    """The options passed every check."""


@pytest.mark.parametrize("option", sorted(set(KATE().get_params()) - {"verbose"}))
def test_options_are_accepted_or_refused_by_name(option, monkeypatch):
    def accept(*_, **__):
        raise AcceptedError

    monkeypatch.setattr(estimator, "train", accept)
    monkeypatch.setattr(estimator, "adapt_input", accept)
    texts = [f"moon rocket bread {word} guitar soup" for word in "abcdef"]
    taken = []
    for value in ODD:
        kate = small_kate(n_components=2, k=None, stop_words=None)
        kate.set_params(**{option: value})
        try:
            kate.fit(texts)
        except AcceptedError:
            taken.append(value)
        except InputError as error:
            assert option in str(error) or "words" in str(error), value
    assert not any(isinstance(value, complex | bytes) for value in taken)


@pytest.mark.parametrize(
    "ask",
    [
        lambda kate, value: kate.topics(value),
        lambda kate, value: kate.topic_word_ids(value),
        lambda kate, value: kate.similar_words("moon", value),
        lambda kate, value: kate.explain("moon", value),
        lambda kate, value: kate.explain_similarity("moon", "soup", value),
        lambda kate, value: kate.attribute("moon", topic=value),
        lambda kate, value: kate.export("unused", value),
    ],
    ids="topics ids similar explain pair attribute export".split(),
)
@pytest.mark.parametrize("value", [True, -1, 1.5, float("nan"), "3", b"3", [3], 1j])
def test_what_is_no_number_of_things_is_refused(
    model, ask, value, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="must be a whole number"):
        ask(model, value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", [True, 3, 1.5, b"moon", ["moon"], {}, 1j])
def test_what_is_no_word_and_no_text_is_refused(model, value):
    for ask in (
        model.similar_words,
        model.explain,
        lambda text: model.explain_similarity("moon", text),
        lambda word: model.attribute("moon", word=word),
        lambda text: model.attribute("moon", similar_to=text),
        lambda rule: model.attribute("moon", topic=1, rule=rule),
    ):
        with pytest.raises(InputError):
            ask(value)


@pytest.mark.parametrize("path", [None, 3, b"model", "a\0b", ["model"]])
def test_what_is_no_path_is_refused(model, path):
    for use in (load, lambda own: load(own, light=True), model.save, model.export):
        with pytest.raises(InputError, match="`path` must be a path"):
            use(path)


def test_more_words_than_there_are_fill_no_topic(model):
    assert len(model.topic_word_ids(10**30)) == 0
    # Every word that an end has, and of 24 words none is at both.
    assert model.topics(10**30) == model.topics(24)
    assert all(0 < len(t.positive) + len(t.negative) <= 24 for t in model.topics(24))
    assert all(not t.positive and not t.negative for t in model.topics(0))


def test_stop_words_that_can_be_read_only_once_are_refused():
    words = (word for word in ["moon"])
    with pytest.raises(InputError, match="`stop_words` must be"):
        small_kate(stop_words=words).fit(["moon rocket"] * 20)
    assert list(words) == ["moon"]


def test_activations_of_what_are_no_counts_are_refused(model):
    with pytest.raises(InputError, match="one column per word"):
        model.activations(np.ones((2, 3)))
    with pytest.raises(InputError, match="finite and not negative"):
        model.activations(-np.ones((2, 24)))
