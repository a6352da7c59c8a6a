"""One tenant at one vendor, without storms and without threads: for tests that count calls one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from chalicelib.domain.ports import TenantStore
from chalicelib.domain.provisioning import INTEGRATIONS, Integration, IntegrationStatus
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wanted import Person
from chalicelib.reconcile.outcome import Outcome
from chalicelib.reconcile.reconciler import Reconciler
from infra.local.emulators.journal import Arrival
from tests.builders import an_id
from tests.fakes import FakeClock, FakeRoster, FakeTenants
from tests.simulation.network import Calm, Weather, connector
from tests.simulation.storm import Killed
from tests.simulation.vendors import Identity, vendor

MONTH = timedelta(days=30)
ADA = Person(id="a1", address="ada@nord.test", name="Ada", role="owner")
BEN = Person(id="b2", address="ben@nord.test", name="Ben")
CAT = Person(id="c3", address="cat@elsewhere.test", name="Cat", role="admin")
DAN = Person(id="d4", address="dan@new.test", name="Dan")
BEFORE, AFTER = (ADA, BEN, CAT), (ADA, BEN.with_(active=False), DAN)

Move = Callable[["Estate"], None]


class Mortal(Calm):
    """Kills the worker before or after the call of that number; 0 spares it."""

    def __init__(self, dies_at: int = 0, dies: str = "before") -> None:
        super().__init__()
        self._dies_at, self._dies = dies_at, dies

    def before(self, integration: Integration, arrival: Arrival) -> str:
        fault = super().before(integration, arrival)
        self._die("before")
        return fault

    def after(self, integration: Integration, arrival: Arrival) -> None:
        self._die("after")

    def _die(self, moment: str) -> None:
        if (len(self.calls), moment) == (self._dies_at, self._dies):
            raise Killed(f"{moment} call {self._dies_at}")


class Estate:
    def __init__(self, integration: Integration) -> None:
        self.integration = integration
        self.clock = FakeClock()
        self.vendor = vendor(integration, self._seconds)
        fields = {"id": "f" * 32, "slug": "nord", "name": "Nord", "domains": ("nord.test", "old.test")}
        self.tenants = FakeTenants(Tenant(**fields))
        self.roster = FakeRoster(*BEFORE)

    def _seconds(self) -> float:
        return self.clock.now.timestamp()

    @property
    def tenant(self) -> Tenant:
        return self.tenants.stored["f" * 32]

    def run(self, weather: Weather) -> Outcome:
        """One look by a new worker, long enough after the last for its lease to have ended."""
        self.clock.move(61)
        made = {self.integration: connector(self.integration, self.vendor, weather, self.clock)}
        store = cast("TenantStore", self.tenants)  # the engine needs no lists
        reconciler = Reconciler(store, self.roster, made, self.clock, an_id, lambda: 0.5)
        return reconciler.reconcile(self.integration, self.tenant.id)

    def settle(self) -> None:
        outcome = self.run(Calm())
        assert outcome.kind == "done", outcome

    def wish(self, tenant: Tenant, *people: Person) -> None:
        """What people want from now on."""
        self.roster.people = people or self.roster.people
        self.tenants.save(tenant, self.tenant)

    def count(self) -> dict[str, int]:
        """How many objects of each kind the vendor holds."""
        return {kind: len(held) for kind, held in contents(self.vendor).items()}


def contents(vendor: Any) -> dict[str, dict[str, Any]]:
    """Everything a vendor holds, by kind and id."""
    if isinstance(vendor, Identity):
        tables = ("groups", "users", "applications", "providers", "bindings")
        return {table: vendor.world.table(table) for table in tables}
    reading = vendor.world.reading if hasattr(vendor.world, "reading") else vendor.world.installation.reading
    with reading() as state:
        kinds = [kind for kind in ("users", "groups", "spaces", "assignments") if kind in state]
        return {kind: state[kind] for kind in kinds} or dict(state["objects"])


def created(estate: Estate) -> None:
    """The tenant is there from the beginning."""


def changed(estate: Estate) -> None:
    wish = {"domains": ("nord.test", "new.test"), "plan": "business", "name": "Nord 2"}
    estate.wish(estate.tenant.changed(estate.clock(), **wish), *AFTER)


def suspended(estate: Estate) -> None:
    estate.wish(estate.tenant.suspended(estate.clock(), "unpaid"))


def resumed(estate: Estate) -> None:
    estate.wish(estate.tenant.resumed(estate.clock()))


def terminated(estate: Estate) -> None:
    estate.wish(estate.tenant.terminated(estate.clock(), MONTH))


def restored(estate: Estate) -> None:
    estate.wish(estate.tenant.restored(estate.clock()))


def purged(estate: Estate) -> None:
    """The other two are done already, so that identity need not wait."""
    estate.clock.move(MONTH.total_seconds())
    estate.wish(estate.tenant.purged(estate.clock()))
    others = [each for each in INTEGRATIONS if each != estate.integration]
    removed = dict.fromkeys(others, IntegrationStatus(state="removed"))
    estate.wish(estate.tenant.with_(provisioning=estate.tenant.provisioning.with_(**removed)))


MOVES: dict[str, tuple[Move, ...]] = {
    "create": (created,),
    "change": (created, changed),
    "suspend": (created, suspended),
    "resume": (created, suspended, resumed),
    "terminate": (created, terminated),
    "restore": (created, terminated, restored),
    "purge": (created, terminated, purged),
}


def before(integration: Integration, deed: str) -> Estate:
    """An estate that only the last move of `deed` has not been brought to yet."""
    estate = Estate(integration)
    *earlier, last = MOVES[deed]
    for move in earlier:
        move(estate)
        estate.settle()
    last(estate)
    return estate
