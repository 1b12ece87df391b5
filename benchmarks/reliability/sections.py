"""The sections of the page: what each measures, and how it is written down."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.reliability.damaged import measure_damages, render_damages
from benchmarks.reliability.fuzz import measure_fuzz, render_fuzz
from benchmarks.reliability.kills import measure_kills, render_kills
from benchmarks.reliability.update import measure_updates, render_updates


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Args:
        measure: Takes the data folder and an empty folder to work in; returns JSON.
        render: Takes that JSON; returns Markdown that begins with a heading.
    """

    measure: Callable[[Path, Path], Any]
    render: Callable[[Any], str]


HEAD = """# Reliability

`python -m benchmarks.reliability DATA -o RESULTS`

Memory over ten minutes under load and faults of the service: [soak](../service/soak.md)
and [faults](../service/faults.md) (`python -m benchmarks.service.soak` and `.faults`).
Known vulnerabilities of the dependencies: `.ci/audit`, which asks PyPI's list.
"""
SECTIONS = {
    "kills": Section(measure_kills, render_kills),
    "damaged": Section(measure_damages, render_damages),
    "fuzz": Section(measure_fuzz, render_fuzz),
    "updates": Section(measure_updates, render_updates),
}


def page(found: dict[str, Any]) -> str:
    """The page of the sections that were measured, in their order."""
    parts = [HEAD]
    for name, section in SECTIONS.items():
        if name in found:
            machine = f"\nMeasured on {found[name]['machine']}.\n"
            parts.append(section.render(found[name]["measured"]) + machine)
    return "\n".join(parts)
