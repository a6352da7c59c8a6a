"""The rows that we defend against: rows.txt holds a heading, then a line for each, and notes below them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("rows.txt")
KINDS = ("TOK", "AUT", "SES", "AZT", "INP", "QUE", "INT", "DB", "DEP")
ID = rf"(?:{'|'.join(KINDS)})-\d\d"
ROW = re.compile(rf"({ID}) (.+)")


@dataclass(frozen=True)
class Row:
    """`note` says why no test can be named after it, or what its tests leave out."""

    id: str
    title: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[Row, ...]


def sections(text: str | None = None) -> list[Section]:
    """Raises ValueError for a line that is neither heading, row nor note."""
    found = re.split(r"^# ", text or FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    parts = (part.strip().splitlines() for part in found if part.strip())
    return [Section(title, tuple(_rows(lines))) for title, *lines in parts]


def _rows(lines: list[str]) -> Iterator[Row]:
    written = [line for line in lines if line.strip()]
    for number, line in enumerate(written):
        if line.startswith("  "):
            continue
        named = ROW.fullmatch(line)
        if named is None:
            raise ValueError(f"No row: {line!r}")
        below = written[number + 1] if number + 1 < len(written) else ""
        yield Row(named[1], named[2], below.strip() if below.startswith("  ") else "")
