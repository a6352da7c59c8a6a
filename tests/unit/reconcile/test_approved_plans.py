"""A run with an approved plan does exactly that, or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.plan import part_digest
from chalicelib.domain.provisioning import Approval, DriftPause
from chalicelib.domain.wanted import wanted
from tests.builders import NOON, a_tenant
from tests.fakes_reconcile import FakeConnector, Stage, with_status


def digest_of(stage):
    goal = wanted(stage.stored, ())
    observed = tuple(stage.connector.held)
    return part_digest(goal, observed, stage.connector.diff(goal, observed))


def test_what_was_approved_is_done():
    stage = Stage(a_tenant())

    outcome = stage.run(approved=digest_of(stage))

    assert (outcome.kind, stage.connector.held, stage.status.state) == ("done", ["acme.test"], "ok")


@pytest.mark.parametrize("held", [["stranger.test"], ["acme.test"]])
def test_when_the_far_side_moved_in_between_nothing_is_done_and_no_status_changes(held):
    stage = Stage(a_tenant())
    approved, before = digest_of(stage), stage.status
    stage.connector.held = list(held)

    outcome = stage.run(approved=approved)

    assert (outcome.kind, outcome.code, outcome.steps) == ("skipped", "plan-moved", ())
    assert stage.connector.held == held
    assert stage.status == before


def test_when_the_wish_moved_in_between_nothing_is_done():
    stage = Stage(a_tenant())
    approved, tenant = digest_of(stage), stage.stored
    stage.tenants.stored[tenant.id] = tenant.changed(stage.clock.now, domains=("acme.test", "new.test"))

    assert stage.run(approved=approved).code == "plan-moved"
    assert stage.connector.held == []


def test_que_24_an_approved_plan_can_only_make_a_run_do_less():
    stage = Stage(a_tenant(), FakeConnector())

    assert stage.run(approved="forged").code == "plan-moved"
    assert stage.run().kind == "done"


@pytest.mark.parametrize(("minutes", "is_kept"), [(-1, False), (0, False), (1, True)])
def test_a_look_takes_away_pauses_and_approvals_that_are_over(minutes, is_kept):
    until = NOON + timedelta(minutes=minutes)
    pause = DriftPause(reason="Migration", until=until, by="op", generation=1)
    before = with_status(drift_paused=pause, approval=Approval(digest="d", by="op", until=until))
    stage = Stage(a_tenant(provisioning=before), FakeConnector("acme.test"))

    stage.run()

    assert (stage.status.drift_paused is not None, stage.status.approval is not None) == (is_kept, is_kept)
