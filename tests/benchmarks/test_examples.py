import doctest

import pytest

from benchmarks.quality import cells, records


@pytest.mark.parametrize("module", [cells, records])
def test_examples_of_docstrings_hold(module):
    failed, tried = doctest.testmod(module)
    assert tried and not failed
