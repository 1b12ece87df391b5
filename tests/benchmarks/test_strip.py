import gzip
import json

import pytest
from conftest import SHARED

from benchmarks.quality.strip import strip

POST = """From: someone@example.org
Subject: Re: orbits

In article <1@example.org> another writes:
> Is it round?
It is an ellipse.

Both foci matter.

--
Someone, Example Ltd.
"""


def test_headers_footer_and_quotes_go():
    assert strip(POST) == "It is an ellipse.\n\nBoth foci matter.\n"


def test_a_post_of_headers_alone_leaves_nothing():
    assert strip("From: a\nSubject: b") == ""


def test_the_stripped_corpus_has_scikit_learns_size():
    """Sizes in published logs of scikit-learn's own download."""
    folder = SHARED / "20news"
    if not folder.is_dir():
        pytest.skip("needs shared/data/20news beside the project, which is not here")
    for part, megabytes in (("train", 13.782), ("test", 8.262)):
        with gzip.open(folder / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
            size = sum(len(strip(json.loads(x)["text"]).encode()) for x in lines)
        assert round(size / 1e6, 3) == megabytes
