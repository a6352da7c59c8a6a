"""What every accepted change leaves behind: an audit event, and for tenants a hint to look."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.actor import Actor
from chalicelib.domain.audit import AuditEvent, AuditTarget, Change, audit_actor, what_changed
from chalicelib.domain.breaker import NAMES
from chalicelib.domain.partner import Partner
from chalicelib.domain.ports import AuditTrail, Clock, NewId, ReconcileQueue, UnitOfWork
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.domain.statement import Statement
from chalicelib.domain.subscription import Subscription
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.ticket import Ticket
from chalicelib.domain.user import User

PARTNER_FIELDS = (
    "slug",
    "name",
    "domain",
    "status",
    "marginBps",
    "margins",
    "contact",
    "billing",
    "farewell",
)
TENANT_FIELDS = (
    "slug",
    "name",
    "plan",
    "domains",
    "partnerId",
    "contact",
    "lifecycle",
    "suspendedReason",
    "purgingSince",
)
SUBSCRIPTION_FIELDS = (
    "plan",
    "seats",
    "interval",
    "currency",
    "unitPrice",
    "discountBps",
    "catalogue",
    "status",
    "mrr",
)
USER_FIELDS = ("email", "name", "platformAdmin", "active", "memberships")


class Records:
    """Writes audit events in the transaction of the change; hints follow its commit."""

    def __init__(
        self, audit: AuditTrail, queue: ReconcileQueue, unit: UnitOfWork, clock: Clock, new_id: NewId
    ) -> None:
        self._audit = audit
        self._queue = queue
        self._unit = unit
        self._clock = clock
        self._new_id = new_id

    def partner(self, actor: Actor, action: str, before: Partner | None, after: Partner) -> None:
        target = AuditTarget(kind="partner", id=after.id, name=after.slug)
        self._add(actor, action, target, changes=what_changed(before, after, PARTNER_FIELDS))

    def tenant(
        self, actor: Actor, action: str, before: Tenant | None, after: Tenant, reason: str | None = None
    ) -> None:
        target = AuditTarget(kind="tenant", id=after.id, name=after.slug)
        changes = what_changed(before, after, TENANT_FIELDS) | _ownership(before, after)
        self._add(actor, action, target, changes=changes, tenant_id=after.id, reason=reason)
        self.look_soon(after, action)

    def subscription(
        self, actor: Actor, action: str, tenant: Tenant, before: Subscription | None, after: Subscription
    ) -> None:
        """Its terms are the tenant's desired state: seats and storage follow them."""
        target = AuditTarget(kind="tenant", id=tenant.id, name=tenant.slug)
        was = before.standing if before else None
        changes = what_changed(was, after.standing, SUBSCRIPTION_FIELDS)
        self._add(actor, action, target, changes=changes, tenant_id=tenant.id)
        self.look_soon(tenant, action)

    def statement(self, actor: Actor, partner: Partner, closed: Statement) -> None:
        target = AuditTarget(kind="partner", id=partner.id, name=partner.slug)
        changes = what_changed(None, closed, ("period", "sums", "digest"))
        self._add(actor, "statement.close", target, changes=changes)

    def user(
        self,
        actor: Actor,
        action: str,
        before: User | None,
        after: User,
        tenant: Tenant | None = None,
        *,
        look: bool = True,
    ) -> None:
        """`look`: whether this alone asks for a look; of many changes at once, one hint is enough."""
        target = AuditTarget(kind="user", id=after.id, name=after.email or after.name)
        changes = what_changed(before, after, USER_FIELDS)
        self._add(actor, action, target, changes=changes, tenant_id=tenant.id if tenant else None)
        if tenant and look:
            self.look_soon(tenant, action)

    def approval(self, actor: Actor, tenant: Tenant, what: str) -> None:
        """Of a plan; the looks that it leads to are asked for separately."""
        target = AuditTarget(kind="tenant", id=tenant.id, name=tenant.slug)
        self._add(actor, "tenant.plan.approve", target, tenant_id=tenant.id, reason=what)

    def ticket(
        self, actor: Actor, action: str, ticket: Ticket, changes: dict[str, Change], *, internal: bool = False
    ) -> None:
        """`internal`: not for the tenant's own eyes, so in no chain of the tenant."""
        target = AuditTarget(kind="ticket", id=ticket.id, name=ticket.reference)
        self._add(actor, action, target, changes=changes, tenant_id=None if internal else ticket.tenant_id)

    def integration(self, actor: Actor, action: str, integration: Integration) -> None:
        """Something that was done about an integration as a whole."""
        self._add(actor, action, AuditTarget(kind="integration", id=integration, name=NAMES[integration]))

    def link_made(self, actor: Actor, user: User, tenant: Tenant) -> None:
        """That there is a link; never the link."""
        target = AuditTarget(kind="user", id=user.id, name=user.email or user.name)
        self._add(actor, "member.link", target, tenant_id=tenant.id)

    def look_soon(
        self,
        tenant: Tenant,
        reason: str,
        integrations: tuple[Integration, ...] = INTEGRATIONS,
        approved: Mapping[Integration, str] | None = None,
    ) -> dict[Integration, str]:
        """Hint each integration's queue once the change is committed. Returns the run id of each.

        approved   digests of the only plans that may be applied
        """
        runs = {each: self._new_id() for each in integrations}

        def hint() -> None:
            for integration, run_id in runs.items():
                self._queue.hint(integration, tenant.id, reason, run_id, (approved or {}).get(integration))

        self._unit.after_commit(hint)
        return runs

    def _add(self, actor: Actor, action: str, target: AuditTarget, **given: object) -> None:
        event = {"id": self._new_id(), "at": self._clock(), "actor": audit_actor(actor), "action": action}
        event |= {"target": target, "surface": actor.audience, "request_id": actor.request_id}
        self._audit.add(AuditEvent(**event, **given))


def _ownership(before: Tenant | None, after: Tenant) -> dict[str, Change]:
    """Whose the domains are; names stand in the values, as databases do not like dots in keys."""
    was, now = (_owned(before) if before else None), _owned(after)
    return {} if was == now or not (was or now) else {"ownership": Change(before=was, after=now)}


def _owned(tenant: Tenant) -> list[str]:
    return [f"{name}: {tenant.ownership_of(name)}" for name in tenant.domains]
