"""A purge: when it may begin, in which order it goes, and that nothing leads out of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS, IntegrationStatus, Lease, Provisioning
from chalicelib.domain.steps import Step
from chalicelib.errors import ImpossibleMove, TryLater
from chalicelib.reconcile.journal import Journal
from chalicelib.reconcile.outcome import Outcome
from chalicelib.reconcile.turns import Turn
from tests.builders import NOON, all_ok, an_active_tenant, an_id
from tests.fakes import FakeClock
from tests.fakes_reconcile import FakeConnector, FakeRuns, Stage

MONTH = timedelta(days=30)


def a_terminated_tenant():
    return an_active_tenant().terminated(NOON, MONTH)


def statuses(**states):
    given = {each: IntegrationStatus(state=states.get(each, "ok")) for each in INTEGRATIONS}
    return Provisioning(**given)


def test_a_tenant_is_purged_only_after_it_could_no_longer_be_restored():
    tenant = a_terminated_tenant()

    with pytest.raises(ImpossibleMove):
        tenant.purged(NOON + MONTH - timedelta(seconds=1))
    assert tenant.purged(NOON + MONTH).purging


def test_a_live_tenant_is_never_purged():
    with pytest.raises(ImpossibleMove):
        an_active_tenant().purged(NOON)


@pytest.mark.parametrize("move", ["change", "suspend", "resume", "terminate", "restore", "purge"])
def test_que_17_nothing_leads_out_of_a_purge(move):
    tenant = a_terminated_tenant().purged(NOON + MONTH)

    with pytest.raises(ImpossibleMove):
        tenant.check_move(move)


def test_identity_goes_last():
    tenant = a_terminated_tenant().purged(NOON + MONTH).with_(provisioning=statuses(ocis="removed"))
    stage = Stage(tenant)

    outcome = stage.run()

    assert (outcome.kind, outcome.code) == ("later", "waits-for-stalwart")
    assert stage.status.error.message == "Goes last: stalwart has to be done before"
    assert stage.connector.calls == []


def test_when_all_three_are_seen_empty_the_tenant_is_purged_and_never_due_again():
    tenant = a_terminated_tenant().purged(NOON + MONTH)
    gone = IntegrationStatus(state="removed", observed_generation=tenant.generation)
    stage = Stage(tenant.with_(provisioning=Provisioning(stalwart=gone, ocis=gone)))

    outcome = stage.run()

    assert (outcome.kind, stage.status.state) == ("done", "removed")
    assert stage.stored.purged_at == stage.clock.now
    assert stage.stored.due_at.year == 9999
    assert stage.stored.status == "terminated"


def test_a_restored_tenant_forgets_its_purge():
    restored = a_terminated_tenant().restored(NOON)

    assert (restored.purge_after, restored.terminated_at, restored.lifecycle) == (None, None, "active")
    assert restored.provisioning.authentik.state == all_ok().authentik.state


def test_the_record_of_a_purge_names_nobody():
    purging = a_terminated_tenant().purged(NOON + MONTH)
    turn = Turn(purging, "ocis", Lease(token="t", until=NOON), NOON)
    step = Step(action="delete-user", sentence="Delete the user ada.lovelace@acme.test", risk="destructive")
    runs = FakeRuns()

    Journal(runs, FakeClock(), an_id).note(turn, Outcome("done", steps=(step,)), {})

    (run,) = runs.added
    assert [each.sentence for each in run.steps] == ["Delete the user …@acme.test"]
    assert run.expires_at is None


def test_que_19_a_purge_that_fails_in_one_of_three_says_why_and_is_never_over_early():
    tenant = a_terminated_tenant().purged(NOON + MONTH)
    gone = IntegrationStatus(state="removed", observed_generation=tenant.generation)
    away = FakeConnector("acme.test", failing=TryLater("busy", "Busy"))
    stage = Stage(tenant.with_(provisioning=Provisioning(stalwart=gone, ocis=gone)), away)

    outcome = stage.run()

    assert (outcome.kind, stage.stored.purged_at) == ("later", None)
    assert (stage.status.state, stage.status.error.message) == ("retrying", "Busy")
    assert stage.status.next_attempt_at > NOON
