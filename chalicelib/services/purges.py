"""Purges: what the platform itself holds of a tenant whose purge has begun goes, batch by batch.

Its memberships end, for nobody is at home in what is to be gone: a guest elsewhere is at home there from then
on. Its tickets are deleted. The audit trail and the books stay. Each batch is a transaction of its own, and
what is left is found by asking for it, so the work can be resumed at any point. The engine deletes the rest
meanwhile: it knows by markers and recorded ids what is the tenant's, and needs none of its people for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Protocol

from chalicelib.domain.actor import SCHEDULE
from chalicelib.domain.emptied import Emptied
from chalicelib.domain.filters import UserFilter
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.ticket import Ticket, TicketFilter
from chalicelib.domain.user import User
from chalicelib.errors import ConcurrentChange
from chalicelib.services.means import Means

A_BATCH = 20  # people, and as many tickets, of one transaction
A_RUN = 100  # batches of all tenants together; the schedule comes again


class PurgedTenants(Protocol):
    def unemptied(self, now: datetime, limit: int) -> tuple[Tenant, ...]:
        """Tenants whose purge has begun and of which the platform may still hold something, oldest first."""


class TicketsOfTenant(Protocol):
    def page(self, narrowed: TicketFilter, request: PageRequest) -> Page[Ticket]: ...

    def remove(self, ticket_ids: Sequence[str]) -> None: ...


class Purges:
    def __init__(self, means: Means, purged: PurgedTenants, tickets: TicketsOfTenant) -> None:
        self._purged = purged
        self._tickets = tickets
        self._tenants = means.tenants
        self._users = means.users
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock

    def carry_on(self) -> int:
        """For every tenant of which something is left. Returns how many memberships and tickets went."""
        gone, batches = 0, A_RUN
        for tenant in self._purged.unemptied(self._clock(), A_RUN):
            with suppress(ConcurrentChange):
                while batches > 0:
                    batches -= 1
                    some = self._unit.run(partial(self._empty, tenant.id))
                    gone += some
                    if not some:
                        break
        return gone

    def _empty(self, tenant_id: str) -> int:
        """One batch; the tenant is written with it, so two schedules at once are one after the other."""
        tenant = self._tenants.find(tenant_id)
        if tenant is None or not tenant.purging:
            return 0
        people = self._users.page(UserFilter(tenant_id=tenant.id), PageRequest(A_BATCH, "email")).items
        tickets = self._tickets.page(
            TicketFilter(tenant=tenant.slug), PageRequest(A_BATCH, "updatedAt")
        ).items
        self._let_go(tenant, people)
        self._delete(tickets)
        emptied = (tenant.emptied or Emptied()).after(len(people), len(tickets), self._clock())
        self._tenants.save(tenant.with_(emptied=emptied), tenant)
        return len(people) + len(tickets)

    def _let_go(self, tenant: Tenant, people: Sequence[User]) -> None:
        homes = set()
        for before in people:
            after = before.without_membership(self._clock(), tenant.id)
            self._users.save(after, before)
            self._records.user(SCHEDULE, "member.remove", before, after, tenant, look=False)
            if after.home and after.home != before.home:
                homes.add(after.home)
        self._touch(sorted(homes))

    def _touch(self, homes: Sequence[str]) -> None:
        """Who is at home there from now on has to be let in anew. A terminated one lets nobody in."""
        for home in self._tenants.find_many(homes) if homes else ():
            if home.lifecycle != "terminated":
                self._tenants.save(home.changed(self._clock()), home)
                self._records.look_soon(home, "member.home")

    def _delete(self, tickets: Sequence[Ticket]) -> None:
        for each in tickets:
            self._records.ticket(SCHEDULE, "ticket.delete", each, {})
        if tickets:
            self._tickets.remove([each.id for each in tickets])
