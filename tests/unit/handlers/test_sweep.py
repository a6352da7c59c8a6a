from datetime import timedelta

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS, IntegrationStatus, Provisioning
from chalicelib.handlers.sweep import MOST_PAGES, PAGE, handle
from tests.builders import NOON, a_tenant, an_id
from tests.fakes import FakeClock, FakeTenants
from tests.fakes_reconcile import FakeHints

SOON = NOON + timedelta(seconds=1)


def sweep(*tenants):
    queue = FakeHints()
    sent = handle(FakeTenants(*tenants), queue, FakeClock())
    assert sent == len(queue.sent)
    return queue


def tenants(number):
    return [a_tenant(id=an_id(), slug=f"t{each}", domains=()) for each in range(number)]


def with_next(**looks):
    return Provisioning(**{name: IntegrationStatus(next_attempt_at=when) for name, when in looks.items()})


def test_a_tenant_that_nobody_looked_at_is_hinted_at_for_all_three():
    tenant = a_tenant()

    queue = sweep(tenant)

    assert [(hint.integration, hint.tenant_id, hint.reason) for hint in queue.sent] == [
        (integration, tenant.id, "sweep") for integration in INTEGRATIONS
    ]
    assert len({hint.run_id for hint in queue.sent}) == 3


def test_only_what_is_due_is_hinted_at():
    queue = sweep(a_tenant(provisioning=with_next(authentik=SOON, stalwart=NOON, ocis=SOON)))

    assert [hint.integration for hint in queue.sent] == ["stalwart"]


def test_a_fleet_in_order_is_left_in_peace():
    assert sweep(a_tenant(provisioning=with_next(authentik=SOON, stalwart=SOON, ocis=SOON))).sent == []


@pytest.mark.parametrize("state", ["paused", "removed"])
def test_an_integration_at_rest_is_left_alone(state):
    resting = Provisioning(ocis=IntegrationStatus(state=state))

    assert [hint.integration for hint in sweep(a_tenant(provisioning=resting)).sent] == [
        "authentik",
        "stalwart",
    ]


@pytest.mark.parametrize("state", ["pending", "ok", "retrying", "blocked"])
def test_any_other_state_is_looked_at_when_its_time_has_come(state):
    due = IntegrationStatus(state=state, next_attempt_at=NOON)

    assert len(sweep(a_tenant(provisioning=Provisioning(ocis=due))).sent) == 3


def test_every_tenant_is_found_page_by_page():
    fleet = tenants(2 * PAGE + 1)

    queue = sweep(*fleet)

    assert {hint.tenant_id for hint in queue.sent} == {tenant.id for tenant in fleet}
    assert queue.batches == [3 * PAGE, 3 * PAGE, 3]


def test_hints_are_spread_over_the_time_until_the_next_sweep():
    delays = [hint.delay for hint in sweep(*tenants(PAGE + 1)).sent]

    assert delays == [*range(300), 0, 1, 2]


def test_a_sweep_ends_even_if_the_list_does_not():
    endless = FakeTenants(*tenants(PAGE))
    first = endless.due(NOON, PAGE)
    endless.due = lambda now, limit, after=None: type(first)(first.items, "more")

    assert handle(endless, FakeHints(), FakeClock()) == MOST_PAGES * PAGE * 3
