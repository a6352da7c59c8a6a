"""Tickets: customers ask, operators answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from chalicelib.domain.actor import Actor
from chalicelib.domain.audit import Change, what_changed
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.ticket import (
    Evidence,
    Party,
    Ticket,
    TicketFilter,
    TicketMessage,
    TicketStatus,
    evidence_of,
    party_of,
    side_of,
)
from chalicelib.domain.ticket_commands import AnswerTicket, ChangeTicket, OpenTicket
from chalicelib.domain.user import at_least
from chalicelib.errors import (
    ConcurrentChange,
    ImpossibleMove,
    OperatorScopeRequired,
    PreconditionFailed,
    TenantSuspended,
    TicketNotFound,
    Unprocessable,
)
from chalicelib.services.attention import Attention
from chalicelib.services.means import Means

TRIES = 5  # two people may write at once; it never takes more than a few rounds
CUSTOMERS_MAY_CHANGE = {"status"}
FIELDS = ("subject", "priority", "status")  # what an audit event tells; never what people wrote


class TicketStore(Protocol):
    def next_number(self, tenant_id: str) -> int: ...

    def add(self, value: Ticket) -> None: ...

    def find(self, value_id: str) -> Ticket | None: ...

    def save(self, ticket: Ticket, as_read: Ticket) -> Ticket:
        """Raises ConcurrentChange when anything about it changed since `as_read`."""

    def page(self, narrowed: TicketFilter, request: PageRequest) -> Page[Ticket]: ...

    def counts(self, narrowed: TicketFilter) -> dict[TicketStatus, int]: ...


class Tickets:
    """Members see the tickets that they opened, admins all of their tenant, operators all."""

    def __init__(self, means: Means, tickets: TicketStore, attention: Attention) -> None:
        self._means = means
        self._tickets = tickets
        self._attention = attention

    def of_tenant(
        self, actor: Actor, tenant: Tenant, narrowed: TicketFilter, request: PageRequest
    ) -> Page[Ticket]:
        own = None if _sees_all(actor, tenant.id) else actor.user.id
        return self._tickets.page(replace(narrowed, opened_by=own), request)

    def queue(
        self, narrowed: TicketFilter, request: PageRequest
    ) -> tuple[Page[Ticket], dict[TicketStatus, int]]:
        """A page, and how many there are of each status for the same search; two round trips."""
        return self._tickets.page(narrowed, request), self._tickets.counts(narrowed)

    def get(self, actor: Actor, ticket_id: str) -> Ticket:
        """Raises TicketNotFound, in the same words for one that the actor may not see."""
        return self._visible(actor, ticket_id)[0]

    def open(self, actor: Actor, tenant: Tenant, wish: OpenTicket) -> Ticket:
        """Raises ImpossibleMove once its purge has begun, Unprocessable for an item that the inbox lacks."""
        if tenant.purging:  # its tickets are being deleted, or are
            raise ImpossibleMove(f"Tenant {tenant.slug!r} is being purged; it cannot have tickets")
        evidence = self._evidence(actor, tenant, wish.attention) if wish.attention else None
        now, author = self._means.clock(), party_of(actor)
        first = TicketMessage(id=self._means.new_id(), at=now, author=author, text=wish.text)

        def work() -> Ticket:
            ticket = Ticket(
                id=self._means.new_id(),
                number=self._tickets.next_number(tenant.id),
                tenant_id=tenant.id,
                tenant_slug=tenant.slug,
                subject=wish.subject,
                priority=wish.priority,
                opened_by=author,
                opener_address=actor.user.email,
                evidence=evidence,
                messages=(first,),
                message_count=1,
                created_at=now,
                updated_at=now,
            )
            self._tickets.add(ticket)
            changes = what_changed(None, ticket, (*FIELDS, "evidence"))
            self._means.records.ticket(actor, "ticket.open", ticket, changes)
            return ticket

        return self._means.unit.run(work)

    def answer(self, actor: Actor, ticket_id: str, wish: AnswerTicket) -> Ticket:
        """Raises TicketNotFound, OperatorScopeRequired for a note, ImpossibleMove when closed, TicketFull."""
        if wish.internal and not actor.is_operator:
            raise OperatorScopeRequired
        author = party_of(actor)

        def answered(ticket: Ticket) -> Ticket:
            message = TicketMessage(
                id=self._means.new_id(),
                at=self._means.clock(),
                author=author,
                text=wish.text,
                internal=wish.internal,
            )
            return ticket.noted(message) if wish.internal else ticket.answered(message)

        return self._save(actor, ticket_id, "ticket.note" if wish.internal else "ticket.answer", answered)

    def change(
        self, actor: Actor, ticket_id: str, wish: ChangeTicket, if_version: int | None = None
    ) -> Ticket:
        """Raises TicketNotFound, PreconditionFailed, OperatorScopeRequired for what customers may not change,
        ImpossibleMove, Unprocessable for somebody who cannot take care of it."""
        given = wish.given()

        def changed(ticket: Ticket) -> Ticket:
            if if_version not in {None, ticket.version}:
                raise PreconditionFailed
            if not actor.is_operator and given.keys() - CUSTOMERS_MAY_CHANGE:
                raise OperatorScopeRequired
            now, fields = self._means.clock(), dict(given)
            moved = ticket.moved_to(fields.pop("status", ticket.status), side_of(party_of(actor)), now)
            if "assignee_id" in fields:
                fields["assignee"] = self._assignee(fields.pop("assignee_id"))
            newer = moved.with_(**fields)
            return ticket if newer == ticket else newer.changed(now)

        return self._save(actor, ticket_id, "ticket.change", changed)

    def _save(self, actor: Actor, ticket_id: str, action: str, changed: Callable[[Ticket], Ticket]) -> Ticket:
        """Apply `changed` to the ticket as it is stored. Whoever writes meanwhile only costs a round."""

        def work() -> Ticket:
            before, tenant = self._visible(actor, ticket_id)
            if tenant and tenant.lifecycle == "suspended":
                raise TenantSuspended
            after = changed(before)
            if after == before:
                return before
            self._record(actor, action, before, after)
            return self._tickets.save(after, before)

        for _ in range(TRIES):
            try:
                return self._means.unit.run(work)
            except ConcurrentChange:
                continue
        raise ConcurrentChange

    def _record(self, actor: Actor, action: str, before: Ticket, after: Ticket) -> None:
        """What customers do not see of a ticket is told in no chain of theirs either."""
        records, seen = self._means.records, what_changed(before, after, FIELDS)
        if after.message_count != before.message_count:
            seen["messageCount"] = Change(before=before.message_count, after=after.message_count)
        inside = what_changed(before, after, ("assignee", "noteCount"))
        if seen:
            records.ticket(actor, action, after, seen)
        if inside:
            named = "ticket.assign" if "assignee" in inside else action
            records.ticket(actor, named, after, inside, internal=True)

    def _visible(self, actor: Actor, ticket_id: str) -> tuple[Ticket, Tenant | None]:
        """The ticket and, for a customer, its tenant."""
        ticket = self._tickets.find(ticket_id)
        if ticket is None:
            raise TicketNotFound
        if actor.is_operator:
            return ticket, None
        membership = actor.user.membership_of(ticket.tenant_id)
        is_theirs = _sees_all(actor, ticket.tenant_id) or ticket.opened_by.id == actor.user.id
        if membership is None or not membership.active or not is_theirs:
            raise TicketNotFound
        tenant = self._means.tenants.find(ticket.tenant_id)
        if tenant is None or tenant.lifecycle == "terminated":
            raise TicketNotFound
        return ticket, tenant

    def _evidence(self, actor: Actor, tenant: Tenant, item_id: str) -> Evidence:
        """Looked up here, so that nobody can make it up."""
        item = self._attention.find(tenant, item_id, whole=actor.is_operator)
        if item is None:
            message = "the inbox has no such item for this tenant now"
            raise Unprocessable("The ticket has no evidence", [{"field": "attention", "message": message}])
        return evidence_of(item)

    def _assignee(self, user_id: str | None) -> Party | None:
        if user_id is None:
            return None
        user = self._means.users.find(user_id)
        if user is None or not (user.platform_admin and user.active):
            message = "there is no active platform admin with this id"
            raise Unprocessable("Nobody can take care of it", [{"field": "assigneeId", "message": message}])
        return Party(id=user.id, name=user.name, operator=True)


def _sees_all(actor: Actor, tenant_id: str) -> bool:
    membership = actor.user.membership_of(tenant_id)
    return actor.is_operator or (membership is not None and at_least(membership.role, "admin"))
