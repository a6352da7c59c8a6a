"""Approvals: an operator lets a plan remove more than a worker may do alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from chalicelib.domain.actor import Actor
from chalicelib.domain.plan import IntegrationPlan
from chalicelib.domain.provisioning import Approval
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import ConcurrentChange
from chalicelib.services.means import Means

VALID = timedelta(minutes=15)  # the queue is waited for; what has not begun by then is approved anew
TRIES = 5  # a reconcile may write the same tenant at any moment; it never takes more than a few rounds


class Approvals:
    def __init__(self, means: Means) -> None:
        self._tenants = means.tenants
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock

    def grant(self, actor: Actor, tenant: Tenant, parts: Sequence[IntegrationPlan]) -> None:
        """Write down that exactly these parts may be done, and by whose word. Nothing for no parts.

        Raises   ConcurrentChange when people changed the tenant since it was read
        """
        if not parts:
            return

        def work() -> None:
            stored = self._unmoved(tenant)
            self._tenants.save(self._approved(actor, stored, parts), stored)
            self._records.approval(actor, stored, _told(parts))

        for _ in range(TRIES):
            try:
                self._unit.run(work)
            except ConcurrentChange:
                self._unmoved(tenant)
            else:
                return
        raise ConcurrentChange

    def _approved(self, actor: Actor, tenant: Tenant, parts: Sequence[IntegrationPlan]) -> Tenant:
        """No change that people see, and no new wish: version and generation stay."""
        provisioning, until = tenant.provisioning, self._clock() + VALID
        for each in parts:
            approval = Approval(digest=each.digest, by=actor.user.id, until=until)
            status = provisioning.of(each.integration).with_(approval=approval)
            provisioning = provisioning.with_status(each.integration, status)
        return tenant.with_(provisioning=provisioning)

    def _unmoved(self, as_read: Tenant) -> Tenant:
        """The tenant as it is stored now. Raises ConcurrentChange when people changed it."""
        stored = self._tenants.find(as_read.id)
        if stored is None or stored.version != as_read.version:
            raise ConcurrentChange
        return stored


def _told(parts: Sequence[IntegrationPlan]) -> str:
    return "; ".join(f"{each.integration}: {len(each.steps)} steps" for each in parts)
