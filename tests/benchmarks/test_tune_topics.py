from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse

from benchmarks.quality.tune_topics import (
    CASES,
    WAYS,
    Trained,
    ends_by,
    ranked,
    render,
    telling,
)
from kate_keras.analysis import topic_ends


def test_words_are_ranked_end_by_end():
    upper = np.array([[3.0, 1.0], [2.0, 5.0], [9.0, 0.0]])
    lower = np.array([[0.0, 4.0], [1.0, 3.0], [0.5, 2.0]])
    expected = [[2, 0, 1], [1, 2, 0], [1, 0, 2], [0, 1, 2]]
    assert ranked(upper, lower).tolist() == expected


def test_ends_are_those_of_the_package_at_the_power_of_one_half():
    activations = np.random.default_rng(0).normal(size=(3000, 4))
    found = ends_by(activations, 0.5)
    np.testing.assert_allclose(found, topic_ends(activations), rtol=1e-5)
    assert not np.allclose(ends_by(activations, 0.0), found)


def test_every_way_reads_ten_words_an_end():
    generator = np.random.default_rng(0)
    activations = generator.normal(size=(2000, 6))
    trained = Trained(
        generator.normal(size=(300, 6)),
        generator.uniform(0.1, 0.5, 300),
        activations,
        activations[::2],
        activations,
    )
    shapes = {way: read(trained).shape for way, read in WAYS.items()}
    assert set(shapes.values()) == {(12, 10)}


def test_what_words_tell_by_hand():
    # Words in 1, 2 and 2 of 4 training documents: sd .433, .5, .5.
    train = sparse.csr_array([[1, 1, 0], [0, 1, 0], [0, 0, 2], [0, 0, 1]])
    test = sparse.csr_array([[1, 0, 1], [0, 3, 0], [0, 0, 0]])
    corpus = SimpleNamespace(
        train=SimpleNamespace(counts=train),
        test=SimpleNamespace(counts=test, lengths=np.array([2, 3, 0])),
    )
    # The ends of the only unit: the first lies at the upper, the second at the lower.
    topics = np.array([[0, 2], [1, 0]])
    found = telling(corpus, np.array([[0.5], [-0.1], [9.0]]), topics)
    scores = [0.75 / np.sqrt(3 / 16), 1.0, 1.0, -0.25 / np.sqrt(3 / 16)]
    assert found == pytest.approx(np.mean(scores))
    with pytest.raises(ValueError, match="both ends of every unit.*1 for 1 units"):
        telling(corpus, np.array([[0.5], [-0.1], [9.0]]), topics[:1])


def test_the_table_has_the_ways_that_were_tried():
    case = list(CASES[0])
    figures = {"npmi": 0.2, "npmi_held_out": 0.1, "diversity": 0.4, "telling": 0.7}
    records = [{"case": case, "seed": 0, "way": way, **figures} for way in WAYS]
    rows = render(records).splitlines()
    assert "## 20news, V = 2,000, d = 128" in rows
    assert "| default | **0.200** | **0.100** | **0.400** | **0.700** | 1 |" in rows
    assert len([row for row in rows if row.startswith("## ")]) == 1
