"""Drift: what differs though it was seen in order. It is told and repaired, or told and left alone."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from chalicelib.domain.provisioning import Drift, DriftPause, IntegrationStatus
from chalicelib.errors import NeedsPerson, TryLater
from tests.builders import NOON, a_tenant, an_active_tenant
from tests.fakes_reconcile import FakeConnector, Stage, with_status

EARLIER = NOON - timedelta(hours=3)
FOUND = ("Add acme.test",)


def in_order(**given):
    fields = {"state": "ok", "observed_generation": 1, "last_success_at": EARLIER}
    return with_status(**{**fields, **given})


def a_pause(hours=24.0, generation=1):
    until = NOON + timedelta(hours=hours)
    return DriftPause(reason="A migration by hand", until=until, by="op-1", generation=generation)


def a_stage(connector=None, **status):
    return Stage(a_tenant(provisioning=in_order(**status)), connector)


def test_int_17_drift_is_told_with_its_run_and_repaired(caplog):
    caplog.set_level(logging.INFO)
    stage = a_stage()

    outcome = stage.run()

    assert [step.sentence for step in outcome.drift] == list(FOUND)
    assert stage.connector.held == ["acme.test"]
    assert stage.status.drift == Drift(at=NOON, found=FOUND, repaired_at=NOON)
    assert [(run.drift, run.found, run.step_count) for run in stage.runs.added] == [(True, FOUND, 1)]
    assert [(line.levelno, line.drift) for line in caplog.records] == [(logging.WARNING, ["add"])]


@pytest.mark.parametrize("wish", ["new", "changed"])
def test_what_is_wished_for_the_first_time_is_no_drift(wish):
    stage = Stage(a_tenant()) if wish == "new" else Stage(a_tenant(provisioning=in_order()).changed(NOON))

    outcome = stage.run()

    assert (outcome.drift, stage.status.drift) == ((), None)
    assert [(run.drift, run.found) for run in stage.runs.added] == [(False, ())]


def test_a_look_that_finds_no_difference_keeps_the_last_drift():
    last = Drift(at=EARLIER, found=FOUND, repaired_at=EARLIER)
    stage = a_stage(FakeConnector("acme.test"), drift=last)

    stage.run()

    assert stage.status.drift == last


def test_db_11_ten_differences_are_kept():
    tenant = a_tenant(domains=tuple(f"d{n}.test" for n in range(12)), provisioning=in_order())
    stage = Stage(tenant)

    stage.run()

    assert len(stage.status.drift.found) == len(stage.runs.added[0].found) == 10
    assert stage.runs.added[0].step_count == 12


@pytest.mark.parametrize("failure", [TryLater("busy", "Busy"), NeedsPerson("refused", "400")])
def test_drift_that_cannot_be_repaired_now_is_told_all_the_same(failure):
    stage = a_stage(FakeConnector(failing=failure, fails_at="apply"))

    stage.run()

    assert stage.status.drift == Drift(at=NOON, found=FOUND)
    assert [(run.drift, run.outcome != "done") for run in stage.runs.added] == [(True, True)]


def test_drift_that_takes_several_runs_began_with_the_first():
    stage = a_stage(FakeConnector(failing=TryLater("busy", "Busy"), fails_at="apply"))
    stage.run()
    stage.connector._failing = None
    stage.clock.move(60)

    stage.run()

    assert stage.status.drift == Drift(at=NOON, found=FOUND, repaired_at=NOON + timedelta(seconds=60))


def test_drift_that_somebody_else_repaired_is_over():
    stage = a_stage(FakeConnector("acme.test"), drift=Drift(at=EARLIER, found=FOUND))

    stage.run()

    assert stage.status.drift == Drift(at=EARLIER, found=FOUND, repaired_at=NOON)


def test_new_drift_after_an_old_one_begins_anew():
    stage = a_stage(drift=Drift(at=EARLIER, found=("Old",), repaired_at=EARLIER))

    stage.run()

    assert stage.status.drift == Drift(at=NOON, found=FOUND, repaired_at=NOON)


def test_drift_that_is_found_when_time_runs_out_is_told():
    stage = a_stage()
    stage.connector.before["observe"] = lambda: stage.clock.move(10)

    stage.run(deadline=NOON + timedelta(seconds=10))

    assert (stage.status.state, stage.status.drift) == ("pending", Drift(at=NOON, found=FOUND))


def test_something_unforeseen_in_a_repair_tells_the_drift():
    stage = a_stage(FakeConnector(failing=ZeroDivisionError("bug"), fails_at="apply"))

    with pytest.raises(ZeroDivisionError):
        stage.run()

    assert [(run.outcome, run.found) for run in stage.runs.added] == [("broken", FOUND)]


def test_while_repair_is_paused_drift_is_told_and_left_alone():
    stage = a_stage(drift_paused=a_pause())

    outcome = stage.run()

    assert (outcome.kind, outcome.code, outcome.steps) == ("done", "drift-left", ())
    assert stage.connector.calls == ["observe"]
    assert stage.status == IntegrationStatus(
        state="ok",
        observed_generation=1,
        last_attempt_at=NOON,
        last_success_at=EARLIER,
        next_attempt_at=NOON + timedelta(hours=1),
        drift=Drift(at=NOON, found=FOUND),
        drift_paused=a_pause(),
    )
    assert [(run.outcome, run.drift, run.steps) for run in stage.runs.added] == [("done", True, ())]


def test_drift_that_is_left_alone_is_told_once_until_it_changes():
    stage = a_stage(drift_paused=a_pause())
    for _ in range(5):
        stage.run()
        stage.clock.move(60)
    first = list(stage.runs.added)
    stage.tenants.stored[stage.tenant.id] = stage.stored.with_(domains=("acme.test", "b.test"))

    stage.run()

    assert len(first) == 1
    assert [run.found for run in stage.runs.added[1:]] == [("Add acme.test", "Add b.test")]
    assert stage.status.drift.at == NOON


def test_the_same_difference_after_a_repair_is_told_again():
    stage = a_stage(drift_paused=a_pause(), drift=Drift(at=EARLIER, found=FOUND, repaired_at=EARLIER))

    stage.run()

    assert len(stage.runs.added) == 1
    assert stage.status.drift == Drift(at=NOON, found=FOUND)


def test_a_pause_that_finds_no_difference_is_a_good_look():
    stage = a_stage(FakeConnector("acme.test"), drift_paused=a_pause())

    stage.run()

    assert (stage.status.last_success_at, stage.status.drift, stage.runs.added) == (NOON, None, [])


@pytest.mark.parametrize("pause", [a_pause(hours=0), a_pause(generation=7)])
def test_a_pause_that_is_over_or_for_another_wish_leaves_nothing(pause):
    stage = a_stage(drift_paused=pause)

    stage.run()

    assert stage.connector.held == ["acme.test"]


def test_a_wished_change_is_applied_whatever_is_paused():
    stage = Stage(a_tenant(provisioning=in_order(drift_paused=a_pause())).changed(NOON))

    stage.run()
    stage.connector.held.clear()
    stage.run()

    assert stage.connector.held == ["acme.test"]
    assert stage.status.observed_generation == 2


def test_what_was_never_there_is_applied_whatever_is_paused():
    stage = Stage(a_tenant(provisioning=with_status(drift_paused=a_pause())))

    stage.run()

    assert stage.connector.held == ["acme.test"]


def test_a_pause_holds_through_an_outage():
    stage = a_stage(FakeConnector(failing=TryLater("busy", "Busy")), drift_paused=a_pause())
    stage.run()
    stage.connector._failing = None

    stage.run()

    assert stage.connector.held == []
    assert (stage.status.state, stage.status.error, stage.status.attempts) == ("ok", None, 0)


def test_the_end_of_a_pause_brings_the_next_look_forward():
    stage = a_stage(drift_paused=a_pause(hours=0.25))

    stage.run()
    until = stage.status.next_attempt_at
    stage.clock.move(900)
    stage.run()

    assert until == NOON + timedelta(minutes=15)
    assert stage.connector.held == ["acme.test"]


def test_a_change_during_a_look_that_leaves_drift_is_due_at_once():
    stage = Stage(an_active_tenant(provisioning=in_order(drift_paused=a_pause())))
    stage.connector.before["observe"] = lambda: stage.tenants.save(stage.stored.changed(NOON), stage.stored)

    outcome = stage.run()

    assert (outcome.kind, outcome.code) == ("later", "generation-moved")
    assert stage.status.next_attempt_at == NOON
