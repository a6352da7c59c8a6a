"""Ticket: a question of a customer, the conversation about it, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from chalicelib.domain.actor import Actor
from chalicelib.domain.attention import AttentionItem, Cause
from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import Integration
from chalicelib.errors import ImpossibleMove, TicketFull

TicketStatus = Literal["open", "waiting", "solved", "closed"]  # waiting: for the customer
TICKET_STATUSES: tuple[TicketStatus, ...] = get_args(TicketStatus)
Priority = Literal["low", "normal", "high", "urgent"]
PRIORITIES: tuple[Priority, ...] = get_args(Priority)

Side = Literal["operator", "customer"]
Moves = Mapping[TicketStatus, tuple[TicketStatus, ...]]

# Who may move a ticket from where to where. Nothing leads out of closed: a new question is a new ticket.
MOVES: Mapping[Side, Moves] = {
    "operator": {
        "open": ("waiting", "solved", "closed"),
        "waiting": ("open", "solved", "closed"),
        "solved": ("open", "closed"),
        "closed": (),
    },
    "customer": {"open": ("solved",), "waiting": ("solved", "open"), "solved": ("open",), "closed": ()},
}
# What an answer makes of it; where nothing is said it stays.
ANSWERED: Mapping[Side, Mapping[TicketStatus, TicketStatus]] = {
    "operator": {"open": "waiting"},
    "customer": {"waiting": "open", "solved": "open"},
}

MOST_MESSAGES = 200  # notes included; a document has at most 16 MB, an answer of Lambda 6
MOST_TEXT = 500_000  # characters of all messages together


class Party(Model):
    """Who writes, or takes care; `operator` is from which side."""

    id: str
    name: str
    operator: bool


class TicketMessage(Model):
    """`internal` is a note that only operators ever see."""

    id: str
    at: datetime
    author: Party
    text: str
    internal: bool = False


class Evidence(Model):
    """What an item of the inbox said when the ticket was opened from it."""

    id: str
    cause: Cause
    integration: Integration
    what: str
    since: datetime | None = None
    details: dict[str, str | int | None] = {}


class Ticket(Model):
    """
    number           counts up within its tenant: it tells nobody how many others have
    opener_address   to be found by
    messages         empty in a list
    version          +1 with every change that a customer sees; the ETag
    revision         +1 with every write, notes included; guards against lost updates
    """

    id: str
    number: int
    tenant_id: str
    tenant_slug: str
    subject: str
    priority: Priority = "normal"
    status: TicketStatus = "open"
    opened_by: Party
    opener_address: str | None = None
    assignee: Party | None = None
    evidence: Evidence | None = None
    messages: tuple[TicketMessage, ...] = ()
    message_count: int = 0
    note_count: int = 0
    created_at: datetime
    updated_at: datetime
    solved_at: datetime | None = None
    version: int = 1
    revision: int = 1

    @property
    def reference(self) -> str:
        return f"{self.tenant_slug}-{self.number}"

    def moves_of(self, side: Side) -> tuple[TicketStatus, ...]:
        return MOVES[side][self.status]

    def moved_to(self, status: TicketStatus, side: Side, at: datetime) -> Ticket:
        """Raises ImpossibleMove for a move that MOVES does not give to this side."""
        if status == self.status:
            return self
        if status not in self.moves_of(side):
            raise ImpossibleMove(f"A ticket that is {self.status} cannot be made {status} by you")
        return self.with_(**self._status(status, at))

    def changed(self, at: datetime, **update: object) -> Ticket:
        return self.with_(**update, updated_at=at, version=self.version + 1)

    def answered(self, message: TicketMessage) -> Ticket:
        """With one more message for everyone. Raises ImpossibleMove when it is closed, TicketFull."""
        if self.status == "closed":
            raise ImpossibleMove("This ticket is closed; open a new one")
        side = side_of(message.author)
        status = ANSWERED[side].get(self.status, self.status)
        return self.changed(
            message.at,
            messages=self._messages_with(message),
            message_count=self.message_count + 1,
            **self._status(status, message.at),
        )

    def noted(self, note: TicketMessage) -> Ticket:
        """With one more note: for a customer nothing has happened. Raises TicketFull."""
        return self.with_(messages=self._messages_with(note), note_count=self.note_count + 1)

    def _status(self, status: TicketStatus, at: datetime) -> dict[str, object]:
        solved_at = (self.solved_at or at) if status in {"solved", "closed"} else None
        return {"status": status, "solved_at": solved_at}

    def _messages_with(self, message: TicketMessage) -> tuple[TicketMessage, ...]:
        size = sum(len(each.text) for each in self.messages) + len(message.text)
        if len(self.messages) >= MOST_MESSAGES or size > MOST_TEXT:
            raise TicketFull
        return (*self.messages, message)


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """
    tenant       a slug
    opened_by    a user id: a member sees their own
    assignee     a user id
    unassigned   only those that nobody takes care of
    search       the beginning of a word of the subject, of the reference or of the opener's address
    """

    tenant: str | None = None
    opened_by: str | None = None
    status: TicketStatus | None = None
    priority: Priority | None = None
    assignee: str | None = None
    unassigned: bool = False
    search: str | None = None


def party_of(actor: Actor) -> Party:
    return Party(id=actor.user.id, name=actor.user.name, operator=actor.is_operator)


def side_of(party: Party) -> Side:
    return "operator" if party.operator else "customer"


def evidence_of(item: AttentionItem) -> Evidence:
    return Evidence(
        id=item.id,
        cause=item.cause,
        integration=item.integration,
        what=item.what,
        since=item.since,
        details={name: value for name, value in item.evidence.items() if value is not None},
    )
