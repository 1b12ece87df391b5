"""Measures the index and the explorer, and writes a page of tables.

    python -m benchmarks.search DATA -o RESULTS [--only queries growth kills page]

DATA is the folder with the folder 20news. The model has V = 20,000 and d = 128. A
million documents take some minutes and 3 GB beside RESULTS, which are removed again.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.quality.files import write_json, write_text
from benchmarks.search.growth import index, measure_growth
from benchmarks.search.kills import measure_kills
from benchmarks.search.page import measure_page
from benchmarks.search.posts import write_documents
from benchmarks.search.queries import measure_queries
from benchmarks.search.tables import page
from benchmarks.speed.__main__ import machine
from benchmarks.speed.encoding import MODEL
from benchmarks.speed.measure import measure

SECTIONS = ("queries", "growth", "kills", "page")
SIZES = (10_000, 100_000, 1_000_000)
ON_THE_PAGE = 100_000
N_WORDS, N_COMPONENTS = 20_000, 128


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS))
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    kept = options.output / "search.json"
    found: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    found["machine"] = machine()
    with tempfile.TemporaryDirectory(dir=options.output) as folder:
        work = Path(folder)
        measure("encoding.prepare", options.data, work)
        for section in options.only:
            sys.stderr.write(f"{section}\n")
            found[section] = run(section, options.data, work, options.sizes)
            write_json(kept, found)
            write_text(options.output / "search.md", page(found))
    return 0


def run(section: str, data: Path, work: Path, sizes: list[int]) -> Any:
    """Measures a section."""
    model = work / MODEL
    if section == "queries":
        return measure_queries(data, N_WORDS, N_COMPONENTS)
    if section == "growth":
        return [measure_growth(data, model, work, size) for size in sizes]
    if section == "kills":
        return measure_kills(data, model, work)
    write_documents(data, work / "page.jsonl", ON_THE_PAGE)
    index(model, work / "page.jsonl", work / "page")
    return measure_page(model, work / "page")


if __name__ == "__main__":
    sys.exit(main())
