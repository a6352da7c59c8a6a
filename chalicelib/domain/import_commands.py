"""What may be asked for about many people at once."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from chalicelib.domain.commands import Command
from chalicelib.domain.people_file import Row, rows_of

LARGEST_FILE = 100_000  # characters; the body as a whole may have as many bytes


def _readable(text: str) -> str:
    rows_of(text)
    return text


class ImportMembers(Command):
    """`csv` is the text of the file; with `dryRun` nothing is done, and the answer says what would be."""

    csv: Annotated[str, Field(min_length=1, max_length=LARGEST_FILE), AfterValidator(_readable)]
    dry_run: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        return rows_of(self.csv)
