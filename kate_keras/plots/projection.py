"""From vectors to places on a map."""

from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from kate_keras.errors import InputError, require

METHODS = ("pca", "tsne", "umap")


def project(
    vectors: np.ndarray, method: str = "pca", random_state: int = 0
) -> np.ndarray:
    """Lays vectors out on a plane.

    `"pca"` shows the two directions of most variance, and distances mean something
    everywhere; `"tsne"` and `"umap"` keep neighbours by cosine together, and distances
    between groups mean little.

    Args:
        vectors: Vectors, shape `(n_documents, d)`, at least 4 documents and `d` at
            least 2.
        method: `"pca"`, `"tsne"`, or `"umap"`, which needs
            `pip install 'kate_keras[umap]'`.
        random_state: Seed; the same seed gives the same map.

    Returns:
        Places, float64 of shape `(n_documents, 2)`.

    Raises:
        InputError: If the method is unknown or not installed, or vectors are too few,
            of another shape, or not finite.

    Example:
        >>> import numpy as np
        >>> from kate_keras.plots import project
        >>> project(np.diag([2.0, 0, 0, 0])[:, :3]).round(2)[:, 0]
        array([ 1.5, -0.5, -0.5, -0.5])

    Reference:
        Chen and Zaki 2017 show documents by PCA and t-SNE. UMAP: McInnes, Healy and
        Melville, arXiv:1802.03426.
    """
    require(method in METHODS, "method", f"one of {', '.join(METHODS)}", method)
    shape = np.shape(vectors)
    require(
        len(shape) == 2 and shape[0] >= 4 and shape[1] >= 2,
        "vectors",
        "of shape (n_documents, d) with at least 4 documents and d at least 2",
        shape,
    )
    require(bool(np.isfinite(vectors).all()), "vectors", "finite", "NaN or infinite")
    points = _mapper(method, shape[0], random_state).fit_transform(vectors)
    return np.asarray(points, np.float64)


def _mapper(method: str, n_documents: int, random_state: int) -> Any:
    if method == "pca":
        return PCA(2, random_state=random_state)
    if method == "tsne":
        return TSNE(
            metric="cosine",
            init="pca",
            # scikit-learn's usual 30 neighbours, where there are as many.
            perplexity=min(30.0, (n_documents - 1) / 3),
            random_state=random_state,
        )
    try:
        from umap import UMAP
    except ImportError:
        raise InputError(
            "`method='umap'` needs umap-learn, which is not installed: "
            "pip install 'kate_keras[umap]'. 'tsne' needs nothing more."
        ) from None
    return UMAP(
        metric="cosine",
        n_neighbors=min(15, n_documents - 1),
        random_state=random_state,
        # With a seed it uses one thread, and warns if it is not told so.
        n_jobs=1,
    )
