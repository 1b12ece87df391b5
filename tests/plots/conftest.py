"""Axes without pyplot, and a check that what pyplot made is not left open."""

import matplotlib
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from kate_keras.analysis import Topic

# No window may open where a test draws on a new figure.
matplotlib.use("agg")


@pytest.fixture
def ax():
    """Axes of a figure that pyplot does not know."""
    return Figure(figsize=(6, 5), layout="constrained").subplots()


@pytest.fixture
def topic():
    """A topic of both signs."""
    return Topic(7, (("moon", 0.5), ("orbit", 0.25)), (("cheese", -0.4),))


@pytest.fixture(autouse=True)
def closed():
    """Closes the figures of a test."""
    yield
    pyplot.close("all")
