"""The record of runs: what is worth a line, what the line says, and that it never stands in the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import IntegrationStatus, Lease, Provisioning
from chalicelib.domain.run import Run, RunStep
from chalicelib.errors import NeedsPerson, TryLater, Unavailable
from tests.builders import NOON, a_tenant, an_active_tenant
from tests.fakes_reconcile import FakeBreakers, FakeConnector, FakeRuns, Stage, with_status


def test_a_run_says_who_what_when_why_and_how_it_ended():
    stage = Stage(a_tenant(), FakeConnector())
    stage.connector.before["apply"] = lambda: stage.clock.move(1.25)

    stage.run(run_id="run-1", reason="tenant.create")

    assert stage.runs.added == [
        Run(
            id="run-1",
            run_id="run-1",
            tenant_id=stage.tenant.id,
            integration="authentik",
            generation=1,
            reason="tenant.create",
            started_at=NOON,
            duration_ms=1_250,
            outcome="done",
            steps=(RunStep(sentence="Add acme.test", risk="safe"),),
            step_count=1,
            expires_at=NOON + timedelta(days=90),
        )
    ]


@pytest.mark.parametrize(
    "failure", [TryLater("busy", "Busy"), NeedsPerson("name-conflict", "Someone else's")]
)
def test_a_failure_is_told_with_its_code_and_message(failure):
    stage = Stage(an_active_tenant(), FakeConnector(failing=failure))

    outcome = stage.run()

    (run,) = stage.runs.added
    assert (run.outcome, run.code, run.message) == (outcome.kind, failure.code, failure.message)


def test_a_look_that_finds_everything_as_it_was_is_no_news():
    stage = Stage(an_active_tenant(), FakeConnector("acme.test"))

    for _ in range(10):
        stage.run()

    assert stage.runs.added == []


@pytest.mark.parametrize("before", [{"state": "retrying", "observed_generation": 1}, {"state": "ok"}])
def test_a_look_that_finds_in_order_what_was_not_is_news(before):
    stage = Stage(a_tenant(provisioning=with_status(**before)), FakeConnector("acme.test"))

    stage.run()

    assert [(run.outcome, run.steps) for run in stage.runs.added] == [("done", ())]


def test_looks_that_do_not_begin_leave_no_run():
    lease = Lease(token="other", until=NOON + timedelta(seconds=42))
    busy = Stage(a_tenant(provisioning=with_status(lease=lease)))
    at_rest = Stage(a_tenant(provisioning=with_status(state="removed")))
    breaker = Breaker(id="authentik", opened_at=NOON, probe_at=NOON + timedelta(seconds=30))
    paused = Stage(a_tenant(), breakers=FakeBreakers(breaker))

    for stage in (busy, at_rest, paused):
        stage.run()
        assert stage.runs.added == []


def test_who_lost_the_lease_tells_what_it_had_done():
    stage = Stage(a_tenant())

    def taken_over():
        with_other = Provisioning(authentik=IntegrationStatus(lease=Lease(token="other", until=NOON)))
        stage.tenants.save(stage.stored.with_(provisioning=with_other), stage.stored)

    stage.connector.before["apply"] = taken_over

    stage.run()

    (run,) = stage.runs.added
    assert (run.outcome, run.code, run.step_count) == ("skipped", "fenced", 1)


def test_something_unforeseen_is_told_in_plain_words():
    stage = Stage(a_tenant(), FakeConnector(failing=ZeroDivisionError("canary"), fails_at="apply"))

    with pytest.raises(ZeroDivisionError):
        stage.run()

    (run,) = stage.runs.added
    assert (run.outcome, run.code) == ("broken", "unforeseen")
    assert "canary" not in run.model_dump_json()


def test_a_hint_that_needs_several_runs_has_all_of_them():
    stage = Stage(a_tenant(), FakeConnector(failing=TryLater("busy", "Busy")))

    stage.run(run_id="run-1")
    stage.run(run_id="run-1")

    first, second = stage.runs.added
    assert (first.id, first.run_id, second.run_id) == ("run-1", "run-1", "run-1")
    assert second.id != "run-1"


def test_a_look_without_a_hint_has_an_id_of_its_own():
    stage = Stage(a_tenant())

    stage.run()

    (run,) = stage.runs.added
    assert len(run.id) == 32
    assert (run.run_id, run.reason) == (run.id, "")


@pytest.mark.parametrize("reason", ["<script>", "Reason", "a b", "x" * 65, "a\n", ""])
def test_a_reason_that_is_none_of_ours_is_not_repeated(reason):
    stage = Stage(a_tenant())

    stage.run(reason=reason)

    assert stage.runs.added[0].reason == ""


def test_db_11_a_run_lists_fifty_steps_and_counts_all():
    stage = Stage(a_tenant(domains=tuple(f"d{number}.test" for number in range(60))))

    stage.run()

    (run,) = stage.runs.added
    assert (len(run.steps), run.step_count) == (50, 60)


def test_the_runs_of_a_purge_are_kept_for_ever():
    gone = IntegrationStatus(state="removed")
    purging = a_tenant(lifecycle="terminated", purging_since=NOON, domains=())
    stage = Stage(purging.with_(provisioning=Provisioning(stalwart=gone, ocis=gone)))

    stage.run()

    assert [run.expires_at for run in stage.runs.added] == [None]


@pytest.mark.parametrize("trouble", [Unavailable("Busy"), ZeroDivisionError("bug")])
def test_a_run_that_cannot_be_told_has_happened_all_the_same(trouble, caplog):
    stage = Stage(a_tenant())
    stage.runs.failing = trouble

    assert stage.run().kind == "done"
    assert stage.status.state == "ok"
    assert [line.message for line in caplog.records] == ["run not recorded"]


def test_without_a_record_a_look_is_a_look():
    stage = Stage(a_tenant())
    object.__setattr__(stage.reconciler, "runs", None)

    assert stage.run().kind == "done"
    assert stage.runs.added == FakeRuns().added
