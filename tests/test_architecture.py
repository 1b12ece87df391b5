"""Data flows one way: the map of the README, as a test."""

import ast
from pathlib import Path

import kate_keras
import serving

ROOT = Path(kate_keras.__file__).parent
# A module may import what stands to the left of it, and its own folder.
ORDER = [
    "errors",
    "extras",
    "durable",
    "strict_json",
    "argument_checks",
    "start_up",
    "option_checks",
    "text",
    "layers",
    "models",
    "training",
    "training_corpus",
    "artifact",
]
ORDER += ["analysis", "plots", "light", "reading", "estimator", "loading"]
ORDER += ["vector_files", "index", "report", "scale", "__init__", "cli", "__main__"]
# What the pictures may import: no model.
PLAIN = ("errors", "extras", "text", "analysis", "plots")
# The reader without TensorFlow, which one file of the service puts in its place.
LIGHT = ("kate_keras.light.", "kate_keras.errors.")
# And what reads an index of documents.
INDEX = ("kate_keras.index.", "kate_keras.errors.")
BRIDGES = {"light_model.py": LIGHT, "document_index.py": INDEX}


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                yield node.lineno, f"{node.module}.{name.name}"
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name


def part_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def violations(root=ROOT):
    for path in sorted(root.rglob("*.py")):
        part = part_of(path)
        for line, module in imported_modules(path):
            package, _, rest = module.partition(".")
            if package != "kate_keras" or part in ("__init__", "cli", "__main__"):
                continue
            target = rest.split(".")[0]
            if target not in ORDER:
                target = "__init__"
            if ORDER.index(target) > ORDER.index(part):
                yield (
                    f"{path}:{line}: {part} imports {target}, which stands below it on "
                    f"the map; move what both need up, or pass it in as an argument"
                )


def test_every_module_is_on_the_map():
    assert {part_of(path) for path in ROOT.rglob("*.py")} <= set(ORDER)


def test_imports_point_one_way():
    assert not list(violations()), "\n".join(violations())


def test_the_check_finds_an_import_that_points_back(tmp_path, monkeypatch):
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "bad.py").write_text(
        "\nfrom kate_keras.training import train\n"
    )
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (found,) = violations(tmp_path)
    assert "bad.py:2: layers imports training" in found


def test_pictures_take_plain_data_and_no_model():
    for path in (ROOT / "plots").rglob("*.py"):
        for line, module in imported_modules(path):
            package, _, rest = module.partition(".")
            assert package != "kate_keras" or rest.split(".")[0] in PLAIN, (
                f"{path}:{line}: plots imports {module}; take what it makes instead"
            )


def test_serving_never_imports_the_package_that_trains():
    for path in Path(serving.__file__).parent.rglob("*.py"):
        for line, module in imported_modules(path):
            if module.startswith(BRIDGES.get(path.name, ("-",))):
                continue
            assert module.split(".")[0] not in ("kate_keras", "keras"), (
                f"{path}:{line}: serving imports {module}; the exported folder is the "
                "only bridge, so write what it needs into the exported folder"
            )
