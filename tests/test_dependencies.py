"""Licences of what is installed, and the table of what we asked for."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
ROWS = {
    cells[0]: cells[1:]
    for line in TABLE.splitlines()
    if line.startswith("| ")
    for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
    if cells[0] != "package"
}
spec = importlib.util.spec_from_file_location("licenses", ROOT / ".ci" / "licenses.py")
licenses = importlib.util.module_from_spec(spec)
spec.loader.exec_module(licenses)


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("MPL-2.0 AND (LGPL-2.1-only OR GPL-2.0-only)", False),
        ("GPL-2.0-only OR MIT AND Apache-2.0", True),
        ("(GPL-2.0-only OR MIT) AND LGPL-3.0-only", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("MIT)", False),
        ("(MIT", False),
        ("MIT MIT", False),
        ("Apache Software License", False),
    ],
)
def test_a_licence_is_allowed_if_it_leaves_a_choice_that_is(expression, allowed):
    assert licenses.is_allowed(expression) is allowed


@pytest.mark.parametrize(
    ("metadata", "classifiers", "expected"),
    [
        ({"License-Expression": "MIT", "License": "GPL"}, [], "MIT"),
        ({}, ["License :: OSI Approved :: MIT License"], "MIT"),
        (
            {},
            [
                "License :: OSI Approved :: MIT License",
                "License :: OSI Approved :: Apache Software License",
            ],
            "Apache-2.0 AND MIT",
        ),
        (
            {},
            [
                "License :: OSI Approved :: MIT License",
                "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
            ],
            "",
        ),
        ({"License": "Apache License 2.0"}, [], "Apache-2.0"),
        ({"License": "BSD-3-Clause"}, [], "BSD-3-Clause"),
        ({"License": "Copyright by somebody. All rights reserved."}, [], ""),
        ({}, [], ""),
    ],
)
def test_a_licence_is_found_where_packages_tell_it(metadata, classifiers, expected):
    assert licenses.licence("some", metadata, classifiers) == expected


def test_every_installed_package_is_allowed(capsys):
    assert licenses.main() == 0, capsys.readouterr().err


def test_a_package_that_is_not_allowed_fails(monkeypatch, capsys):
    monkeypatch.setattr(
        licenses, "installed", lambda: {"good": "MIT", "bad": "GPL-3.0-only"}
    )
    assert licenses.main() == 1
    said = capsys.readouterr()
    assert "bad is under GPL-3.0-only, which is not allowed" in said.err
    assert "good" not in said.err


def test_the_table_names_what_pyproject_does_and_where():
    declared = {name: ", ".join(g) for name, g in licenses.declared().items()}
    assert {name: cells[1] for name, cells in ROWS.items()} == declared


@pytest.mark.parametrize("name", ROWS)
def test_the_table_tells_the_licence_and_a_reason(name):
    licence, _, why = ROWS[name]
    installed = {licenses.normal(own): of for own, of in licenses.installed().items()}
    assert installed.get(name, licence) == licence
    assert licenses.is_allowed(licence) or name == "gensim"
    assert re.search(r"\w", why)
