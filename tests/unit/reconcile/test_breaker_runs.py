"""What a tenant's status says while nobody calls its integration."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import IntegrationError, IntegrationStatus, Provisioning
from chalicelib.errors import CredentialsRefused, TryLater
from chalicelib.reconcile.gate import Gate
from tests.builders import NOON, a_tenant, an_active_tenant, an_id
from tests.fakes_reconcile import FakeBreakers, FakeConnector, Stage, with_status

PAUSED = "integration-paused-by-breaker"
MESSAGE = "Authentik does not answer; we try again at 12:01:00 UTC"
EARLIER = IntegrationError(code="no-answer", message="Authentik did not answer in time")


def an_open_breaker(seconds=30):
    at = {"opened_at": NOON, "probe_at": NOON + timedelta(seconds=seconds)}
    return FakeBreakers(Breaker(id="authentik", openings=1, version=1, **at))


def test_a_paused_look_makes_no_call_and_says_when_it_is_tried_again():
    stage = Stage(a_tenant(), breakers=an_open_breaker())

    outcome = stage.run()

    assert (outcome.kind, outcome.code, outcome.delay, outcome.message) == ("later", PAUSED, 60, MESSAGE)
    assert stage.connector.calls == []
    assert (stage.status.state, stage.status.lease) == ("retrying", None)
    assert stage.status.error == IntegrationError(code=PAUSED, message=MESSAGE)
    assert stage.status.next_attempt_at == NOON + timedelta(seconds=60)


def test_a_pause_is_no_attempt_and_the_earlier_error_stays():
    before = with_status(state="retrying", attempts=3, error=EARLIER, last_attempt_at=NOON)
    stage = Stage(a_tenant(provisioning=before), breakers=an_open_breaker())
    stage.clock.move(1)

    stage.run()

    assert (stage.status.attempts, stage.status.error) == (3, EARLIER)
    assert stage.status.last_attempt_at == NOON


def test_a_second_pause_tells_the_new_time():
    error = IntegrationError(code=PAUSED, message="Authentik does not answer; we try again at 11:00:00 UTC")
    stage = Stage(
        a_tenant(provisioning=with_status(state="retrying", error=error)), breakers=an_open_breaker()
    )

    stage.run()

    assert stage.status.error.message == MESSAGE


def test_what_a_person_has_to_solve_stays_blocked():
    before = with_status(state="blocked", error=EARLIER)
    stage = Stage(a_tenant(provisioning=before), breakers=an_open_breaker())

    stage.run()

    assert stage.status.state == "blocked"


def test_the_tenant_heals_when_the_vendor_is_back():
    stage = Stage(an_active_tenant(), FakeConnector("acme.test"), breakers=an_open_breaker())
    stage.run()
    stage.clock.move(30)

    healed = stage.run()

    assert (healed.kind, stage.status.state, stage.status.error) == ("done", "ok", None)
    assert stage.breakers.get("authentik").state == "closed"


@pytest.mark.parametrize(
    ("failure", "looks"),
    [(TryLater("no-answer", "Away"), 5), (CredentialsRefused("credentials-refused", "No"), 1)],
)
def test_an_outage_ends_the_calls(failure, looks):
    stage = Stage(a_tenant(), FakeConnector(failing=failure))

    outcomes = [stage.run().code for _ in range(looks + 3)]

    assert outcomes == [failure.code] * looks + [PAUSED] * 3
    assert len(stage.connector.calls) == looks
    assert stage.status.attempts == looks


def test_who_waits_for_another_integration_is_no_probe():
    waiting = a_tenant(lifecycle="terminated", purging_since=NOON)
    stage = Stage(waiting, breakers=an_open_breaker(seconds=0))

    assert stage.run().code == "waits-for-stalwart-ocis"
    assert stage.breakers.get("authentik").state == "open"


def test_a_wish_that_is_already_fulfilled_asks_no_breaker():
    done = IntegrationStatus(state="ok", observed_generation=1, last_attempt_at=NOON)
    stage = Stage(a_tenant(provisioning=Provisioning(authentik=done)))

    assert stage.run(hinted_at=NOON - timedelta(seconds=1)).kind == "skipped"
    assert stage.breakers.reads == 0


def test_que_10_a_pause_is_written_by_nobody_who_lost_the_lease():
    stage = Stage(a_tenant(), breakers=an_open_breaker())
    tenant = stage.stored
    stage.breakers.get = lambda _: (
        stage.tenants.stored.clear()
        or Breaker(id="authentik", opened_at=NOON, probe_at=NOON + timedelta(seconds=30))
    )

    assert stage.run().kind == "gone"
    assert tenant.id not in stage.tenants.stored


def test_without_a_gate_every_look_goes_through():
    stage = Stage(a_tenant(), FakeConnector(failing=TryLater("no-answer", "Away")))
    object.__setattr__(stage.reconciler, "gate", None)

    assert [stage.run().code for _ in range(7)] == ["no-answer"] * 7


def test_workers_of_different_tenants_share_one_breaker():
    breakers = FakeBreakers()
    stages = [Stage(a_tenant(), FakeConnector(failing=TryLater("no-answer", "Away"))) for _ in range(6)]
    for each in stages:
        object.__setattr__(each.reconciler, "gate", Gate(breakers, each.clock, an_id, lambda: 0.5))

    codes = [each.run().code for each in stages]

    assert codes == ["no-answer"] * 5 + [PAUSED]
