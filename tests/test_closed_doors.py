"""What the sources never do, whatever they are given."""

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PYTHON = [p for part in ("kate_keras", "serving") for p in (ROOT / part).rglob("*.py")]
PAGES = [
    *(ROOT / "serving" / "explorer").iterdir(),
    *(ROOT / "kate_keras").rglob("*.html"),
]
# Each would make code, or objects of any class, of data.
MODULES = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "yaml"}
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "unsafe_load"}
OPEN = ("allow_pickle=True", "safe_mode=False", "shell=True", "verify=False")
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|"
    r"javascript:|\bon(?:click|error|load)="
)
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_source_makes_code_of_data(path):
    source = path.read_text(encoding="utf-8")
    for text in OPEN:
        assert text not in source, text
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & MODULES
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in MODULES
        elif isinstance(node, ast.Call):
            called = node.func
            owner = getattr(called, "value", None)
            # `re.compile` makes a pattern, and Keras's `compile` a loss.
            if isinstance(called, ast.Attribute) and called.attr == "compile":
                continue
            name = getattr(called, "id", getattr(called, "attr", ""))
            assert name not in CALLS, f"{name} of {owner}, line {node.lineno}"


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_no_page_makes_markup_of_text(path):
    found = MARKUP.search(path.read_text(encoding="utf-8"))
    assert found is None, found


def test_the_explorer_takes_scripts_from_the_service_alone():
    page = (ROOT / "serving" / "explorer" / "index.html").read_text(encoding="utf-8")
    for tag in re.findall(r"<script[^>]*>", page):
        assert re.search(r'src="(?!https?:|//)[^"]+"', tag), tag
    assert "<style" not in page


def test_the_workflow_pins_every_action_by_commit_and_may_only_read():
    text = WORKFLOW.read_text(encoding="utf-8")
    uses = re.findall(r"uses: (.+)", text)
    assert len(uses) >= 4
    for action in uses:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        checkout = job["steps"][0]
        assert checkout["with"] == {"persist-credentials": False}
    # `on` is a truth value in YAML.
    assert "pull_request_target" not in workflow[True]
    assert "secrets." not in text


def test_the_workflow_tests_the_versions_that_are_promised():
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    promised = re.findall(r"Python :: (3\.\d+)", project)
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == promised
    steps = workflow["jobs"]["test"]["steps"] + workflow["jobs"]["audit"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert commands == [".ci/run", ".ci/audit"]
    for command in commands:
        assert (ROOT / command).stat().st_mode & 0o111
