"""Runs what is missing, keeps the results and renders them.

    python -m benchmarks.quality DATA -o RESULTS [-w WORK] [--only '20news-V2000-*']
    python -m benchmarks.quality DATA -o RESULTS --list
    python -m benchmarks.quality --render -o RESULTS

DATA is a folder with the folders 20news, reuters21578, mrd and wordsim. A run that was
ended goes on where it was: every cell has a file of its own in WORK. Peers are tuned
first, if their settings are not kept in RESULTS yet.
"""

import argparse
import os
import sys
from pathlib import Path

from benchmarks.quality.cells import PEER_ROWS, all_cells


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, nargs="?", help="folder of the corpora")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="RESULTS")
    parser.add_argument(
        "-w", "--work", type=Path, help="folder of the cells; RESULTS/work by default"
    )
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="PATTERN", help="cells by name"
    )
    parser.add_argument("--list", action="store_true", help="show the cells and stop")
    parser.add_argument(
        "--render", action="store_true", help="only render what RESULTS keeps"
    )
    options = parser.parse_args(arguments)
    if options.render:
        return render(options.output)
    if options.data is None:
        parser.error("DATA is needed, unless --render is given")
    if not (options.data / "20news" / "train.jsonl.gz").is_file():
        parser.error(
            "DATA must hold 20news/train.jsonl.gz, on which peers are tuned. "
            f"Received: {options.data}"
        )
    return run(options)


def run(options: argparse.Namespace) -> int:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from benchmarks.quality.collect import collect
    from benchmarks.quality.run import Bench, select
    from benchmarks.quality.tune_peers import chosen, tune_missing

    cells = select(all_cells(), options.only)
    if not cells:
        sys.stderr.write(f"No cell's name matches {options.only}; see --list.\n")
        return 2
    if not options.list:
        rows = {cell.row for cell in cells}
        peers = [peer for peer in PEER_ROWS if peer in rows]
        tune_missing(options.data, options.output, peers)
    work = options.work or options.output / "work"
    bench = Bench(options.data, work, chosen(options.output))
    if options.list:
        for cell in cells:
            state = bench.missing(cell)
            if state is None:
                state = "done" if bench.path(cell).is_file() else "to do"
            print(f"{cell.name}\t{state}")
        return 0
    failed = bench.run(cells)
    collect(bench, options.output)
    return render(options.output) or int(bool(failed))


def render(results: Path) -> int:
    from benchmarks.quality.plots import draw
    from benchmarks.quality.tables import write_tables

    write_tables(results)
    draw(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
