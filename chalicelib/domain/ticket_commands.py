"""What a caller may ask for of a ticket."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

from chalicelib.domain.commands import Command, Id
from chalicelib.domain.names import NOT_SHOWN, display_name
from chalicelib.domain.ticket import Priority, TicketStatus

LINES = {"\n", "\t"}


def written(text: str) -> str:
    """Text of several lines. Markup in it means nothing. Raises ValueError for other control characters."""
    text = text.replace("\r\n", "\n")
    if any(each not in LINES and unicodedata.category(each) in NOT_SHOWN for each in text):
        raise ValueError("must not contain control characters")
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


Subject = Annotated[str, Field(min_length=1, max_length=150), AfterValidator(display_name)]
MessageText = Annotated[str, Field(min_length=1, max_length=8_000), AfterValidator(written)]
ItemId = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-z:-]{1,80}$",
        description="Of an item of GET /attention",
        examples=["5f0c8a52b7d94e0c9a3f6d1e2b4c7a90:ocis"],
    ),
]


class OpenTicket(Command):
    """`attention` puts what the inbox says into the ticket as evidence."""

    subject: Subject
    text: MessageText
    priority: Priority = "normal"
    attention: ItemId | None = None


class AnswerTicket(Command):
    """`internal` is a note that only operators see."""

    text: MessageText
    internal: bool = False


class ChangeTicket(Command):
    """Customers change `status` only; `assigneeId: null` takes the ticket back."""

    subject: Subject = ""
    status: TicketStatus = "open"
    priority: Priority = "normal"
    assignee_id: Id | None = None
