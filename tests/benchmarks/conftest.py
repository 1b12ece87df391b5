"""Leaves these tests out where `benchmarks` is not, as in a source distribution."""

from pathlib import Path

HERE = Path(__file__)
collect_ignore_glob = (
    [] if (HERE.parents[2] / "benchmarks" / "quality").is_dir() else ["test_*.py"]
)
