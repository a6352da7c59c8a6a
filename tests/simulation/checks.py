"""What must be true: at every status that a worker writes, and in the end."""

from __future__ import annotations

from typing import Any, Protocol

from chalicelib.domain.provisioning import INTEGRATIONS, Integration, IntegrationStatus, Lease
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wanted import Wanted
from chalicelib.errors import IntegrationFailure
from chalicelib.reconcile.notebook import SETTLES
from chalicelib.reconcile.turns import LEASE
from tests.builders import NOON
from tests.simulation.network import Calm, connector
from tests.simulation.past import OLDEST
from tests.simulation.people import People
from tests.simulation.workers import Workshop

REPORTED = ("ok", "removed")
WAITS = {"waits-for-home", "waits-for-home-tenant"}
DESIRED = ("slug", "name", "plan", "domains", "lifecycle", "suspended_reason", "purging_since", "generation")


class Hands(Protocol):
    def has_meddled(self, tenant_id: str, integration: Integration, since: float) -> bool: ...


class Checks:
    """Collects `violations`; a look at a vendor is the connector's own, past all weather."""

    def __init__(self, shop: Workshop, people: People) -> None:
        self._shop, self._people = shop, people
        clock = shop.schedule.clock
        self._looks = {each: connector(each, vendor, Calm(), clock) for each, vendor in shop.vendors.items()}
        self.violations: list[str] = []
        self.operators: Hands | None = None

    def written(self, tenant: Tenant, before: Tenant) -> None:
        """A worker stored `tenant` in the place of `before`."""
        for integration in INTEGRATIONS:
            old, new = before.provisioning.of(integration), tenant.provisioning.of(integration)
            if old != new:
                self._shop.trace.note("status", tenant.slug, integration, new.state, new.observed_generation)
                self._check_lease(tenant, integration, (old, new))
        if _desired(tenant) != _desired(before):
            self.violated("a worker changed what people want", tenant.slug)

    def check_end(self) -> None:
        """Everybody has what they were promised last, and nothing else is there."""
        for tenant_id, promised in self._people.last.items():
            tenant = self._shop.tenants.stored[tenant_id]
            if _desired(tenant) != _desired(promised):
                self.violated("an accepted change got lost", tenant.slug)
            if not self._is_settled(tenant):
                self.violated("not converged", *standing(tenant))
            for integration in INTEGRATIONS:
                if tenant.provisioning.of(integration).state in REPORTED and not self._left_an_heir(tenant):
                    self._check_there(integration, self._wish(tenant, tenant.generation))

    def unconverged(self) -> list[Tenant]:
        return [tenant for tenant in self._shop.tenants.stored.values() if not self._is_settled(tenant)]

    def _is_settled(self, tenant: Tenant) -> bool:
        """Is it converged, or whole but for guests whose home, not being active, makes no accounts?"""
        statuses = [tenant.provisioning.of(each) for each in INTEGRATIONS]
        unfinished = [each for each in statuses if each.state not in REPORTED]
        if tenant.is_converged or not unfinished:
            return tenant.is_converged
        codes = {each.error.code if each.error else "" for each in unfinished}
        roster, stored = self._shop.roster, self._shop.tenants.stored
        homes = [roster.home_of(each) for each in roster.people_of(tenant.id) if not each.home]
        return codes <= WAITS and any(stored[home].lifecycle != "active" for home in homes if home)

    def _check_lease(
        self, tenant: Tenant, integration: Integration, pair: tuple[IntegrationStatus, IntegrationStatus]
    ) -> None:
        old, new = pair
        mine = self._shop.schedule.running.leases
        key = (tenant.id, integration)
        if new.lease is not None and new.lease != old.lease:
            if _is_held(old.lease, self._shop):
                self.violated("a lease was taken from its holder", tenant.slug, integration)
            mine[key] = new.lease.token
            self._shop.schedule.running.was_misled = False
        elif old.lease is None or old.lease.token != mine.get(key):
            self.violated("a status was written without its lease", tenant.slug, integration)
        elif new.state in REPORTED and new.last_success_at != old.last_success_at:
            self._shop.trace.note("reported", tenant.slug, integration, new.state, new.observed_generation)
            if not self._is_excused(tenant, integration, pair):
                self._check_there(integration, self._wish(tenant, new.observed_generation))

    def _is_excused(
        self, tenant: Tenant, integration: Integration, pair: tuple[IntegrationStatus, IntegrationStatus]
    ) -> bool:
        """Could no look have known better?"""
        old, new = pair
        began = (old.lease.until - LEASE - NOON).total_seconds() if old.lease else 0.0
        promised = self._people.ledger[tenant.id, new.observed_generation]
        return (
            self._is_provisional(new, began)
            or (
                self.operators is not None
                and self.operators.has_meddled(tenant.id, integration, began - OLDEST)
            )
            or self._has_lost_somebody(promised)
        )

    def _is_provisional(self, status: IntegrationStatus, began: float) -> bool:
        """A vendor that answered out of date, or does late what we gave up, is looked at again soon."""
        again, now = status.next_attempt_at, self._shop.schedule.clock()
        is_doubtful = self._shop.schedule.running.was_misled or self._shop.storm.late_until >= began
        return is_doubtful and (again is None or again <= now + SETTLES)

    def _left_an_heir(self, tenant: Tenant) -> bool:
        """Was it purged, and does a tenant that lives on answer for an account of its people since?

        Whoever found a home there has the account with the old address; it goes when that tenant goes, also
        after they left. The census counts it all the same.
        """
        others = (each for each in self._shop.tenants.stored.values() if each.id != tenant.id)
        living = [_accounts(each) for each in others if not each.purging]
        return tenant.purging and any(_accounts(tenant) & each for each in living)

    def _has_lost_somebody(self, promised: Wanted) -> bool:
        """Has the home of a member moved since? Then two tenants have had a say about one account."""
        homes = {each: self._shop.roster.home_of(each) for each in promised.people}
        return any(home and each.home != (home == promised.id) for each, home in homes.items())

    def _wish(self, tenant: Tenant, generation: int) -> Wanted:
        """What was wanted at that generation, with the ids known now."""
        promised = self._people.ledger[tenant.id, generation]
        return promised.with_(provisioning=tenant.provisioning)

    def _check_there(self, integration: Integration, wish: Wanted) -> None:
        look = self._looks[integration]
        try:
            steps: tuple[Any, ...] = look.diff(wish, look.observe(wish))
        except IntegrationFailure as failure:
            self.violated("nobody can tell what is there", wish.slug, integration, failure.code)
            return
        if steps:
            self.violated(
                "reported but not there", wish.slug, wish.generation, integration, steps[0].sentence
            )

    def violated(self, what: str, *facts: object) -> None:
        line = f"{what}: {' '.join(map(str, facts))}"
        self._shop.trace.note("VIOLATION", line)
        self.violations.append(line)


def standing(tenant: Tenant) -> list[str]:
    """Where the tenant stands, for people who look for the reason."""
    statuses = {each: tenant.provisioning.of(each) for each in INTEGRATIONS}
    return [tenant.slug, f"generation {tenant.generation}"] + [
        f"{name}: {status.state} {status.observed_generation} {status.error.code if status.error else ''}"
        for name, status in statuses.items()
    ]


def _desired(tenant: Tenant) -> dict[str, Any]:
    return {name: getattr(tenant, name) for name in DESIRED}


def _is_held(lease: Lease | None, shop: Workshop) -> bool:
    return lease is not None and lease.until > shop.schedule.clock()


def _accounts(tenant: Tenant) -> set[str]:
    """The users in oCIS that the tenant knows of."""
    return set(tenant.provisioning.ocis.ids.get("users", "").split())
