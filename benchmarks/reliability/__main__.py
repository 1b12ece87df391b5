"""Breaks what can break, and writes a page of what was lost.

    python -m benchmarks.reliability DATA -o RESULTS [--only kills ...]

DATA is the folder with the folder 20news. Sections that were measured before are kept.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.quality.files import read_json, write_json, write_text
from benchmarks.reliability.sections import SECTIONS, page
from benchmarks.speed.__main__ import machine


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS))
    options = parser.parse_args(arguments)
    kept = options.output / "reliability.json"
    found = read_json(kept) if kept.is_file() else {}
    options.output.mkdir(parents=True, exist_ok=True)
    for name in options.only:
        sys.stderr.write(f"{name}\n")
        with tempfile.TemporaryDirectory() as work:
            measured = SECTIONS[name].measure(options.data.resolve(), Path(work))
        found[name] = {"machine": machine(), "measured": measured}
        write_json(kept, found, indent=1)
        write_text(options.output / "reliability.md", page(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
