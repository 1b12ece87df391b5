"""SECURITY.md names tests for each threat: they have to be there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ")][1:]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
# Who can send something: each has to have its threats.
INTERFACES = (
    "model folder", "Keras file", "arrays", "export", "corpus files", "index folder",
    "counts folder", "cluster", "HTTP documents", "HTTP keys", "explorer", "notebooks",
    "settings", "logs", "dependencies", "CI",
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:40])
def test_every_threat_has_a_test_that_is_there(row):
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert len(cells) == 4
    assert all(cells)
    found = NAMED.findall(cells[3])
    assert found
    assert NAMED.sub("", cells[3]).strip(" ,") == ""
    for path, name in found:
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", source, re.MULTILINE), f"{path}::{name}"


@pytest.mark.parametrize("interface", INTERFACES)
def test_every_interface_has_threats(interface):
    assert any(row.startswith(f"| {interface}") for row in ROWS)


def test_links_lead_to_files():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", PAGE)
    assert len(links) == 3
    for target in links:
        assert (ROOT / target).is_file(), target
