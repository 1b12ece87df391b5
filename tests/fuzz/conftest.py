"""An index to search in and to delete from."""

import pytest
from themed_index import themed_corpus, write


@pytest.fixture(scope="session")
def index_folder(model_folder, tmp_path_factory):
    """An index of a few documents; tests must not change it."""
    pytest.importorskip("lancedb")
    folder = tmp_path_factory.mktemp("indices") / "themes"
    write(folder, model_folder, themed_corpus(3))
    return folder
