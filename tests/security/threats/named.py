"""Which tests are named after which row: read from their source, nothing is imported or run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.security.threats.rows import ID, KINDS

TESTS = Path(__file__).parents[2]
KIND = "|".join(kind.lower() for kind in KINDS)
# test_tok_01_…, test_inp_02_and_18_…, test_que_24_and_azt_18_…, test_inp_05_to_08_…
NAME = re.compile(rf"test_((?:{KIND})_\d\d(?:_(?:and|to)_(?:(?:{KIND})_)?\d\d)*)_")
PART = re.compile(rf"(and_|to_)?(?:({KIND})_)?(\d\d)")
CASE = re.compile(rf"({ID}) ")  # the id of a parameter: "AUT-23 truncated"


@dataclass(frozen=True, order=True)
class Named:
    """A test, or the id of a parameter; `file` is told from the folder of the tests."""

    row: str
    file: str
    name: str


def named(tests: Path = TESTS) -> list[Named]:
    return sorted({each for path in tests.rglob("*.py") for each in named_in(path, tests)})


def named_in(path: Path, tests: Path = TESTS) -> Iterator[Named]:
    file = path.relative_to(tests).as_posix()
    for row, name in named_by(path.read_text(encoding="utf-8")):
        yield Named(row, file, name)


def named_by(source: str) -> Iterator[tuple[str, str]]:
    """Row and name of each test and each parameter of a source."""
    tree = ast.parse(source)
    prose = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.FunctionDef):
            yield from ((row, each.name) for row in rows_of(each.name))
        elif (
            isinstance(each, ast.Constant) and id(each) not in prose and (case := CASE.match(str(each.value)))
        ):
            yield case[1], str(each.value).strip()


def rows_of(name: str) -> Iterator[str]:
    """The rows that the name of a test begins with."""
    found = NAME.match(name)
    kind, last = "", 0
    for link, new_kind, digits in PART.findall(found[1]) if found else ():
        kind, number = new_kind or kind, int(digits)
        for each in range(last + 1 if link == "to_" else number, number + 1):
            yield f"{kind.upper()}-{each:02}"
        last = number
