"""Ten minutes without one vendor: it is left in peace, and the other two are served as ever."""

from __future__ import annotations

from collections import Counter
from functools import cache, partial

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wanted import wanted
from tests.simulation.run import Simulation
from tests.simulation.storm import Severity

TENANTS = 20
WISHES = 60.0  # seconds from one change of a tenant to its next
BEGINS, ENDS = 120.0, 720.0  # seconds: the outage
OVER = 1200.0
TRIES = 3  # of a call, in one run
LITTLE = 0.2  # of the usual number of calls; at most 1.2 would be allowed
CALM = Severity(fault=0, death=0, database=0, lost=0, repeated=0, delayed=0, outages=0)


class Fleet:
    """Many tenants that change all the time, and workers enough for them."""

    def __init__(self) -> None:
        self.simulation = Simulation(1, CALM, keep_trace=True)
        self.shop = self.simulation.shop
        self.shop.open(6)
        for number in range(TENANTS):
            slug = f"t{number}"
            tenant = Tenant(id=f"{number:032x}", slug=slug, name=slug, domains=(f"{slug}.test",))
            self.shop.tenants.add(tenant)
            self.simulation.people.promise(tenant, "found")
            self.shop.schedule.after(number * WISHES / TENANTS, partial(self._wish, tenant.id))

    def live(self, down: str | None) -> None:
        self.shop.schedule.wait(BEGINS)
        if down:
            self.simulation.storm.fall(down, ENDS - BEGINS)
        self.shop.schedule.wait(OVER - BEGINS)
        self.simulation.schedule.close()

    def lines(self, what: str, integration: str, first: float, last: float) -> list[list[str]]:
        """[time, worker, what, …] of each event of that kind, at that vendor, in that time."""
        column = 3 if what == "call" else 4
        found = [line.split() for line in self.simulation.trace.lines]
        chosen = [each for each in found if each[2] == what and each[column] == integration]
        return [each for each in chosen if first <= float(each[0]) < last]

    def most_tries(self, integration: str) -> int:
        """How often one run sent the same call, at most."""
        tries: Counter[tuple[object, ...]] = Counter()
        run: Counter[str] = Counter()
        for line in self.simulation.trace.lines:
            _, worker, what, *facts = line.split()
            run[worker] += what == "status"
            if what == "call" and facts[0] == integration:
                tries[worker, run[worker], *facts[1:]] += 1
        return max(tries.values())

    def _wish(self, tenant_id: str) -> None:
        tenant = self.shop.tenants.stored[tenant_id]
        wished = tenant.changed(self.shop.schedule.clock(), name=f"{tenant.slug} {tenant.generation}")
        self.simulation.people.promise(self.shop.tenants.people_save(wished, tenant), "change")
        self.shop.schedule.after(WISHES, partial(self._wish, tenant_id))


@cache
def a_fleet_without(down):
    fleet = Fleet()
    fleet.live(down)
    return fleet


@pytest.mark.parametrize("down", INTEGRATIONS)
def test_int_19_a_vendor_that_is_down_is_called_at_most_three_times_in_a_run_and_by_one_probe_at_a_time(down):
    usual = len(a_fleet_without(None).lines("call", down, BEGINS, ENDS))
    fleet = a_fleet_without(down)

    calls = len(fleet.lines("call", down, BEGINS + 60, ENDS))

    assert fleet.most_tries(down) <= TRIES
    assert 0 < calls < usual * LITTLE
    assert fleet.simulation.checks.violations == []


@pytest.mark.parametrize("down", INTEGRATIONS)
def test_int_19_the_other_vendors_are_served_as_ever(down):
    for other in set(INTEGRATIONS) - {down}:
        usual = len(a_fleet_without(None).lines("reported", other, BEGINS, ENDS))
        meanwhile = len(a_fleet_without(down).lines("reported", other, BEGINS, ENDS))

        assert meanwhile == pytest.approx(usual, rel=0.1)


@pytest.mark.parametrize("down", INTEGRATIONS)
def test_int_19_after_an_outage_everything_is_made_good(down):
    fleet, quiet = a_fleet_without(down), a_fleet_without(None)

    last = fleet.lines("reported", down, OVER - 120, OVER)

    assert len(last) == pytest.approx(len(quiet.lines("reported", down, OVER - 120, OVER)), rel=0.1)


HOURS = 6 * 3600.0
FEW = 5  # tenants


@pytest.mark.parametrize("down", INTEGRATIONS)
def test_int_19_after_six_hours_all_is_made_good_without_hands_and_the_vendor_was_left_in_peace(down):
    simulation = Simulation(1, CALM, keep_trace=False)
    shop, storm = simulation.shop, simulation.storm
    shop.open(3)
    simulation.keep_sweeping()
    for number in range(FEW):
        slug = f"t{number}"
        shop.tenants.add(Tenant(id=f"{number:032x}", slug=slug, name=slug, domains=(f"{slug}.test",)))
        simulation.people.promise(shop.tenants.stored[f"{number:032x}"], "found")
    shop.schedule.wait(60)
    storm.fall(down, HOURS)
    before = storm.calls[down]
    for tenant in list(shop.tenants.stored.values()):  # nobody hints at it: the sweep has to
        wished = tenant.changed(shop.schedule.clock(), plan="business")
        saved = shop.tenants.people_save(wished, tenant)
        simulation.people.ledger[saved.id, saved.generation] = wanted(saved, ())

    shop.schedule.wait(HOURS)
    calls, meanwhile = storm.calls[down] - before, list(shop.tenants.stored.values())
    shop.schedule.wait(3 * 300)
    simulation.schedule.close()

    assert calls <= HOURS / 60
    for other in set(INTEGRATIONS) - {down}:
        assert all(each.provisioning.of(other).observed_generation == 2 for each in meanwhile)
    assert not any(each.is_converged for each in meanwhile)
    assert all(each.is_converged for each in shop.tenants.stored.values())
    assert simulation.checks.violations == []
