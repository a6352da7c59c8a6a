"""Tenants: customer organisations and their moves."""

from __future__ import annotations

from contextlib import suppress

from chalicelib.domain.actor import SCHEDULE, Actor
from chalicelib.domain.commands import ChangeTenant, CreateTenant
from chalicelib.domain.filters import TenantFilter
from chalicelib.domain.ownership import NewClaim, claim
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.domain.tenant import Status, Tenant
from chalicelib.domain.user import User
from chalicelib.errors import ConcurrentChange, OperatorScopeRequired, PreconditionFailed, Unprocessable
from chalicelib.services.billing import Billing
from chalicelib.services.changes import Changed, TenantChanges
from chalicelib.services.farewells import partner_after
from chalicelib.services.means import Means
from chalicelib.services.members import Members

PURGES = 100  # in one go; the schedule comes again
OPERATORS_CHOOSE_ON_CREATE = {"plan", "partner_id", "owner"}
ADMINS_MAY_CHANGE = {"name", "contact"}


class Tenants:
    def __init__(self, means: Means, members: Members, billing: Billing) -> None:
        self._tenants = means.tenants
        self._partners = means.partners
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock
        self._new_id = means.new_id
        self._kept = means.kept
        self._members = members
        self._billing = billing
        self._changes = TenantChanges(means, billing)

    def create(self, actor: Actor, wish: CreateTenant) -> Tenant:
        """Record the wish, then hint the queues; the answer is a pending tenant.

        Raises   AlreadyExists, DomainTaken, OperatorScopeRequired for what only operators choose,
                 Unprocessable for a partner that cannot have tenants
        """
        _only_operators(actor, wish.model_fields_set & OPERATORS_CHOOSE_ON_CREATE)
        now = self._clock()
        fields = {name: value for name, value in wish.given().items() if name != "owner"}
        claims = tuple(map(self._new_claim(actor), wish.domains))
        bare = Tenant(id=self._new_id(), created_at=now, updated_at=now, claims=claims, **fields)

        def work() -> Tenant:
            self._check_partner(wish.partner_id)
            tenant = self._billing.begin(bare, trial=not actor.is_operator)
            self._tenants.add(tenant)
            self._records.tenant(actor, "tenant.create", None, tenant)
            self._members.found(actor, tenant, wish.owner)
            return tenant

        return self._unit.run(work)

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
            if "domains" not in given:
                return stored.changed(self._clock(), **given)
            self._tenants.look_at_domains(stored.id, self._clock())
            named = stored.claiming(given["domains"], self._new_claim(actor))
            return stored.changed(self._clock(), **given | named)

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

        def restored(stored: Tenant) -> Tenant:
            return self._with_partner_of_today(stored.restored(self._clock()))

        return self._save(actor, "tenant.restore", tenant, restored)

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
        changed: Changed,
        reason: str | None = None,
    ) -> Tenant:
        def record(was: Tenant, now: Tenant) -> None:
            self._records.tenant(actor, action, was, now, reason)

        return self._changes.apply(before, changed, record)

    def _new_claim(self, actor: Actor) -> NewClaim:
        now = self._clock()
        return lambda name: claim(name, now, self._new_id(), by_operator=actor.is_operator)

    def _with_partner_of_today(self, tenant: Tenant) -> Tenant:
        """Its partner may be terminated by now: what was decided for its tenants goes for this one, too."""
        if tenant.partner_id is None:
            return tenant
        partner = self._partners.find(tenant.partner_id)
        return tenant.with_(partner_id=partner_after(self._partners, partner))

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
