"""serving/COMPLAINTS.md names a test for each complaint: it has to be there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "serving" / "COMPLAINTS.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ")][1:]


@pytest.fixture(scope="module")
def tests():
    paths = (ROOT / "tests").rglob("test_*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return set(re.findall(r"^def (test_\w+)", text, re.M))


@pytest.mark.parametrize("row", ROWS)
def test_every_complaint_has_a_test(row, tests):
    name = re.fullmatch(r".*\| `(test_\w+)` \|", row)
    assert name, "the last column names a test"
    assert name[1] in tests


def test_the_page_has_all_of_them():
    assert len(ROWS) >= 16 + 1
