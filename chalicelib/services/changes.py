"""TenantChanges: how a wish about a tenant is saved, with its money and its record, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.domain.days import Day
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import ConcurrentChange
from chalicelib.services.billing import Billing
from chalicelib.services.means import Means

TRIES = 5  # a reconcile may write the same tenant at any moment; it never takes more than a few rounds

Changed = Callable[[Tenant], Tenant]
Record = Callable[[Tenant, Tenant], None]


class TenantChanges:
    def __init__(self, means: Means, billing: Billing) -> None:
        self._tenants = means.tenants
        self._unit = means.unit
        self._billing = billing

    def apply(self, tenant: Tenant, changed: Changed, record: Record, day: Day | None = None) -> Tenant:
        """Apply `changed` to the stored tenant. A reconcile that writes meanwhile only costs a round.

        changed   runs inside the transaction; it may write more
        record    tells of it, from what to what
        day       from which it is billed so, if not from today
        Raises    ConcurrentChange when people changed it, too, and whatever `changed` raises
        """
        before = tenant

        def work() -> Tenant:
            after = self._tenants.save(self._billing.follow(before, changed(before), day), before)
            record(before, after)
            return after

        for _ in range(TRIES):
            try:
                return self._unit.run(work)
            except ConcurrentChange:
                before = self._moved_only_by_reconcile(before)
        raise ConcurrentChange

    def _moved_only_by_reconcile(self, as_read: Tenant) -> Tenant:
        """The tenant as it is stored now. Raises ConcurrentChange when people changed it, too."""
        stored = self._tenants.find(as_read.id)
        if stored is None or stored.version != as_read.version:
            raise ConcurrentChange
        return stored
