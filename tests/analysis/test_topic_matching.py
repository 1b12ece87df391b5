"""Counterparts of topics, by hand."""

import numpy as np
import pytest

from kate_keras.analysis import Topic, match_topics


def topic(index, positive, negative=""):
    ends = (
        tuple((word, float(sign * (9 - i))) for i, word in enumerate(words.split()))
        for words, sign in ((positive, 1), (negative, -1))
    )
    return Topic(index, *ends)


def test_topics_are_matched_one_to_one_whatever_their_order():
    before = [topic(0, "a b", "c d"), topic(1, "e f", "g h"), topic(2, "i j", "k l")]
    after = [topic(0, "e f", "g x"), topic(1, "i j", "k l"), topic(2, "c d", "a b")]
    found = match_topics(before, after)
    # The most changed first.
    assert [(m.index, m.other, m.overlap, m.flipped) for m in found] == [
        (1, 0, 0.75, False), (0, 2, 1.0, True), (2, 1, 1.0, False)
    ]  # fmt: skip
    assert (found[0].gained, found[0].lost) == (("x",), ("h",))
    assert found[1].gained == found[1].lost == ()


def test_a_word_that_changes_its_end_is_gained_and_lost():
    (found,) = match_topics([topic(0, "a b", "c")], [topic(0, "a", "c b")])
    assert found.overlap == pytest.approx(2 / 3)
    assert found.gained == found.lost == ("b",)


def test_the_sum_is_the_most_not_each_the_most():
    # Topic 0 likes both, topic 1 only the first: 0 has to take the second.
    before = [topic(0, "a b c d"), topic(1, "a b x y")]
    after = [topic(0, "a b c x"), topic(1, "a c d z")]
    found = {m.index: m.other for m in match_topics(before, after)}
    assert found == {0: 1, 1: 0}


def test_the_smaller_model_decides_how_many_matches_there_are():
    three = [topic(i, word) for i, word in enumerate("abc")]
    assert len(match_topics(three, three[:1])) == 1
    assert match_topics(three[:1], three)[0].other == 0
    assert match_topics(three, []) == match_topics([], three) == []


def test_topics_without_words_have_nothing_in_common():
    (found,) = match_topics([topic(0, "")], [topic(4, "a")])
    assert (found.other, found.overlap, found.gained) == (4, 0.0, ("a",))


def test_a_match_is_printed_with_its_words():
    (found,) = match_topics([topic(3, "a b")], [topic(5, "", "a c")])
    assert str(found).split("\n") == [
        "   3 -> 5     50% flipped", "      gained: c", "      lost:   b"
    ]  # fmt: skip


def test_a_model_matches_itself(model):
    found = match_topics(model.topics(5), model.topics(5))
    assert [m.overlap for m in found] == [1.0] * 6
    assert [m.other for m in found] == [m.index for m in found]
    rng = np.random.default_rng(0)
    order = rng.permutation(6)
    shuffled = [model.topics(5)[i] for i in order]
    # Two units may have the same words, and are then each other's match as well.
    assert [m.overlap for m in match_topics(model.topics(5), shuffled)] == [1.0] * 6
