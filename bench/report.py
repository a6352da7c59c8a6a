"""The page that `python -m bench` prints and keeps."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

LEDGER = "A large ledger"  # measured by itself, for it takes long
HEAD = """# Performance

Written by `make bench` (`python -m bench`); every figure is a median, beside its floor from the same run.

Measured on {day}: {cores} cores ({machine}), {system}, Python {python}, load {load:.1f} at the end.
A load well above 1 means that other work slowed all of it; compare with the floor then, not with another day.
"""


@dataclass(frozen=True)
class Section:
    """One table, with what its columns mean."""

    title: str
    says: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def page(sections: Iterable[Section]) -> str:
    head = HEAD.format(
        day=datetime.now(UTC).date(),
        cores=os.cpu_count(),
        machine=platform.machine(),
        system=platform.system(),
        python=platform.python_version(),
        load=os.getloadavg()[0],
    )
    return "\n".join([head, *(_written(section) for section in sections)])


def with_section(written: str, section: Section) -> str:
    """The page with this section in the place of the one of its title, or at its end."""
    before, _, after = written.partition(f"## {section.title}\n")
    _, mark, rest = after.partition("\n## ")
    parts = [before.rstrip("\n"), _written(section).rstrip("\n")]
    return "\n\n".join([*parts, *([f"## {rest.rstrip()}"] if mark else [])]) + "\n"


def kept_section(written: str, title: str) -> str:
    """The section of that title as it is on the page, empty when there is none."""
    _, mark, after = written.partition(f"## {title}\n")
    return f"\n## {title}\n{after.partition(chr(10) + '## ')[0].rstrip()}\n" if mark else ""


def micros(seconds: float) -> str:
    return f"{seconds * 1e6:.0f}"


def millis(seconds: float) -> str:
    return f"{seconds * 1e3:.2f}"


def _written(section: Section) -> str:
    widths = [max(map(len, column)) for column in zip(section.headings, *section.rows, strict=True)]
    rule = tuple("-" * width for width in widths)
    lines = [_line(cells, widths) for cells in (section.headings, rule, *section.rows)]
    return "\n".join([f"## {section.title}", "", section.says, "", *lines, ""])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"| {' | '.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))} |"
