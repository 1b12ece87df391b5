"""What the package may import, and what the image sets."""

import ast
import re
from pathlib import Path

import serving
from serving.settings import Settings, variable_of

ROOT = Path(__file__).parents[2]
FORBIDDEN = {"kate_keras", "keras"}


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno


def test_the_exported_folder_is_the_only_bridge_to_the_training_side():
    sources = sorted(Path(serving.__file__).parent.glob("**/*.py"))
    assert len(sources) > 5
    wrong = [
        f"{path.name}:{line} imports {name}: read it from the model folder instead"
        for path in sources
        for name, line in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.partition(".")[0] in FORBIDDEN
    ]
    assert wrong == []


def test_the_image_sets_only_known_variables():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    names = re.findall(r"^\s+(KATE_\w+)=", dockerfile, re.MULTILINE)
    assert set(names) == {"KATE_MODEL", "KATE_HOST"}
    assert set(names) <= {variable_of(name) for name in Settings.model_fields}


def test_the_build_context_holds_what_the_image_copies():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE):
        for source in line.split()[:-1]:
            assert f"!{source}" in kept or f"!{source}/" in kept
