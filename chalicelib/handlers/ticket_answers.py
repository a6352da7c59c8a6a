"""What callers see of tickets: a customer never learns of internal notes, nor how many there are."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.domain.actor import Actor
from chalicelib.domain.attention import Cause
from chalicelib.domain.provisioning import Integration
from chalicelib.domain.ticket import Priority, Ticket, TicketMessage, TicketStatus, party_of, side_of
from chalicelib.handlers.answers import Answer, Id, Instant

OPERATORS_ONLY = Field(description="null for customers")


class TicketTenantAnswer(Answer):
    id: Id
    slug: str


class PartyAnswer(Answer):
    """Someone who writes or takes care; `operator` is from which side."""

    id: Id
    name: str
    operator: bool


class AssigneeAnswer(Answer):
    id: Id
    name: str


class MessageAnswer(Answer):
    id: Id
    at: Instant
    author: PartyAnswer
    text: Annotated[str, Field(description="Plain text: markup in it means nothing")]
    internal: bool


class EvidenceAnswer(Answer):
    """What the inbox said when the ticket was opened from it."""

    id: str
    cause: Cause
    integration: Integration
    what: str
    since: Instant | None
    details: dict[str, str | int | None]


class TicketRowAnswer(Answer):
    id: Id
    reference: str
    tenant: TicketTenantAnswer
    subject: str
    priority: Priority
    status: TicketStatus
    opened_by: PartyAnswer
    assignee: Annotated[AssigneeAnswer | None, OPERATORS_ONLY]
    message_count: int
    note_count: Annotated[int | None, OPERATORS_ONLY]
    created_at: Instant
    updated_at: Instant
    solved_at: Instant | None
    version: int


class TicketAnswer(TicketRowAnswer):
    """`allowed` are the statuses that the caller may set now."""

    evidence: EvidenceAnswer | None
    messages: tuple[MessageAnswer, ...]
    allowed: tuple[TicketStatus, ...]


class TicketsAnswer(Answer):
    items: tuple[TicketRowAnswer, ...]
    next_cursor: str | None


class TicketCounts(Answer):
    open: int
    waiting: int
    solved: int
    closed: int


class QueueAnswer(Answer):
    """`counts` are those of the same search, whatever status it asks for."""

    items: tuple[TicketRowAnswer, ...]
    next_cursor: str | None
    counts: TicketCounts


def row_answer(ticket: Ticket, reader: Actor) -> TicketRowAnswer:
    return TicketRowAnswer.model_validate(_row(ticket, reader))


def ticket_answer(ticket: Ticket, reader: Actor) -> TicketAnswer:
    messages = (each for each in ticket.messages if _may_read(each, reader))
    return TicketAnswer.model_validate(
        {
            **_row(ticket, reader),
            "evidence": ticket.evidence.model_dump() if ticket.evidence else None,
            "messages": [each.model_dump() for each in messages],
            "allowed": ticket.moves_of(side_of(party_of(reader))),
        }
    )


def _may_read(message: TicketMessage, reader: Actor) -> bool:
    return reader.is_operator or not message.internal


def _row(ticket: Ticket, reader: Actor) -> dict[str, object]:
    assignee = ticket.assignee.model_dump() if ticket.assignee else None
    inside: dict[str, object] = {"assignee": assignee, "note_count": ticket.note_count}
    if not reader.is_operator:
        inside = dict.fromkeys(inside)
    return {
        **ticket.model_dump(exclude={"messages", "evidence", "assignee"}),
        **inside,
        "reference": ticket.reference,
        "tenant": {"id": ticket.tenant_id, "slug": ticket.tenant_slug},
    }
