"""docs/threats.md: row by row where its tests are, or why there is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tests.security.threats.named import Named, named
from tests.security.threats.rows import Row, sections

PAGE = Path(__file__).parents[3] / "docs" / "threats.md"
HEAD = """# Threats

Made by `make threats` from the names of the tests; a test says when it is not of today.

Each row is an attack or a fault that the platform has to survive. A test is named after its row
(`test_azt_02_…`, or a parameter `AUT-23 truncated`), drives the real code, and fails when the defence is
taken away. The forgeries in `security/tokens/` are the parameters of `security/test_tok_forgeries.py`.
`make threats ROW=AZT-02` names the tests of a row, `pytest -k azt_02` runs those with the row in their name.
A row without a test says why; a remark says what the tests of a row leave out, or what we decided.
"""

Files = Mapping[str, Iterable[str]]


def page(found: Iterable[Named] | None = None) -> str:
    files = files_by_row(named() if found is None else found)
    return f"{HEAD}\n" + "\n".join(_summary(files)) + "\n" + "\n".join(_tables(files)) + "\n"


def files_by_row(found: Iterable[Named]) -> Files:
    files: dict[str, list[str]] = defaultdict(list)
    for each in found:
        if each.file not in files[each.row]:
            files[each.row].append(each.file)
    return dict(files)


def _summary(files: Files) -> Iterator[str]:
    yield "| | rows | with tests | without |"
    yield "|---|---|---|---|"
    for each in sections():
        tested = sum(row.id in files for row in each.rows)
        yield f"| {each.title} | {len(each.rows)} | {tested} | {len(each.rows) - tested} |"


def _tables(files: Files) -> Iterator[str]:
    for each in sections():
        yield f"\n## {each.title}\n\n| row | threat | tests |\n|---|---|---|"
        yield from (_line(row, files.get(row.id, ())) for row in each.rows)


def _line(row: Row, files: Iterable[str]) -> str:
    links = ", ".join(f"[{file}](../tests/{file})" for file in files)
    said = " ".join(part for part in (links and f"{links}.", row.note) if part)
    return f"| {row.id} | {row.title} | {said} |"
