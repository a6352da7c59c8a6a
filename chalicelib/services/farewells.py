"""Farewells: the tenants of a terminated partner follow what was decided for them, batch by batch.

The decision itself is one transaction. Five thousand tenants are not: each batch is a transaction of its own.
What is left is found by asking who still belongs to the partner, so the work can be resumed at any point.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial

from chalicelib.domain.actor import SCHEDULE, Actor
from chalicelib.domain.filters import TenantFilter
from chalicelib.domain.page import PageRequest
from chalicelib.domain.partner import Partner
from chalicelib.domain.ports import PartnerStore
from chalicelib.domain.tenant import STATUSES, Tenant
from chalicelib.errors import ConcurrentChange
from chalicelib.services.changes import TenantChanges
from chalicelib.services.means import Means

A_BATCH = 20  # tenants of one transaction
AT_ONCE, A_RUN = 3, 50  # batches: while the operator waits, and in each run of the schedule
SETTLED = timedelta(minutes=1)  # after the decision, when whatever attached one more tenant is long over
LIVE = [status for status in STATUSES if status != "terminated"]


class Farewells:
    def __init__(self, means: Means, changes: TenantChanges) -> None:
        self._partners = means.partners
        self._tenants = means.tenants
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock
        self._changes = changes

    def begin(self, actor: Actor, partner: Partner) -> None:
        """The first tenants follow at once. Who is changed by others at this moment follows later."""
        with suppress(ConcurrentChange):
            self._move_batches(actor, partner, AT_ONCE)

    def carry_on(self) -> int:
        """For every partner whose tenants have not all followed. Returns how many have."""
        moved = 0
        for partner in self._partners.saying_farewell():
            with suppress(ConcurrentChange):
                moved += self._carried_on(partner)
        return moved

    def _carried_on(self, partner: Partner) -> int:
        moved = self._move_batches(SCHEDULE, partner, A_RUN)
        farewell, now = partner.farewell, self._clock()
        if farewell and not self._batch(partner) and partner.updated_at + SETTLED <= now:
            done = partner.with_(farewell=farewell.with_(done_at=now), version=partner.version + 1)
            self._partners.save(done, partner)
        return moved

    def _move_batches(self, actor: Actor, partner: Partner, batches: int) -> int:
        moved = 0
        for _ in range(batches if partner.farewell and partner.farewell.tenants != "keep" else 0):
            batch = self._batch(partner)
            self._unit.run(partial(self._move, actor, partner, batch))
            moved += len(batch)
            if len(batch) < A_BATCH:
                break
        return moved

    def _batch(self, partner: Partner) -> list[Tenant]:
        """Some of those that have not followed yet. Terminated ones do when they are restored."""
        found: list[Tenant] = []
        for status in LIVE:
            if len(found) < A_BATCH:
                request = PageRequest(limit=A_BATCH - len(found))
                found += self._tenants.page(TenantFilter(partner_id=partner.id, status=status), request).items
        return found

    def _move(self, actor: Actor, partner: Partner, batch: list[Tenant]) -> None:
        """From the day of the decision, whenever it happens."""
        to, farewell = partner_after(self._partners, partner), partner.farewell
        reason = f"Partner {partner.slug} was terminated"

        def changed(stored: Tenant) -> Tenant:
            return stored.changed(self._clock(), partner_id=to)

        def record(before: Tenant, after: Tenant) -> None:
            self._records.tenant(actor, "tenant.change", before, after, reason)

        for each in batch:
            self._changes.apply(each, changed, record, farewell.decided_on if farewell else None)


def partner_after(partners: PartnerStore, partner: Partner | None) -> str | None:
    """Whose a tenant of this partner is: the heir of a terminated one may be terminated itself."""
    while partner and partner.farewell and partner.farewell.tenants != "keep":
        heir = partner.farewell.to_partner_id
        partner = partners.find(heir) if heir else None
    return partner.id if partner else None
