import json
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.plots import documents_html

EVIL = "</script><script>alert('&')</script><!-- \u2028 $&"
POINTS = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 5.0]])


class Page(HTMLParser):
    """Counts elements and keeps what scripts hold."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.scripts, self.addresses = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [v for k, v in attributes if k in ("src", "href")]

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "script":
            self.scripts.append(data)


def read(page):
    return json.loads(Page(page).scripts[0])


def test_what_documents_hold_stays_text():
    page = documents_html(POINTS, [EVIL, "b", "c"], ["<i>", EVIL, "x"])
    assert Page(page).tags.count("script") == 2
    assert EVIL not in page
    assert "<i>" not in page
    data = read(page)
    assert data["texts"][0] == EVIL.replace(" \u2028 ", " ")
    assert data["labels"] == ["<i>", EVIL, "x"]


def test_the_page_asks_no_network():
    page = documents_html(POINTS, ["a", "b", "c"], ["x", "y", "x"])
    assert not Page(page).addresses
    assert "default-src 'none'" in page
    assert "http://" not in page and "https://" not in page


def test_places_keep_their_shape_and_the_second_axis_points_up():
    places = read(documents_html(POINTS, ["a", "b", "c"], ["x", "y", "x"]))["places"]
    assert places == [[0, 0.75], [1, 0.75], [0, 0.25]]


def test_a_long_text_is_cut_after_its_first_words():
    texts = ["a  b\nc", "x" * 160, "x" * 161]
    shown = read(documents_html(POINTS, texts, ["x"] * 3))["texts"]
    assert shown == ["a b c", "x" * 160, "x" * 160]


def test_one_document_is_in_the_middle():
    assert read(documents_html([[7, 7]], ["a"], ["x"]))["places"] == [[0.5, 0.5]]


def test_marks_are_those_of_the_labels():
    marks = read(documents_html(POINTS, ["a", "b", "c"], ["x", "y", "x"]))["marks"]
    assert [(m["name"], m["rows"]) for m in marks] == [("x", [0, 2]), ("y", [1])]
    assert marks[0]["color"] != marks[1]["color"]
    assert marks[0]["marker"] != marks[1]["marker"]


def test_texts_and_labels_are_one_per_document():
    with pytest.raises(InputError, match=r"`texts` must be one per document \(3\)"):
        documents_html(POINTS, ["a"], ["x"] * 3)
    with pytest.raises(InputError, match=r"`labels` must be one per document \(3\)"):
        documents_html(POINTS, ["a"] * 3, ["x"] * 4)
    with pytest.raises(InputError, match="`points` must be of shape"):
        documents_html(np.ones((0, 2)), [], [])


@pytest.fixture
def play(tmp_path):
    """Runs the page's script on events and returns what is seen after each."""
    if shutil.which("node") is None:
        pytest.skip("needs node, which is not installed")

    def run(*events):
        page = documents_html(POINTS, ["first", EVIL, "third"], ["x", "y", "x"])
        file = tmp_path / "page.html"
        file.write_text(page, encoding="utf-8")
        browser = Path(__file__).with_name("fake_browser.js")
        command = ["node", str(browser), str(file), json.dumps(events)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def middles(state):
    return [np.mean(corners, axis=0) for _, corners in state["drawn"]]


def at(x, y, **event):
    return {
        "offsetX": x,
        "offsetY": y,
        "clientX": x,
        "clientY": y,
        "buttons": 0,
    } | event


# The square of the places is 564 wide, in the middle of 800 by 600.
FIRST, SECOND = (118, 441), (682, 441)


def test_all_documents_are_drawn_at_their_places(play):
    (state,) = play()
    # Documents of one label follow one another.
    expected = [FIRST, (118, 159), SECOND]
    np.testing.assert_allclose(middles(state), expected, atol=0.01)
    assert state["labels"] == ["x", "y"]
    assert state["note"] is None


def test_pointing_shows_the_label_and_the_first_words_as_text(play):
    _, hit, missed = play(
        ["map", "onpointermove", at(SECOND[0] + 5, SECOND[1])],
        ["map", "onpointermove", at(400, 300)],
    )
    assert hit["note"] == "y: " + EVIL.replace(" \u2028 ", " ")
    # At the right half, the note stands to the left of the pointer.
    assert hit["place"]["left"] == "auto"
    assert missed["note"] is None


@pytest.mark.parametrize(
    "event", [{"deltaY": -100, "deltaMode": 0}, {"deltaY": -100 / 30, "deltaMode": 1}]
)
def test_the_wheel_zooms_around_the_pointer(event, play):
    before, after = play(["map", "onwheel", at(*FIRST, **event)])
    factor = np.exp(0.25)
    np.testing.assert_allclose(middles(after)[0], FIRST, atol=0.01)
    moved = middles(after)[2][0] - FIRST[0]
    assert moved == pytest.approx(564 * factor)
    # Points keep their size.
    sizes = [np.ptp(state["drawn"][0][1], axis=0)[0] for state in (before, after)]
    assert sizes[0] == pytest.approx(sizes[1])


def test_dragging_moves_and_a_double_click_shows_all_again(play):
    first, dragged, again = play(
        ["map", "onpointermove", at(0, 0, buttons=1, movementX=10, movementY=-20)],
        ["map", "ondblclick", {}],
    )
    np.testing.assert_allclose(
        np.subtract(middles(dragged), middles(first)), [[10, -20]] * 3
    )
    np.testing.assert_allclose(middles(again), middles(first))


def test_a_label_can_be_shown_alone(play):
    _, alone, _, everything = play(
        [1, "onclick", {}],
        ["map", "onpointermove", at(*FIRST)],
        [1, "onclick", {}],
    )
    np.testing.assert_allclose(middles(alone), [SECOND], atol=0.01)
    assert alone["pressed"] == ["false", "true"]
    assert len(everything["drawn"]) == 3
    assert everything["note"] is None
