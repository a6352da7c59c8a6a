from datetime import timedelta

import pytest

from chalicelib.domain.provisioning import IntegrationStatus, Lease, Provisioning
from chalicelib.reconcile.turns import TRIES
from tests.builders import NOON, a_tenant
from tests.fakes_reconcile import BusyTenants, FakeConnector, Stage, with_status


def test_the_lease_is_held_during_the_run_and_given_back_after_it():
    stage, held = Stage(a_tenant()), []
    stage.connector.before["observe"] = lambda: held.append(stage.status.lease)

    stage.run()

    assert held[0].until == NOON + timedelta(seconds=60)
    assert stage.status.lease is None


def test_que_01_a_live_lease_of_another_is_waited_for():
    lease = Lease(token="other", until=NOON + timedelta(seconds=42))
    stage = Stage(a_tenant(provisioning=with_status(lease=lease)))

    outcome = stage.run()

    assert (outcome.kind, outcome.delay, outcome.code) == ("later", 42, "lease-taken")
    assert stage.connector.calls == []
    assert stage.stored == stage.tenant


@pytest.mark.parametrize("until", [NOON, NOON - timedelta(hours=1), NOON + timedelta(hours=1)])
def test_que_26_a_lease_that_ended_or_came_from_a_wrong_clock_is_taken_over(until):
    stage = Stage(a_tenant(provisioning=with_status(lease=Lease(token="crashed", until=until))))

    assert stage.run().kind == "done"


def test_que_10_a_worker_that_lost_its_lease_writes_nothing():
    stage = Stage(a_tenant())

    def taken_over():
        stage.clock.move(61)
        stage.connector.before.clear()
        other = Lease(token="other", until=stage.clock() + timedelta(seconds=60))
        with_other = stage.stored.provisioning.with_status("authentik", IntegrationStatus(lease=other))
        stage.tenants.save(stage.stored.with_(provisioning=with_other), stage.stored)
        stage.taken = stage.stored

    stage.connector.before["observe"] = taken_over

    outcome = stage.run()

    assert (outcome.kind, outcome.code) == ("skipped", "fenced")
    assert stage.connector.held == []
    assert stage.stored == stage.taken


@pytest.mark.parametrize("deadline", [None, NOON + timedelta(minutes=10)])
def test_que_10_a_worker_that_slept_through_its_lease_makes_no_further_call(deadline):
    stage = Stage(a_tenant())
    stage.connector.before["observe"] = lambda: stage.clock.move(46)

    outcome = stage.run(deadline=deadline)

    assert (outcome.kind, outcome.delay) == ("later", 0)
    assert stage.connector.calls == ["observe"]


def test_something_unforeseen_leaves_the_lease_to_end_by_itself(caplog):
    stage = Stage(a_tenant(), FakeConnector(failing=ZeroDivisionError("bug")))

    with pytest.raises(ZeroDivisionError):
        stage.run()

    assert stage.status.lease.until == NOON + timedelta(seconds=60)
    assert caplog.records[-1].tenant_id == stage.tenant.id
    assert caplog.records[-1].exc_info


def test_que_07_a_crashed_run_is_taken_up_after_its_lease():
    stage = Stage(a_tenant(), FakeConnector())
    stage.connector.before["apply"] = lambda: (_ for _ in ()).throw(ZeroDivisionError("killed"))
    with pytest.raises(ZeroDivisionError):
        stage.run()

    waiting = stage.run()
    stage.clock.move(60)
    healed = stage.run()

    assert (waiting.kind, waiting.delay) == ("later", 60)
    assert healed.kind == "done"


@pytest.mark.parametrize("refusals", [1, 4])
def test_others_who_write_at_the_same_moment_are_waited_out(refusals):
    tenant = a_tenant()
    stage = Stage(tenant, tenants=BusyTenants(tenant, refusals=refusals))
    stage.connector.before["observe"] = lambda: setattr(stage.tenants, "refusals", refusals)

    assert stage.run().kind == "done"
    assert stage.tenants.saves == 2


def test_a_lease_that_cannot_be_had_is_tried_later():
    tenant = a_tenant()
    stage = Stage(tenant, tenants=BusyTenants(tenant, refusals=TRIES))

    outcome = stage.run()

    assert (outcome.kind, outcome.delay, outcome.code) == ("later", 60, "concurrent-change")
    assert stage.connector.calls == []


def test_a_status_that_cannot_be_written_is_tried_later():
    tenant = a_tenant()
    stage = Stage(tenant, tenants=BusyTenants(tenant))
    stage.connector.before["observe"] = lambda: setattr(stage.tenants, "refusals", TRIES)

    assert stage.run().code == "concurrent-change"


def test_a_tenant_that_vanishes_during_the_run_is_gone():
    stage = Stage(a_tenant())
    stage.connector.before["observe"] = stage.tenants.stored.clear

    assert stage.run().kind == "gone"
    assert stage.tenants.stored == {}


def test_que_28_a_storm_of_hints_is_answered_by_one_look():
    stage = Stage(a_tenant())
    sent = NOON - timedelta(seconds=1)

    outcomes = [stage.run(hinted_at=sent).kind for _ in range(3)]

    assert outcomes == ["done", "skipped", "skipped"]
    assert stage.connector.calls == ["observe", "apply", "observe"]


def test_a_hint_from_after_the_last_look_is_followed():
    stage = Stage(a_tenant())
    stage.run()

    assert stage.run(hinted_at=NOON).kind == "done"


@pytest.mark.parametrize(
    "given", [{"state": "retrying"}, {"observed_generation": 0}, {"last_attempt_at": None}]
)
def test_an_old_hint_counts_when_the_last_look_was_no_answer(given):
    good = IntegrationStatus(state="ok", observed_generation=1, last_attempt_at=NOON)
    stage = Stage(a_tenant(provisioning=Provisioning(authentik=good.with_(**given))))

    assert stage.run(hinted_at=NOON - timedelta(hours=1)).kind == "done"
