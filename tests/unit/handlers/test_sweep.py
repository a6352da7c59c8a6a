from datetime import timedelta

import pytest
from chalice.app import SQSEvent

from chalicelib.domain.provisioning import INTEGRATIONS, IntegrationStatus, Provisioning
from chalicelib.domain.tenant import SHARDS
from chalicelib.handlers.sweep import MOST_PAGES, PAGE, handle, plan
from chalicelib.handlers.sweep import sweep as swept
from tests.builders import NOON, a_tenant, an_id
from tests.fakes import FakeClock, FakeTenants
from tests.fakes_reconcile import FakeHints

SOON = NOON + timedelta(seconds=1)


def sweep(*tenants):
    queue = FakeHints()
    assert swept(FakeTenants(*tenants), queue, FakeClock()) is None
    return queue


def batch(*bodies):
    records = [{"messageId": f"m{n}", "body": body, "receiptHandle": "r"} for n, body in enumerate(bodies)]
    return SQSEvent({"Records": records}, None)


def tenants(number):
    return [a_tenant(id=an_id(), slug=f"t{each}", domains=()) for each in range(number)]


def with_next(**looks):
    return Provisioning(**{name: IntegrationStatus(next_attempt_at=when) for name, when in looks.items()})


def test_que_08_a_tenant_that_nobody_looked_at_is_hinted_at_for_all_three():
    tenant = a_tenant()

    queue = sweep(tenant)

    assert [(hint.integration, hint.tenant_id, hint.reason) for hint in queue.sent] == [
        (integration, tenant.id, "sweep") for integration in INTEGRATIONS
    ]
    assert len({hint.run_id for hint in queue.sent}) == 3


def test_que_20_only_what_is_due_is_hinted_at():
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


def test_que_12_every_tenant_is_found_page_by_page():
    fleet = tenants(2 * PAGE + 1)

    queue = sweep(*fleet)

    assert {hint.tenant_id for hint in queue.sent} == {tenant.id for tenant in fleet}
    assert queue.batches == [3 * PAGE, 3 * PAGE, 3]


def test_que_12_hints_are_spread_over_the_time_until_the_next_sweep():
    delays = [hint.delay for hint in sweep(*tenants(PAGE + 1)).sent]

    assert delays == [*range(300), 0, 1, 2]


def test_the_clock_asks_for_every_shard_once():
    queue = FakeHints()

    assert plan(queue) == len(SHARDS) == 17
    assert [(hint.shard, hint.after) for hint in queue.shards] == [(shard, None) for shard in SHARDS]


def test_a_shard_hints_at_its_own_tenants_only():
    mine, other = a_tenant(id="a" * 32), a_tenant(id="b" * 32, slug="other", domains=())
    queue = FakeHints()

    answer = handle(
        batch('{"version":1,"shard":"a","after":null}'), FakeTenants(mine, other), queue, FakeClock()
    )

    assert answer == {"batchItemFailures": []}
    assert {hint.tenant_id for hint in queue.sent} == {mine.id}
    assert queue.shards == []


def test_what_one_message_should_not_do_goes_on_in_another():
    fleet = FakeTenants(*(a_tenant(id=f"a{n:031}", slug=f"t{n}", domains=()) for n in range(PAGE)))
    first = fleet.due(NOON, PAGE)
    fleet.due = lambda now, limit, after=None, shard=None: type(first)(first.items, "more")
    queue = FakeHints()

    handle(batch('{"version":1,"shard":"a","after":"from-here"}'), fleet, queue, FakeClock())

    assert len(queue.sent) == MOST_PAGES * PAGE * 3
    assert [(hint.shard, hint.after) for hint in queue.shards] == [("a", "more")]


def test_a_rest_that_cannot_be_sent_brings_the_message_back():
    fleet = FakeTenants(a_tenant())
    page = fleet.due(NOON, PAGE)
    fleet.due = lambda now, limit, after=None, shard=None: type(page)(page.items, "more")
    queue = FakeHints()
    queue.hint_shards = lambda shards: 0

    answer = handle(batch('{"version":1,"shard":"a","after":null}'), fleet, queue, FakeClock())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"version":2,"shard":"a","after":null}', '{"version":1,"shard":"x","after":null}',
     '{"version":1,"shard":{"$ne":1},"after":null}', '{"version":1,"shard":"a","after":null,"extra":1}'],
)  # fmt: skip
def test_que_05_a_message_that_makes_no_sense_comes_back_and_does_nothing(body):
    queue = FakeHints()

    answer = handle(batch(body), FakeTenants(a_tenant()), queue, FakeClock())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert queue.sent == queue.shards == []
