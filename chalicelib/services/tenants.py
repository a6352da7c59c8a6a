"""Tenants: customer organisations and their moves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from chalicelib.domain.actor import SCHEDULE, Actor
from chalicelib.domain.commands import ChangeTenant, CreateTenant
from chalicelib.domain.filters import TenantFilter
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.domain.tenant import Status, Tenant
from chalicelib.domain.user import User
from chalicelib.errors import ConcurrentChange, OperatorScopeRequired, PreconditionFailed, Unprocessable
from chalicelib.services.means import Means
from chalicelib.services.members import Members

PURGES = 100  # in one go; the schedule comes again
TRIES = 5  # a reconcile may write the same tenant at any moment; it never takes more than a few rounds
OPERATORS_CHOOSE_ON_CREATE = {"plan", "partner_id", "owner"}
ADMINS_MAY_CHANGE = {"name", "contact"}


class Tenants:
    def __init__(self, means: Means, members: Members) -> None:
        self._tenants = means.tenants
        self._partners = means.partners
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock
        self._new_id = means.new_id
        self._kept = means.kept
        self._members = members

    def create(self, actor: Actor, wish: CreateTenant) -> Tenant:
        """Record the wish, then hint the queues; the answer is a pending tenant.

        Raises   AlreadyExists, DomainTaken, OperatorScopeRequired for what only operators choose,
                 Unprocessable for a partner that cannot have tenants
        """
        _only_operators(actor, wish.model_fields_set & OPERATORS_CHOOSE_ON_CREATE)
        now = self._clock()
        fields = {name: value for name, value in wish.given().items() if name != "owner"}
        tenant = Tenant(id=self._new_id(), created_at=now, updated_at=now, **fields)

        def work() -> None:
            self._check_partner(wish.partner_id)
            self._tenants.add(tenant)
            self._records.tenant(actor, "tenant.create", None, tenant)
            self._members.found(actor, tenant, wish.owner)

        self._unit.run(work)
        return tenant

    def get(self, slug: str) -> Tenant:
        """Raises TenantNotFound. Who may see it is the guard's to say."""
        return self._tenants.get(slug)

    def list(self, narrowed: TenantFilter, request: PageRequest) -> tuple[Page[Tenant], dict[Status, int]]:
        """A page, and how many there are of each status for the same search; two round trips."""
        return self._tenants.page(narrowed, request), self._tenants.counts(narrowed)

    def page(self, narrowed: TenantFilter, request: PageRequest) -> Page[Tenant]:
        return self._tenants.page(narrowed, request)

    def of(self, user: User) -> tuple[Tenant, ...]:
        """The tenants that the user belongs to and that are still there."""
        tenants = self._tenants.find_many([each.tenant_id for each in user.memberships if each.active])
        return tuple(each for each in tenants if each.lifecycle != "terminated")

    def change(
        self, actor: Actor, tenant: Tenant, wish: ChangeTenant, if_version: int | None = None
    ) -> Tenant:
        """Set what the wish names, unset what it names as null.

        Raises   PreconditionFailed when `if_version` is not the stored one, OperatorScopeRequired
                 for what admins may not change, DomainTaken, Unprocessable, ConcurrentChange
        """
        if if_version not in {None, tenant.version}:
            raise PreconditionFailed
        if not actor.is_operator:
            _only_operators(actor, wish.model_fields_set - ADMINS_MAY_CHANGE)
        tenant.check_move("change")
        given = wish.given()

        def changed(stored: Tenant) -> Tenant:
            self._check_partner(given.get("partner_id"))
            return stored.changed(self._clock(), **given)

        return self._save(actor, "tenant.change", tenant, changed)

    def suspend(self, actor: Actor, tenant: Tenant, reason: str) -> Tenant:
        """Raises ImpossibleMove."""

        def suspended(stored: Tenant) -> Tenant:
            return stored.suspended(self._clock(), reason)

        return self._save(actor, "tenant.suspend", tenant, suspended, reason)

    def resume(self, actor: Actor, tenant: Tenant) -> Tenant:
        """Raises ImpossibleMove."""
        return self._save(actor, "tenant.resume", tenant, lambda stored: stored.resumed(self._clock()))

    def terminate(self, actor: Actor, tenant: Tenant) -> Tenant:
        """Softly: it can be restored until the retention period is over. Raises ImpossibleMove."""
        return self._save(
            actor, "tenant.terminate", tenant, lambda stored: stored.terminated(self._clock(), self._kept)
        )

    def restore(self, actor: Actor, tenant: Tenant) -> Tenant:
        """Raises ImpossibleMove, DomainTaken when someone else took a domain meanwhile."""
        return self._save(actor, "tenant.restore", tenant, lambda stored: stored.restored(self._clock()))

    def purge_what_is_over(self) -> int:
        """Begin the purge of each tenant whose retention is over. Returns how many there were.

        One that somebody changes at this moment is left for the next time.
        """
        over = self._tenants.past_retention(self._clock(), PURGES)
        for each in over:
            with suppress(ConcurrentChange):
                self._save(SCHEDULE, "tenant.purge", each, lambda stored: stored.purged(self._clock()))
        return len(over)

    def reconcile(self, tenant: Tenant, integration: Integration | None) -> dict[Integration, str]:
        """Ask for a look now. Returns the run id of each integration."""
        integrations = (integration,) if integration else INTEGRATIONS
        return self._records.look_soon(tenant, "reconcile", integrations)

    def _save(
        self,
        actor: Actor,
        action: str,
        before: Tenant,
        changed: Callable[[Tenant], Tenant],
        reason: str | None = None,
    ) -> Tenant:
        """Apply `changed` to the stored tenant. A reconcile that writes meanwhile only costs a round."""

        def work() -> Tenant:
            after = self._tenants.save(changed(before), before)
            self._records.tenant(actor, action, before, after, reason)
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

    def _check_partner(self, partner_id: str | None) -> None:
        if partner_id is None:
            return
        partner = self._partners.find(partner_id)
        if partner is None or partner.status != "active":
            message = "there is no active partner with this id"
            raise Unprocessable(
                "The partner cannot have tenants", [{"field": "partnerId", "message": message}]
            )


def _only_operators(actor: Actor, fields: set[str]) -> None:
    if fields and not actor.is_operator:
        raise OperatorScopeRequired
