"""The routes of support."""

from __future__ import annotations

from typing import Annotated, Literal

from chalice.app import Blueprint, Response
from pydantic import Field

from chalicelib import wiring
from chalicelib.auth.guards import MEMBER_OR_OPERATOR_WRITES, MEMBER_READS, OPERATOR, SIGNED_IN
from chalicelib.domain.actor import Actor
from chalicelib.domain.names import SLUG
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.ticket import Priority, Ticket, TicketFilter, TicketStatus
from chalicelib.domain.ticket_commands import AnswerTicket, ChangeTicket, OpenTicket
from chalicelib.errors import (
    ConcurrentChange,
    ImpossibleMove,
    OperatorScopeRequired,
    PreconditionFailed,
    TenantSuspended,
    TicketFull,
    TicketNotFound,
)
from chalicelib.handlers.http import answer, body, caller, if_match, query, tenant
from chalicelib.handlers.lists import ListQuery, next_cursor, page_request
from chalicelib.handlers.operation import operation
from chalicelib.handlers.ticket_answers import (
    QueueAnswer,
    TicketAnswer,
    TicketCounts,
    TicketsAnswer,
    row_answer,
    ticket_answer,
)

routes = Blueprint(__name__)


class TenantTicketsQuery(ListQuery):
    sort: Literal["-updatedAt", "updatedAt"] = "-updatedAt"
    status: TicketStatus | None = None

    def narrowed(self, at: Tenant) -> TicketFilter:
        return TicketFilter(tenant=at.slug, status=self.status, search=self.q)


class QueueQuery(ListQuery):
    """`priority` sorts the most urgent first, then who waits longest."""

    sort: Literal["-updatedAt", "updatedAt", "priority"] = "-updatedAt"
    status: TicketStatus | None = None
    priority: Priority | None = None
    assignee: (
        Annotated[str, Field(pattern=r"^([0-9a-f]{32}|me|none)$", description="A user id, me, or none")]
        | None
    ) = None
    tenant: Annotated[str, Field(pattern=SLUG, description="A tenant's slug")] | None = None

    def narrowed(self, actor: Actor) -> TicketFilter:
        assignee = {"me": actor.user.id, "none": None}.get(self.assignee or "", self.assignee)
        return TicketFilter(
            tenant=self.tenant,
            status=self.status,
            priority=self.priority,
            assignee=assignee,
            unassigned=self.assignee == "none",
            search=self.q,
        )


@routes.route("/tickets", methods=["GET"])
@operation(OPERATOR, "The support queue", query=QueueQuery, gives=QueueAnswer)
def list_tickets() -> Response:
    asked, reader = query(routes, QueueQuery), caller(routes)
    page, counts = wiring.services().tickets.queue(asked.narrowed(reader), page_request(routes, asked))
    return answer(
        QueueAnswer(
            items=tuple(row_answer(each, reader) for each in page.items),
            next_cursor=next_cursor(routes, asked, page),
            counts=TicketCounts(**counts),
        )
    )


@routes.route("/tenants/{slug}/tickets", methods=["GET"])
@operation(
    MEMBER_READS,
    "The tenant's tickets: members see those that they opened, admins all",
    query=TenantTicketsQuery,
    gives=TicketsAnswer,
)
def list_tenant_tickets(slug: str) -> Response:
    asked, reader = query(routes, TenantTicketsQuery), caller(routes)
    at, request = tenant(routes), page_request(routes, asked)
    page = wiring.services().tickets.of_tenant(reader, at, asked.narrowed(at), request)
    items = tuple(row_answer(each, reader) for each in page.items)
    return answer(TicketsAnswer(items=items, next_cursor=next_cursor(routes, asked, page)))


@routes.route("/tenants/{slug}/tickets", methods=["POST"])
@operation(
    MEMBER_OR_OPERATOR_WRITES,
    "Ask for help; an item of the inbox can be its evidence",
    takes=OpenTicket,
    gives=TicketAnswer,
    status=201,
    versioned=True,
    refuses=(ConcurrentChange, ImpossibleMove),
)
def open_ticket(slug: str) -> Response:
    wish = body(routes, OpenTicket)
    opened = wiring.services().tickets.open(caller(routes), tenant(routes), wish)
    return _one(opened, status=201, Location=f"/tickets/{opened.id}")


@routes.route("/tickets/{ticket_id}", methods=["GET"])
@operation(
    SIGNED_IN,
    "One ticket with its messages",
    gives=TicketAnswer,
    versioned=True,
    refuses=(TicketNotFound,),
)
def get_ticket(ticket_id: str) -> Response:
    return _one(wiring.services().tickets.get(caller(routes), ticket_id))


@routes.route("/tickets/{ticket_id}", methods=["PATCH"])
@operation(
    SIGNED_IN,
    "Change a ticket; customers solve it or open it again",
    takes=ChangeTicket,
    gives=TicketAnswer,
    versioned=True,
    refuses=(
        TicketNotFound,
        OperatorScopeRequired,
        TenantSuspended,
        PreconditionFailed,
        ImpossibleMove,
        ConcurrentChange,
    ),
)
def change_ticket(ticket_id: str) -> Response:
    wish = body(routes, ChangeTicket)
    return _one(wiring.services().tickets.change(caller(routes), ticket_id, wish, if_match(routes)))


@routes.route("/tickets/{ticket_id}/messages", methods=["POST"])
@operation(
    SIGNED_IN,
    "Answer, or leave a note for operators",
    takes=AnswerTicket,
    gives=TicketAnswer,
    status=201,
    versioned=True,
    refuses=(
        TicketNotFound,
        OperatorScopeRequired,
        TenantSuspended,
        ImpossibleMove,
        TicketFull,
        ConcurrentChange,
    ),
)
def answer_ticket(ticket_id: str) -> Response:
    wish = body(routes, AnswerTicket)
    return _one(wiring.services().tickets.answer(caller(routes), ticket_id, wish), status=201)


def _one(ticket: Ticket, *, status: int = 200, **headers: str) -> Response:
    shown = ticket_answer(ticket, caller(routes))
    return answer(shown, status=status, version=ticket.version, **headers)
