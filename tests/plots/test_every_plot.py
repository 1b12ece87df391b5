"""What every plot function keeps to."""

import inspect
import io

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from kate_keras import plots
from kate_keras.analysis import Explanation, Topic, TopicShare
from kate_keras.text import Vocabulary

# Two dollars would make mathematics of what stands between them, here bad ones.
NAMES = ["$a_{b$", "_hidden", "<b>"]
TOPIC = Topic(7, ((NAMES[0], 0.5), (NAMES[1], 0.25)), ((NAMES[2], -0.4),))
SHARE = TopicShare(7, 0.46, 0.5, 0.0, (("moon", 0.7), ("cheese", -0.2)))
VECTORS = np.random.default_rng(0).normal(size=(9, 3))
CURVES = dict(zip(NAMES, ({0.1: 0.5, 1.0: 0.2},) * 3, strict=True))

ARGUMENTS = {
    "plot_topic": (TOPIC,),
    "plot_topic_words": ([TOPIC],),
    "plot_topic_similarity": (VECTORS, NAMES),
    "plot_documents": (VECTORS[:, :2], NAMES * 3),
    "plot_neighbours": ({name: [(NAMES[0], 0.5)] for name in NAMES},),
    "plot_word_cloud": (TOPIC,),
    "plot_training": ({"loss": [3.0, 2.0], "learning_rate": [0.1, 0.05]},),
    "plot_activations": (dict.fromkeys(NAMES, VECTORS),),
    "plot_retrieval": (CURVES,),
    "plot_effect": ("k", {name: {2: [0.5, 0.6], 4: [0.7]} for name in NAMES}),
    "plot_confusion": (NAMES, NAMES[::-1]),
    "plot_highlights": (
        Explanation((SHARE,), ()),
        "$The_{moon$ is no <cheese>.",
        Vocabulary.from_words(["moon", "cheese"]),
    ),
}


@pytest.fixture(params=ARGUMENTS)
def name(request):
    return request.param


def draw(name, **options):
    return getattr(plots, name)(*ARGUMENTS[name], **options)


def png(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()


def test_every_function_is_here():
    assert set(ARGUMENTS) == {n for n in plots.__all__ if n.startswith("plot_")}


def test_it_ends_with_the_axes(name):
    parameters = list(inspect.signature(getattr(plots, name)).parameters.values())
    assert parameters[-1].name == "ax"
    assert parameters[-1].kind == inspect.Parameter.KEYWORD_ONLY
    assert parameters[-1].default is None


def test_it_draws_on_the_axes_that_it_is_given(name, ax):
    assert draw(name, ax=ax) is ax
    assert ax.get_title()
    assert png(ax.figure)
    assert not pyplot.get_fignums()


def test_without_axes_it_draws_on_a_new_figure(name):
    first, second = draw(name), draw(name)
    assert first.figure is not second.figure
    assert len(pyplot.get_fignums()) == 2
    assert png(first.figure) == png(second.figure)


def test_it_draws_on_a_part_of_a_figure(name):
    figure = Figure(figsize=(9, 4), layout="constrained")
    ax = figure.subfigures(1, 2)[1].subplots()
    assert draw(name, ax=ax) is ax
    assert png(figure)


def test_it_shows_nothing_and_changes_no_setting(name, monkeypatch):
    monkeypatch.setattr(pyplot, "show", lambda: pytest.fail("shown"))
    before = dict(matplotlib.rcParams)
    draw(name)
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(
    "name",
    [
        "plot_topic",
        "plot_topic_words",
        "plot_topic_similarity",
        "plot_documents",
        "plot_neighbours",
        "plot_activations",
        "plot_retrieval",
        "plot_effect",
        "plot_confusion",
    ],
)
def test_names_are_written_as_they_are(name, ax):
    draw(name, ax=ax)
    texts = ax.figure.findobj(lambda artist: hasattr(artist, "get_parse_math"))
    written = [text for text in texts if text.get_text() in NAMES]
    assert {text.get_text() for text in written} == set(NAMES)
    assert not any(text.get_parse_math() for text in written)
