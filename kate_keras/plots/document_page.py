"""A document map as a page of its own that answers the mouse."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kate_keras.plots.label_marks import label_marks
from kate_keras.plots.points import as_points, require_one_each

PAGE = Path(__file__).with_name("document_page.html")
DATA = "{{ data }}"
# Characters of a text that are shown.
FIRST = 160


def documents_html(
    points: np.ndarray, texts: Sequence[str], labels: Sequence[str]
) -> str:
    """Writes a document map as one HTML page that needs no network.

    Pointing at a document shows its label and first words, the wheel zooms, dragging
    moves, a double click shows all again; a click on a label leaves it alone.

    Args:
        points: Places, shape `(n_documents, 2)`, such as of `project`.
        texts: The documents; whatever they hold is shown as text.
        labels: Label of each document, drawn as by `plot_documents`.

    Returns:
        The page, to be written to a file as UTF-8 and opened in a browser.

    Raises:
        InputError: If points have another shape, or texts or labels are not one per
            document.

    Example:
        >>> import numpy as np
        >>> from kate_keras.plots import documents_html
        >>> page = documents_html(np.eye(2), ["purr", "<b>woof</b>"], ["cat", "dog"])
        >>> "<b>" in page, "woof" in page
        (False, True)
    """
    points = as_points(points)
    require_one_each(points, "texts", texts)
    require_one_each(points, "labels", labels)
    places = _unit_places(points)
    data = {
        "places": places.round(5).tolist(),
        "texts": [" ".join(text.split())[:FIRST] for text in texts],
        "labels": list(labels),
        "marks": [
            {**mark._asdict(), "rows": mark.rows.tolist()}
            for mark in label_marks(labels)
        ],
    }
    page = PAGE.read_text(encoding="utf-8")
    return page.replace(DATA, _as_script(data))


def _unit_places(points: np.ndarray) -> np.ndarray:
    """Moves places into the square from 0 to 1, y downwards as on a screen."""
    low, high = points.min(axis=0), points.max(axis=0)
    size = float((high - low).max()) or 1.0
    places: np.ndarray = (points - (low + high) / 2) / size * (1, -1) + 0.5
    return places


def _as_script(data: object) -> str:
    """JSON that can stand in a `<script>`: nothing in it can end or open an element."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written
