"""An index of the themed documents, which tests must not change."""

import pytest
from themed_index import themed_corpus, write

from kate_keras.index import DocumentIndex
from kate_keras.text import Document


@pytest.fixture(scope="session")
def corpus():
    return [*themed_corpus(), Document("Zzzz qqqq.", "nothing known")]


@pytest.fixture(scope="session")
def index_folder(corpus, model_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("indices") / "themes"
    write(folder, model_folder, corpus)
    return folder


@pytest.fixture
def index(index_folder):
    return DocumentIndex(index_folder)
