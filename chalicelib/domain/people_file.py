"""A file of people to invite: CSV as spreadsheets write it, read row by row.

The first line may name the columns: email, name and role, in any order; without it they are in this order.
Separated by commas, semicolons or tabs; name and role may be left out or empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from chalicelib.domain.commands import InviteMember

MOST_ROWS = 500
COLUMNS = ("email", "name", "role")
ALSO_CALLED = {"e-mail": "email", "mail": "email", "e-mail address": "email", "email address": "email"}
SEPARATORS = (",", ";", "\t")
BYTE_ORDER_MARK = "\ufeff"
NOT_READABLE = "\ufffd"  # what stands where a file was not UTF-8
FORMULA = ("=", "+", "-", "@")  # a spreadsheet would calculate what begins so
LONGEST_ECHO = 80  # characters


class UnreadableFile(ValueError):
    """The file as a whole is none; its text may be shown to whoever sent it."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    line   where it begins in the file, from 1
    email  as it was written, cut where it is long
    wish   None when something is wrong: then `wrong` says what
    """

    line: int
    email: str
    wish: InviteMember | None = None
    wrong: str = ""


def rows_of(text: str) -> tuple[Row, ...]:
    """Every row that is not blank. An address that stands twice is wrong the second time.

    Raises   UnreadableFile
    """
    cells = list(_cells(text.removeprefix(BYTE_ORDER_MARK)))
    columns = _columns(cells[0][1]) if cells else None
    named, people = columns or COLUMNS, cells[1:] if columns else cells
    if not people:
        raise UnreadableFile("There is nobody in it")
    if len(people) > MOST_ROWS:
        raise UnreadableFile(f"It has {len(people)} rows; at most {MOST_ROWS} can be imported at a time")
    return tuple(_each_once(_row(line, named, cells) for line, cells in people))


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(each.strip() for each in cells):
                yield line, [each.strip() for each in cells]
            line = reader.line_num + 1
    except csv.Error:
        raise UnreadableFile(f"Line {line} is not CSV: look at its quotation marks") from None


def _separator(text: str) -> str:
    """What the first line with anything in it has most of."""
    first = next((each for each in text.splitlines() if each.strip()), "")
    return max(SEPARATORS, key=first.count)


def _columns(cells: list[str]) -> tuple[str, ...] | None:
    """The columns' names, when this line names them. Raises UnreadableFile for one that is not known."""
    if any("@" in each for each in cells):
        return None
    names = tuple(ALSO_CALLED.get(each.lower(), each.lower()) for each in cells)
    if "email" not in names:
        return None
    if len(set(names)) != len(names) or not set(names) <= set(COLUMNS):
        raise UnreadableFile(f"Its columns can be {', '.join(COLUMNS)}, each once, and no others")
    return names


def _row(line: int, columns: tuple[str, ...], cells: list[str]) -> Row:
    given = {name: text for name, text in zip(columns, cells, strict=False) if text}
    email = given.get("email", "")[:LONGEST_ECHO]
    wrong = _obviously_wrong(columns, cells, given)
    if wrong:
        return Row(line, email, wrong=wrong)
    try:
        return Row(line, email, InviteMember.model_validate(_lower(given)))
    except ValidationError as error:
        return Row(line, email, wrong=_sentence(error))


def _obviously_wrong(columns: tuple[str, ...], cells: list[str], given: dict[str, str]) -> str:
    if any(cells[len(columns) :]):
        return "has more cells than there are columns"
    if "email" not in given:
        return "has no e-mail address"
    if any(NOT_READABLE in each for each in cells):
        return "is not readable: save the file as UTF-8"
    if given.get("name", "").startswith(FORMULA):
        return "name: must not begin with = + - @"
    return ""


def _lower(given: dict[str, str]) -> dict[str, Any]:
    return given | ({"role": given["role"].lower()} if "role" in given else {})


def _sentence(error: ValidationError) -> str:
    """The first thing that is wrong; the value itself is not repeated."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}"


def _each_once(rows: Iterator[Row]) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(row.wish.email, row.line) if row.wish else row.line
        if first == row.line:
            yield row
        else:
            yield Row(row.line, row.email, wrong=f"is named in line {first} already")
