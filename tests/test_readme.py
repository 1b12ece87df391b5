"""The README's Python runs, and what it names exists."""

import re
from pathlib import Path

import pytest

from kate_keras.cli.main import build_parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("index", range(len(PYTHON)))
def test_a_python_example_runs(index, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(compile(PYTHON[index], f"README.md example {index}", "exec"), names)
    assert "model" in names


def test_there_are_examples():
    assert len(PYTHON) == 5


def test_every_kate_command_line_parses():
    lines = re.findall(r"^kate (?!serve)(.+?)(?:\s+#.*)?$", README, re.MULTILINE)
    assert len(lines) >= 8
    for line in lines:
        arguments = [a.strip('"') for a in re.findall(r'"[^"]*"|\S+', line)]
        assert build_parser(arguments[0]).parse_args(arguments).run


PAGES = ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    path = ROOT / page
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text("utf-8"))
    assert [t for t in targets if not (path.parent / t).exists()] == []


def test_ci_calls_the_test_command():
    command = "sh bootstrap.sh test"
    assert f"```sh\n{command}\n```" in README
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()
