"""Twenty new tenants while one vendor is down: each is ready or in the operators' inbox, and all heal."""

from __future__ import annotations

import pytest

from chalicelib.domain.attention import of_tenant
from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.domain.tenant import Tenant
from tests.simulation.run import Simulation
from tests.simulation.test_outage import CALM

TENANTS = 20
SWEEP = 300.0  # seconds
OUTAGE = 500.0
HEALED = OUTAGE + 3 * SWEEP


@pytest.mark.parametrize("down", INTEGRATIONS)
def test_every_new_tenant_is_ready_or_in_the_inbox_within_a_sweep_and_all_heal(down):
    simulation = Simulation(1, CALM, keep_trace=False)
    shop = simulation.shop
    shop.open(4)
    simulation.keep_sweeping()
    simulation.storm.fall(down, OUTAGE)
    for number in range(TENANTS):
        slug = f"new-{number}"
        tenant = Tenant(id=f"{number:032x}", slug=slug, name=slug, domains=(f"{slug}.test",))
        shop.tenants.add(tenant)
        simulation.people.promise(tenant, "found")

    shop.schedule.wait(SWEEP)
    meanwhile, then = list(shop.tenants.stored.values()), simulation.schedule.clock()
    shop.schedule.wait(HEALED - SWEEP)
    after, now = list(shop.tenants.stored.values()), simulation.schedule.clock()
    simulation.schedule.close()

    assert all(each.status == "active" or of_tenant(each, then) for each in meanwhile)
    assert {item.integration for each in meanwhile for item in of_tenant(each, then)} == {down}
    assert len([each for each in meanwhile if each.status == "pending"]) == TENANTS
    assert {each.status for each in after} == {"active"}
    assert [item for each in after for item in of_tenant(each, now)] == []
