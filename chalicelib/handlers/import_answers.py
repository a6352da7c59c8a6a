"""What callers see of an import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, get_args

from pydantic import Field

from chalicelib.domain.user import Role
from chalicelib.handlers.answers import Answer
from chalicelib.services.imports import Outcome, Verdict


class ImportCounts(Answer):
    invite: int
    invited: int
    member: int
    wrong: int
    waiting: int


class ImportRowAnswer(Answer):
    """`email` as it was written, so that it is found in the file."""

    line: Annotated[int, Field(description="Where the row begins in the file, from 1")]
    email: str
    name: str | None
    role: Role | None
    outcome: Annotated[
        Outcome,
        Field(
            description="Of a dry run: `invite`; of an import: `invited`, or `waiting` when time was up "
            "before this row and the same file has to be sent again; `member`: was one already"
        ),
    ]
    reason: Annotated[str | None, Field(description="What is wrong with the row")]


class ImportAnswer(Answer):
    dry_run: bool
    counts: ImportCounts
    rows: tuple[ImportRowAnswer, ...]


def import_answer(verdicts: Sequence[Verdict], *, dry_run: bool) -> ImportAnswer:
    counted = Counter(each.outcome for each in verdicts)
    counts = ImportCounts(**{each: counted[each] for each in get_args(Outcome)})
    return ImportAnswer(dry_run=dry_run, counts=counts, rows=tuple(_row(each) for each in verdicts))


def _row(verdict: Verdict) -> ImportRowAnswer:
    row = verdict.row
    return ImportRowAnswer(
        line=row.line,
        email=row.email,
        name=row.wish.name if row.wish else None,
        role=row.wish.role if row.wish else None,
        outcome=verdict.outcome,
        reason=verdict.reason or None,
    )
