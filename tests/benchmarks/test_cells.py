from collections import Counter

from benchmarks.quality.cells import GROUPS, Cell, all_cells
from benchmarks.quality.run import select


def test_the_plan_has_every_cell_that_was_asked_for():
    # 15 rows of KATE and its relatives, 4 of them without separation too, and 5 peers,
    # 3 seeds; 2 rows without either.
    per_seed = 24
    assert len(GROUPS["20news"]) == per_seed * 3 * 2 * 3 + 2 * 2
    assert len(GROUPS["20news-stripped"]) == len(GROUPS["20news"])
    assert len(GROUPS["reuters21578"]) == per_seed * 3 * 2 + 2
    # 8 points of d, 9 of k, 7 of alpha; 2 recipes, 3 seeds.
    assert len(GROUPS["effects"]) == (8 + 9 + 7) * 2 * 3


def test_no_cell_runs_twice_and_a_whole_seed_comes_before_the_next():
    cells = all_cells()
    assert max(Counter(cell.name for cell in cells).values()) == 1
    seeds = [cell.seed for cell in cells]
    assert seeds == sorted(seeds)
    assert {c for group in GROUPS.values() for c in group} == set(cells)


def test_other_settings_are_another_file():
    cell = Cell("mrd", 2000, 128, "kate", 0, (("alpha", 0.3),))
    first, second = (cell.file_name({"epochs": n}) for n in (50, 60))
    assert first != second
    assert first == cell.file_name({"epochs": 50})
    assert first.startswith("mrd-V2000-d128-kate-alpha=0.3-seed0-")


def test_only_takes_shell_patterns():
    cells = [Cell("mrd", 2000, d, "lsa", 0) for d in (128, 512)]
    assert select(cells, ["*-d512-*"]) == cells[1:]
    assert select(cells, []) == cells
    assert select(cells, ["nothing"]) == []
