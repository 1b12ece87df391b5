"""Colours, marks and lines that stay apart for the colour-blind and in a grey print."""

from typing import Any

# Of Okabe and Ito 2008, without the yellow, which is lost on white paper; neighbours
# differ in lightness as far as seven colours can.
COLORS = (
    "#0072B2",
    "#E69F00",
    "#000000",
    "#56B4E9",
    "#D55E00",
    "#CC79A7",
    "#009E73",
)
# One more than the colours, so that both together repeat only after 56 things.
MARKERS = "os^DvPX*"
LINES = ("-", "--", ":", "-.")
# Dark and light, so that the signs differ in grey too.
RAISES, LOWERS = "#0072B2", "#E69F00"
ABSENT = "#999999"
# How opaque the tint of a word may be, so that black letters on it can be read.
DARKEST_TINT = 0.7


def line_style(index: int) -> dict[str, Any]:
    """Returns colour, dashes and marker of the line of this number."""
    return {
        "color": COLORS[index % len(COLORS)],
        "linestyle": LINES[index % len(LINES)],
        "marker": MARKERS[index % len(MARKERS)],
        "markersize": 4,
    }
