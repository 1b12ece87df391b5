import pytest
from hypothesis import given, settings, strategies as st

from kate_keras import InputError
from kate_keras.analysis import Explanation, TopicShare
from kate_keras.plots.tinted_text import chosen_topic, tinted_pieces
from kate_keras.text import Vocabulary
from kate_keras.text.characters import characters
from kate_keras.text.plain_tokenizer import plain_words

VOCABULARY = Vocabulary(
    ("moon", "orbit", "café"), {"moon": 0, "orbit": 1, "orbits": 1, "café": 2}
)
TOPIC = TopicShare(7, 0.1, 0.1, 0.0, (("moon", 0.4), ("orbit", -0.2)))


def tinted(pieces):
    return [(piece.text, piece.share) for piece in pieces if piece.share is not None]


def test_every_form_of_a_word_has_its_share():
    text = "The Moon orbits (moon?) in ORBIT."
    pieces = tinted_pieces(text, TOPIC, VOCABULARY)
    assert "".join(piece.text for piece in pieces) == text
    assert tinted(pieces) == [
        ("Moon", 0.4),
        ("orbits", -0.2),
        ("moon", 0.4),
        ("ORBIT", -0.2),
    ]


def test_the_strength_is_relative_to_the_largest_share():
    pieces = tinted_pieces("moon orbit", TOPIC, VOCABULARY)
    assert [p.strength for p in pieces if p.share] == [1, 0.5]
    colors = [p.color for p in pieces if p.share]
    assert colors[0] != colors[1]


def test_invisible_characters_and_marks_are_part_of_a_word():
    topic = TopicShare(0, 0.1, 0.1, 0.0, (("moon", 0.4), ("café", 0.1)))
    pieces = tinted_pieces("mo\u00adon, cafe\u0301", topic, VOCABULARY)
    assert tinted(pieces) == [("mo\u00adon", 0.4), ("cafe\u0301", 0.1)]


def test_a_known_word_that_adds_nothing_has_no_share():
    pieces = tinted_pieces("café moon orbit", TOPIC, VOCABULARY)
    assert tinted(pieces) == [("moon", 0.4), ("orbit", -0.2)]


def test_an_empty_text_has_no_pieces():
    topic = TopicShare(0, 0.1, 0.1, 0.1, ())
    assert tinted_pieces("", topic, VOCABULARY) == []


def test_another_text_is_refused():
    with pytest.raises(
        InputError, match="must be the text that was explained.*'orbit'"
    ):
        tinted_pieces("The moon.", TOPIC, VOCABULARY)


def test_a_text_is_a_string():
    with pytest.raises(InputError, match="Document 0 must be a string"):
        tinted_pieces(None, TOPIC, VOCABULARY)


def test_the_topic_is_the_most_active_or_one_that_was_explained():
    other = TopicShare(3, 0.05, 0.05, 0.0, ())
    explanation = Explanation((TOPIC, other), ())
    assert chosen_topic(explanation, None) is TOPIC
    assert chosen_topic(explanation, 3) is other
    with pytest.raises(InputError, match=r"\(7, 3\).*Received: topic=4"):
        chosen_topic(explanation, 4)
    with pytest.raises(InputError, match=r"\(none was\)"):
        chosen_topic(Explanation((), ()), None)


@settings(deadline=None)
@given(st.text())
def test_words_are_those_of_the_tokeniser(text):
    try:
        words = plain_words(text)
        text.encode()
    except (InputError, UnicodeEncodeError):
        return
    table = characters()
    forms = list(dict.fromkeys(words))
    shares = tuple((form, 1.0) for form in forms)
    # Forms that differ only in how Unicode writes them are one word.
    try:
        vocabulary = Vocabulary.from_words(forms)
    except InputError:
        return
    topic = TopicShare(0, 0.0, 0.0, 0.0, shares)
    pieces = tinted_pieces(text, topic, vocabulary)
    assert "".join(piece.text for piece in pieces) == text
    found = [p.text.translate(table) for p in pieces if p.share is not None]
    assert [form.lower() for form in found] == [word.lower() for word in words]
