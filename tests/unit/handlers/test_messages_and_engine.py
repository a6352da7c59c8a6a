"""Messages as they really come, twice, late or forged: handler and engine together bring one effect."""

import json
from datetime import timedelta

import pytest
from chalice.app import SQSEvent

from chalicelib.domain.provisioning import IntegrationStatus, Provisioning
from chalicelib.handlers.reconcile_queue import handle
from chalicelib.handlers.sweep import plan, sweep
from chalicelib.reconcile.outcome import Outcome
from tests.builders import NOON, a_tenant
from tests.fakes import FakeClock, FakeTenants
from tests.fakes_reconcile import FakeHints, FakeReconciler, Stage

LOOK = ["observe", "apply", "observe"]  # what one run does for a tenant of one domain


def a_body(tenant, **given):
    fields = {"version": 1, "tenantId": tenant.id, "reason": "created", "runId": "run-1"}
    return json.dumps({**fields, **given})


def a_batch(*bodies, sent=NOON - timedelta(seconds=1)):
    stamp = {"SentTimestamp": str(int(sent.timestamp() * 1000))}
    records = [
        {"messageId": f"m{number}", "receiptHandle": f"r{number}", "body": body, "attributes": stamp}
        for number, body in enumerate(bodies, start=1)
    ]
    return SQSEvent({"Records": records}, None)


def deliver(event, reconciler):
    answer = handle(event, "authentik", reconciler, FakeHints(), lambda: 60_000)
    return [each["itemIdentifier"] for each in json.loads(json.dumps(answer))["batchItemFailures"]]


def test_que_01_a_message_that_comes_twice_in_sequence_has_one_effect():
    stage = Stage(a_tenant())

    failed = [deliver(a_batch(a_body(stage.tenant)), stage.reconciler) for _ in range(2)]

    assert failed == [[], []]
    assert stage.connector.calls == LOOK


def test_que_01_of_two_workers_with_the_same_message_one_acts_and_the_other_waits():
    stage, rival = Stage(a_tenant()), []
    message = a_batch(a_body(stage.tenant))
    stage.connector.before["observe"] = lambda: rival.append(deliver(message, stage.reconciler))

    failed = deliver(message, stage.reconciler)

    assert (failed, rival) == ([], [["m1"]])
    assert stage.connector.calls == LOOK


def test_que_03_of_ten_messages_only_the_poison_and_the_slow_one_come_back():
    tenants = [a_tenant() for _ in range(10)]
    bodies = [a_body(each) for each in tenants]
    bodies[3] = "poison"
    outcomes = [Outcome("later", delay=60) if each is tenants[7] else Outcome("done") for each in tenants]
    del outcomes[3]
    reconciler = FakeReconciler(FakeClock(), *outcomes)

    failed = deliver(a_batch(*bodies), reconciler)
    again = deliver(a_batch(*(bodies[int(each[1:]) - 1] for each in failed)), reconciler)

    assert (failed, again) == (["m4", "m8"], ["m1"])
    assert [call[1] for call in reconciler.calls[9:]] == [tenants[7].id]


def test_que_04_a_batch_that_comes_back_as_a_whole_has_no_second_effect():
    stage = Stage(a_tenant())
    batch = a_batch(*[a_body(stage.tenant)] * 10)
    deliver(batch, stage.reconciler)

    assert deliver(batch, stage.reconciler) == []
    assert stage.connector.calls == LOOK


def test_que_13_a_sweep_on_top_of_another_leads_to_one_look():
    stage, hints = Stage(a_tenant()), FakeHints()
    for _ in range(2):
        sweep(stage.tenants, hints, stage.clock)
    stage.clock.move(1)
    bodies = [
        a_body(stage.tenant, reason=each.reason) for each in hints.sent if each.integration == "authentik"
    ]

    failed = deliver(a_batch(*bodies, sent=NOON), stage.reconciler)

    assert (len(bodies), failed) == (2, [])
    assert stage.connector.calls == LOOK


@pytest.mark.parametrize("late", [0, 3600])
def test_que_14_a_clock_that_fires_twice_or_an_hour_late_changes_nothing_twice(late):
    stage, hints = Stage(a_tenant()), FakeHints()
    for _ in range(2):
        plan(hints)
    stage.clock.move(late)
    for shard in hints.shards:
        sweep(stage.tenants, hints, stage.clock, shard.shard)
    bodies = [a_body(stage.tenant) for each in hints.sent if each.integration == "authentik"]
    sent = stage.clock()
    stage.clock.move(1)

    assert deliver(a_batch(*bodies, sent=sent), stage.reconciler) == []
    assert stage.connector.calls == LOOK


def test_que_23_last_weeks_message_about_what_is_in_order_costs_no_call():
    good = IntegrationStatus(state="ok", observed_generation=1, last_attempt_at=NOON)
    stage = Stage(a_tenant(provisioning=Provisioning(authentik=good)))

    assert deliver(a_batch(a_body(stage.tenant), sent=NOON - timedelta(days=7)), stage.reconciler) == []
    assert stage.connector.calls == []


def test_que_23_last_weeks_message_applies_the_wish_of_today():
    stage = Stage(a_tenant().changed(NOON, domains=("today.test",)))

    assert deliver(a_batch(a_body(stage.tenant), sent=NOON - timedelta(days=7)), stage.reconciler) == []
    assert stage.connector.held == ["today.test"]


FORGED = {
    "another tenant": {"tenantId": "f" * 32},
    "a command": {"command": "purge"},
    "a wish": {"domains": ["evil.test"]},
    "rights": {"actor": {"platformAdmin": True}},
    "a huge count": {"generation": 10**30},
    "a query": {"tenantId": {"$gt": ""}},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_que_24_and_azt_18_a_forged_message_does_nothing(forged):
    stage = Stage(a_tenant())

    deliver(a_batch(a_body(stage.tenant, **forged)), stage.reconciler)

    assert stage.connector.calls == []
    assert stage.tenants.stored == {stage.tenant.id: stage.tenant}


def test_que_24_what_a_forger_writes_into_the_reason_is_no_command():
    stage = Stage(a_tenant())

    deliver(a_batch(a_body(stage.tenant, reason="purge")), stage.reconciler)

    assert stage.connector.held == ["acme.test"]
    assert (stage.stored.lifecycle, stage.stored.generation) == ("active", 1)


def test_que_28_a_thousand_duplicates_cost_a_read_each_and_nothing_else():
    class CountedTenants(FakeTenants):
        reads = saves = 0

        def find(self, tenant_id):
            self.reads += 1
            return super().find(tenant_id)

        def save(self, tenant, as_read):
            self.saves += 1
            return super().save(tenant, as_read)

    tenant = a_tenant()
    stage = Stage(tenant, tenants=CountedTenants(tenant))
    deliver(a_batch(a_body(tenant)), stage.reconciler)
    reads, saves = stage.tenants.reads, stage.tenants.saves

    for _ in range(100):
        assert deliver(a_batch(*[a_body(tenant)] * 10), stage.reconciler) == []

    assert (stage.tenants.reads - reads, stage.tenants.saves - saves) == (1_000, 0)
    assert stage.connector.calls == LOOK
