from html.parser import HTMLParser
from itertools import combinations

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from kate_keras import InputError
from kate_keras.analysis import Explanation, TopicShare
from kate_keras.plots import highlights_html, plot_highlights
from kate_keras.plots.colors import LOWERS, RAISES
from kate_keras.text import Vocabulary

VOCABULARY = Vocabulary.from_words(["moon", "cheese"])
SHARE = TopicShare(7, 0.46, 0.5, -0.1, (("moon", 0.8), ("cheese", -0.2)))
OTHER = TopicShare(2, 0.10, 0.1, 0.0, (("moon", 0.1), ("cheese", 0.0)))
EXPLANATION = Explanation((SHARE, OTHER), ("the",))
TEXT = "The moon is no cheese: moon!"


def tints(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def letters(ax):
    return [patch for patch in ax.patches if not isinstance(patch, Rectangle)]


def test_words_are_tinted_by_sign_and_size(ax):
    plot_highlights(EXPLANATION, TEXT, VOCABULARY, ax=ax)
    moon, cheese, again = tints(ax)
    assert to_hex(moon.get_facecolor()).upper() == RAISES
    assert to_hex(cheese.get_facecolor()).upper() == LOWERS
    assert moon.get_alpha() == again.get_alpha() == pytest.approx(0.7)
    assert cheese.get_alpha() == pytest.approx(0.7 / 4)
    # What lowers is underlined too, for a grey print.
    assert len(ax.collections) == 1
    assert "topic 7: activation +0.46, bias -0.10" in ax.get_title()


def test_a_share_of_nothing_is_no_tint(ax):
    plot_highlights(EXPLANATION, TEXT, VOCABULARY, topic=2, ax=ax)
    assert len(tints(ax)) == 2
    assert "topic 2" in ax.get_title()


def test_lines_are_broken_and_nothing_overlaps(ax):
    address = "x" * 300
    text = f"{TEXT} " * 20 + address
    plot_highlights(EXPLANATION, text, VOCABULARY, n_characters=2000, ax=ax)
    boxes = [patch.get_path().get_extents() for patch in letters(ax)]
    right = ax.get_xlim()[1]
    assert max(box.x1 for box in boxes) < right
    assert min(box.y0 for box in boxes) > ax.get_ylim()[0]
    for a, b in combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        # Neighbouring letters may touch by a hair.
        assert wide < 0.1 or high < 0.1


def test_a_long_text_is_cut_with_an_ellipsis(ax):
    n_parts = []
    for n_characters in (len(TEXT) - 1, len(TEXT)):
        ax.clear()
        plot_highlights(EXPLANATION, TEXT, VOCABULARY, n_characters=n_characters, ax=ax)
        n_parts.append(len(letters(ax)))
    # Whole, it has eight parts; cut, the last makes room for the ellipsis.
    assert n_parts == [8, 8]
    ax.clear()
    plot_highlights(EXPLANATION, TEXT + "!!", VOCABULARY, n_characters=29, ax=ax)
    assert len(letters(ax)) == 9
    ax.clear()
    plot_highlights(EXPLANATION, TEXT, VOCABULARY, n_characters=3, ax=ax)
    assert len(letters(ax)) == 2
    with pytest.raises(InputError, match="`n_characters` must be at least 1"):
        plot_highlights(EXPLANATION, TEXT, VOCABULARY, n_characters=0, ax=ax)


def test_an_empty_text_gives_empty_axes(ax):
    explanation = Explanation((TopicShare(0, 0.1, 0.1, 0.1, ()),), ())
    plot_highlights(explanation, "", VOCABULARY, ax=ax)
    assert not ax.patches


def test_a_models_explanation_is_drawn(ax, model):
    text = "Rockets orbit the moon; butter and the moon."
    plot_highlights(model.explain(text), text, model.vocabulary_, ax=ax)
    known = [word for word, _ in model.explain(text).topics[0].words]
    assert set(known) >= {"moon", "orbit", "butter"}
    assert len(tints(ax)) == len(known) + 1


class Marks(HTMLParser):
    """The text of a page and what its marks hold."""

    def __init__(self, page):
        super().__init__()
        self.text, self.marks, self.tags = "", [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "mark":
            self.marks.append(dict(attributes))

    def handle_data(self, data):
        self.text += data


def test_the_page_holds_the_text_with_its_words_marked():
    page = Marks(highlights_html(EXPLANATION, TEXT, VOCABULARY))
    assert page.text.endswith(TEXT)
    assert [mark["title"] for mark in page.marks] == ["+0.80", "-0.20", "+0.80"]
    styles = [mark["style"] for mark in page.marks]
    assert styles[0].startswith(f"background:{RAISES}b2;")
    assert styles[1].startswith(f"background:{LOWERS}2d;")
    assert "underline" in styles[1] and "underline" not in styles[0]


def test_what_a_text_holds_stays_text():
    text = "<script>moon</script> & \"cheese\" <b onclick='moon'>"
    page = highlights_html(EXPLANATION, text, VOCABULARY)
    read = Marks(page)
    assert read.text.endswith(text)
    assert set(read.tags) == {"figure", "figcaption", "b", "span", "pre", "mark"}
    assert read.tags.count("b") == 1
    assert "<script" not in page


def test_the_page_refuses_what_the_picture_refuses():
    with pytest.raises(InputError, match="must be the text that was explained"):
        highlights_html(EXPLANATION, "no such words", VOCABULARY)
    with pytest.raises(InputError, match="must be one that was explained"):
        highlights_html(EXPLANATION, TEXT, VOCABULARY, topic=5)
