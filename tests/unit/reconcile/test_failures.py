import logging
from datetime import timedelta

import pytest

from chalicelib.domain.provisioning import IntegrationError, IntegrationStatus
from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater, WaitsFor
from tests.builders import NOON, a_tenant, an_active_tenant
from tests.fakes_reconcile import FakeConnector, Stage, with_status


def test_a_change_during_a_run_that_fails_is_due_at_once():
    stage = Stage(a_tenant(), FakeConnector(failing=NeedsPerson("name-conflict", "Taken")))
    stage.connector.before["observe"] = lambda: stage.tenants.save(stage.stored.changed(NOON), stage.stored)

    stage.run()

    assert stage.status.next_attempt_at == NOON


def test_que_22_a_busy_vendor_is_tried_again_with_backoff():
    failure = TryLater("busy", "Busy")
    tenant = a_tenant(provisioning=with_status(state="retrying", attempts=2))
    stage = Stage(tenant, FakeConnector(failing=failure))

    outcome = stage.run()

    assert (outcome.kind, outcome.delay, outcome.code) == ("later", 4, failure.code)
    assert stage.status == IntegrationStatus(
        state="retrying",
        attempts=3,
        error=IntegrationError(code=failure.code, message=failure.message),
        last_attempt_at=NOON,
        next_attempt_at=NOON + timedelta(seconds=4),
    )


def test_to_wait_for_another_integration_is_no_failure_and_is_looked_at_again_after_a_minute():
    tenant = a_tenant(provisioning=with_status(state="retrying", attempts=2))
    stage = Stage(tenant, FakeConnector(failing=WaitsFor("waits-for-authentik", "No users yet")))

    outcome = stage.run()

    assert (outcome.kind, outcome.delay, outcome.code) == ("later", 60, "waits-for-authentik")
    assert (stage.status.attempts, stage.status.error.message) == (2, "No users yet")


def test_the_wait_that_a_vendor_asks_for_is_honoured():
    stage = Stage(a_tenant(), FakeConnector(failing=TryLater("busy", "Busy", delay=120)), uniform=0.0)

    assert stage.run().delay == 120
    assert stage.status.next_attempt_at == NOON + timedelta(seconds=120)


def test_success_ends_the_count_of_failures():
    before = with_status(state="retrying", attempts=7, error=IntegrationError(code="busy", message="Busy"))
    stage = Stage(a_tenant(provisioning=before))

    stage.run()

    assert (stage.status.state, stage.status.attempts, stage.status.error) == ("ok", 0, None)


@pytest.mark.parametrize(
    ("failure", "code", "minutes"),
    [
        (NeedsPerson("name-conflict", "Someone else's"), "name-conflict", 60),
        (CredentialsRefused("whatever", "Token refused"), "credentials-refused", 15),
    ],
)
def test_que_21_what_a_person_has_to_solve_is_blocked_and_looked_at_rarely(failure, code, minutes, caplog):
    stage = Stage(a_tenant(), FakeConnector(failing=failure))

    outcome = stage.run()

    assert (outcome.kind, outcome.code, outcome.message) == ("blocked", code, failure.message)
    assert (stage.status.state, stage.status.error.code) == ("blocked", code)
    assert stage.status.next_attempt_at == NOON + timedelta(minutes=minutes)
    assert caplog.records[-1].levelno == logging.ERROR


def test_a_failure_keeps_what_was_known_before():
    tenant = an_active_tenant()
    stage = Stage(tenant, FakeConnector(failing=TryLater("busy", "Busy")))

    stage.run()

    assert stage.status.observed_generation == 1
    assert stage.status.last_success_at == NOON
    assert stage.stored.status == "active"


def test_steps_before_a_failure_are_told():
    stage = Stage(a_tenant(domains=("a.test", "b.test")), FakeConnector(fails_at="apply"))

    def fails_next():
        stage.connector.before["apply"] = lambda: (_ for _ in ()).throw(TryLater("busy", "Busy"))

    stage.connector.before["apply"] = fails_next

    outcome = stage.run()

    assert (outcome.kind, [step.target for step in outcome.steps]) == ("later", ["a.test"])


def test_a_vendor_that_accepts_and_does_nothing_is_not_believed():
    stage = Stage(a_tenant())
    stage.connector.lies = True

    outcome = stage.run()

    assert (outcome.kind, outcome.code) == ("later", "not-converged")
    assert stage.status.state == "retrying"
