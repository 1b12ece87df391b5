import sys
from types import ModuleType

import numpy as np
import pytest

from kate_keras import InputError
from kate_keras.plots import project


def groups(n=30, d=5):
    """Three groups of directions, of any length."""
    generator = np.random.default_rng(0)
    centres = 5 * np.eye(3, d)
    labels = np.arange(n) % 3
    vectors = centres[labels] + 0.2 * generator.normal(size=(n, d))
    return vectors * generator.uniform(0.5, 2, size=(n, 1)), labels


def test_pca_is_that_of_the_singular_values():
    vectors, _ = groups()
    centred = vectors - vectors.mean(axis=0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    points = project(vectors)
    assert points.shape == (30, 2)
    assert points.dtype == np.float64
    np.testing.assert_allclose(np.abs(points), np.abs(u[:, :2] * s[:2]), atol=1e-9)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_the_same_seed_gives_the_same_map(method):
    vectors, _ = groups()
    first, second = (project(vectors, method, random_state=3) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_tsne_keeps_what_points_the_same_way_together():
    vectors, labels = groups()
    points = project(vectors, "tsne")
    gaps = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(gaps, np.inf)
    assert (labels[gaps.argmin(axis=1)] == labels).mean() > 0.9


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_four_documents_are_enough_and_three_are_not(method):
    vectors = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    assert project(vectors, method).shape == (4, 2)
    with pytest.raises(InputError, match="at least 4 documents"):
        project(vectors[:3], method)


@pytest.mark.parametrize("vectors", [np.ones((9, 1)), np.ones(9), np.ones((0, 5))])
def test_vectors_have_documents_and_two_numbers(vectors):
    with pytest.raises(InputError, match="`vectors` must be of shape"):
        project(vectors)


def test_vectors_are_finite():
    vectors = np.eye(5)
    vectors[0, 0] = np.nan
    with pytest.raises(InputError, match="`vectors` must be finite"):
        project(vectors)


def test_methods_are_listed():
    with pytest.raises(InputError, match="one of pca, tsne, umap. Received: .*'mds'"):
        project(np.eye(5), "mds")


def test_umap_is_an_extra_and_the_message_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(InputError, match=r"pip install 'kate_keras\[umap\]'"):
        project(np.eye(5), "umap")


@pytest.mark.parametrize(("n_documents", "n_neighbors"), [(5, 4), (16, 15), (40, 15)])
def test_umap_is_asked_by_cosine_with_the_seed(n_documents, n_neighbors, monkeypatch):
    asked = {}

    class UMAP:
        def __init__(self, **options):
            asked.update(options)

        def fit_transform(self, vectors):
            return vectors[:, :2].astype(np.float32)

    module = ModuleType("umap")
    module.UMAP = UMAP
    monkeypatch.setitem(sys.modules, "umap", module)
    vectors = np.random.default_rng(0).normal(size=(n_documents, 3))
    points = project(vectors, "umap", random_state=7)
    assert points.dtype == np.float64
    assert asked == {
        "metric": "cosine",
        "n_neighbors": n_neighbors,
        "random_state": 7,
        "n_jobs": 1,
    }
