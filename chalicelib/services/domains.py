"""Domains: what a tenant names, and whose it is. What DNS shows is looked at elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.actor import Actor
from chalicelib.domain.commands import MOST_DOMAINS
from chalicelib.domain.domain_ports import DomainLooks
from chalicelib.domain.mail_records import DomainLook
from chalicelib.domain.ownership import DomainClaim, claim
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import AlreadyExists, DomainNotFound, ImpossibleMove, Unprocessable
from chalicelib.services.changes import TenantChanges
from chalicelib.services.means import Means


@dataclass(frozen=True, slots=True)
class OneDomain:
    """A domain of a tenant with the last look at it; no claim for one from before there were claims."""

    name: str
    claim: DomainClaim | None
    look: DomainLook | None


class Domains:
    def __init__(self, means: Means, changes: TenantChanges, looks: DomainLooks) -> None:
        self._tenants = means.tenants
        self._records = means.records
        self._clock = means.clock
        self._new_id = means.new_id
        self._changes = changes
        self._looks = looks

    def list(self, tenant: Tenant) -> tuple[OneDomain, ...]:
        """In the order in which they were named."""
        looks = {each.name: each for each in self._looks.of(tenant.id)}
        return tuple(OneDomain(name, tenant.claim_of(name), looks.get(name)) for name in tenant.domains)

    def get(self, tenant: Tenant, name: str) -> OneDomain:
        """Raises DomainNotFound."""
        for each in self.list(tenant):
            if each.name == name:
                return each
        raise DomainNotFound

    def add(self, actor: Actor, tenant: Tenant, name: str) -> OneDomain:
        """What a customer names is nobody's until it is proven; what an operator names is approved.

        Raises   ImpossibleMove, AlreadyExists, DomainTaken, ConcurrentChange, Unprocessable for too many
        """

        def added(stored: Tenant) -> Tenant:
            stored.check_move("change")
            _check_room(stored, name)
            now = self._clock()
            self._tenants.look_at_domains(stored.id, now)
            named = stored.claiming(
                (*stored.domains, name),
                lambda new: claim(new, now, self._new_id(), by_operator=actor.is_operator),
            )
            return stored.changed(now, **named)

        return self.get(self._save(actor, "tenant.domain.add", tenant, added), name)

    def remove(self, actor: Actor, tenant: Tenant, name: str) -> None:
        """Its mailboxes go with it. Raises DomainNotFound, ImpossibleMove, ConcurrentChange."""

        def removed(stored: Tenant) -> Tenant:
            stored.check_move("change")
            _check_holds(stored, name)
            self._looks.forget(stored.id, name)
            rest = tuple(each for each in stored.domains if each != name)
            return stored.changed(self._clock(), **stored.claiming(rest, _never))

        self._save(actor, "tenant.domain.remove", tenant, removed)

    def approve(self, actor: Actor, tenant: Tenant, name: str, reason: str) -> OneDomain:
        """An operator vouches for it. Raises DomainNotFound, ImpossibleMove for one that is owned already."""

        def approved(stored: Tenant) -> Tenant:
            stored.check_move("change")
            _check_holds(stored, name)
            if stored.ownership_of(name) != "unproven":
                raise ImpossibleMove(f"The domain {name} is {stored.ownership_of(name)} already")
            self._tenants.look_at_domains(stored.id, self._clock())
            return stored.owning(name, "approved", self._clock())

        return self.get(self._save(actor, "tenant.domain.approve", tenant, approved, reason), name)

    def _save(
        self,
        actor: Actor,
        action: str,
        before: Tenant,
        changed: Callable[[Tenant], Tenant],
        reason: str | None = None,
    ) -> Tenant:
        def record(was: Tenant, now: Tenant) -> None:
            self._records.tenant(actor, action, was, now, reason)

        return self._changes.apply(before, changed, record)


def _check_room(tenant: Tenant, name: str) -> None:
    if name in tenant.domains:
        raise AlreadyExists("Domain", name)
    if len(tenant.domains) >= MOST_DOMAINS:
        message = f"a tenant has at most {MOST_DOMAINS} domains"
        raise Unprocessable("There is no room for another domain", [{"field": "name", "message": message}])


def _check_holds(tenant: Tenant, name: str) -> None:
    if name not in tenant.domains:
        raise DomainNotFound


def _never(name: str) -> DomainClaim:
    raise AssertionError(f"nobody names {name} by removing another")
