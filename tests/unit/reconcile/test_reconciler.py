import logging
from datetime import timedelta

import pytest

from chalicelib.domain.provisioning import IntegrationStatus
from chalicelib.reconcile.outcome import Outcome
from tests.builders import NOON, a_tenant, all_ok, an_active_tenant
from tests.fakes import FakeTenants
from tests.fakes_reconcile import FakeConnector, Stage, with_status


def test_a_new_tenant_is_brought_to_its_desired_state():
    stage = Stage(a_tenant(domains=("a.test", "b.test")))

    outcome = stage.run()

    assert outcome.kind == "done"
    assert [step.target for step in outcome.steps] == ["a.test", "b.test"]
    assert stage.connector.calls == ["observe", "apply", "apply", "observe"]
    assert stage.status == IntegrationStatus(
        state="ok",
        observed_generation=1,
        last_attempt_at=NOON,
        last_success_at=NOON,
        next_attempt_at=NOON + timedelta(hours=1),
        ids={"a.test": "id-a.test", "b.test": "id-b.test"},
    )


def test_the_third_integration_in_order_makes_the_tenant_active():
    others = all_ok().with_(authentik=IntegrationStatus())
    stage = Stage(a_tenant(provisioning=others))

    stage.run()

    assert stage.stored.status == "active"
    assert stage.stored.activated_at == NOON


def test_que_15_a_look_at_what_is_in_order_writes_times_only():
    stage = Stage(an_active_tenant(), FakeConnector("acme.test"))

    outcome = stage.run()

    assert outcome == Outcome("done")
    assert stage.connector.calls == ["observe"]
    assert stage.status.last_success_at == NOON
    assert stage.stored.version == stage.tenant.version


def test_drift_is_repaired_though_the_generation_was_applied():
    stage = Stage(an_active_tenant(), FakeConnector())

    outcome = stage.run()

    assert outcome.kind == "done"
    assert stage.connector.held == ["acme.test"]


def test_que_11_an_unknown_tenant_is_gone_and_nothing_is_written():
    stage = Stage(a_tenant(), tenants=FakeTenants())

    assert stage.run().kind == "gone"
    assert stage.connector.calls == []
    assert stage.tenants.stored == {}


@pytest.mark.parametrize("state", ["paused", "removed"])
def test_an_integration_at_rest_is_never_run(state):
    tenant = a_tenant(provisioning=with_status(state=state))
    stage = Stage(tenant)

    assert stage.run().kind == "skipped"
    assert stage.connector.calls == []
    assert stage.stored == tenant


def test_que_16_a_change_during_the_run_is_never_reported_as_done():
    stage = Stage(a_tenant())

    def changed():
        stage.tenants.save(stage.stored.changed(NOON, domains=("acme.test", "new.test")), stage.stored)

    stage.connector.before["apply"] = changed

    outcome = stage.run()

    assert (outcome.kind, outcome.delay, outcome.code) == ("later", 0, "generation-moved")
    assert stage.stored.generation == 2
    assert (stage.status.state, stage.status.observed_generation) == ("ok", 1)
    assert stage.status.next_attempt_at == NOON
    assert stage.stored.domains == ("acme.test", "new.test")
    assert not stage.stored.is_converged


def test_que_02_the_newest_wish_is_applied_whatever_the_hint_was_for():
    tenant = a_tenant().changed(NOON).changed(NOON, domains=("third.test",))
    stage = Stage(tenant)

    stage.run()

    assert stage.connector.held == ["third.test"]
    assert stage.status.observed_generation == 3


def test_que_06_no_call_begins_after_the_deadline():
    stage = Stage(an_active_tenant(domains=("a.test", "b.test")))
    stage.connector.before["apply"] = lambda: stage.clock.move(10)

    outcome = stage.run(deadline=NOON + timedelta(seconds=10))

    assert (outcome.kind, outcome.delay, outcome.code) == ("later", 0, "out-of-time")
    assert [step.target for step in outcome.steps] == ["a.test"]
    assert stage.connector.calls == ["observe", "apply"]
    assert stage.status.lease is None
    assert stage.status.next_attempt_at == stage.clock()


def test_what_was_cut_short_is_no_longer_in_order():
    stage = Stage(an_active_tenant())
    stage.connector.before["observe"] = lambda: stage.clock.move(10)

    stage.run(deadline=NOON + timedelta(seconds=10))

    assert stage.status.state == "pending"
    assert stage.run(hinted_at=NOON - timedelta(minutes=1)).kind == "done"


def test_what_was_blocked_stays_so_when_time_runs_out():
    stage = Stage(a_tenant(provisioning=with_status(state="blocked")))

    stage.run(deadline=NOON)

    assert stage.connector.calls == []
    assert stage.status.state == "blocked"


def test_each_outcome_is_one_line_with_ids(caplog):
    caplog.set_level(logging.INFO)
    stage = Stage(a_tenant())

    stage.run()

    (line,) = caplog.records
    assert (line.tenant_id, line.integration) == (stage.tenant.id, "authentik")
    assert (line.outcome, line.steps) == ("done", ["add"])
