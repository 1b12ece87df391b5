"""Walks a million, a hundred million and ten billion documents, on paper.

    python -m benchmarks.scale.paper RESULTS -o docs/scale.md

RESULTS is benchmarks/results/scale with the records that `benchmarks.scale.costs`
names. Beside the page, `pictures/scale.png` is drawn. What is assumed are options.
"""

import argparse
import sys
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.quality.files import write_text
from benchmarks.scale.costs import read_costs
from benchmarks.scale.page import ASSUMED, BANDWIDTHS, render
from benchmarks.scale.picture import draw
from benchmarks.scale.plan import Assumptions

PICTURE = Path("pictures", "scale.png")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    usual = asdict(Assumptions())
    parser.add_argument(
        "--words", type=int, help="size of the vocabulary (default: as measured)"
    )
    for name, text in (("documents", "the three sizes"), ("nodes", "nodes at each")):
        parser.add_argument(
            f"--{name}",
            nargs=3,
            type=int,
            default=usual[name],
            help=f"{text} (default: %(default)s)",
        )
    for name, text in ASSUMED.items():
        parser.add_argument(
            f"--{name}",
            type=type(usual[name]),
            default=usual[name],
            help=f"{text} (default: %(default)s)",
        )
    options = vars(parser.parse_args(arguments))
    given = replace(
        Assumptions(),
        **{name: tuple(options[name]) for name in ("documents", "nodes")},
        **{name: options[name] for name in ASSUMED},
    )
    costs = read_costs(options["results"], options["words"])
    output = options["output"]
    write_text(output, render(costs, given, PICTURE.as_posix()))
    draw(costs, given, BANDWIDTHS, output.parent / PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
