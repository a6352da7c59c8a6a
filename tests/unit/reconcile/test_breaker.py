"""The breaker, closed: when nobody calls any more, and what it costs to ask."""

from __future__ import annotations

import logging

import pytest

from chalicelib.domain.breaker import Breaker
from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater, Unavailable, WaitsFor
from chalicelib.reconcile.walk import OutOfTime
from tests.builders import NOON
from tests.unit.reconcile.breaking import AWAY, Workers


@pytest.mark.parametrize(
    "failure",
    [AWAY, TryLater("unreachable", "No"), TryLater("server-error", "500"), TryLater("server-error", "503")],
)
def test_int_19_five_failures_in_a_row_open_it_for_all_workers(failure):
    workers = Workers()

    pauses = [workers.run(failure) for _ in range(7)]

    assert workers.calls == 5
    assert pauses[:5] == [None] * 5
    assert (workers.breaker.state, workers.breaker.error.code) == ("open", failure.code)
    assert pauses[6].message == "oCIS does not answer; we try again at 12:01:00 UTC"
    assert pauses[6].delay == 60


@pytest.mark.parametrize(
    "answered",
    [
        None,
        NeedsPerson("name-conflict", "Taken"),
        TryLater("busy", "429"),
        TryLater("busy", "429", delay=30),
        TryLater("not-converged", "Not seen"),
        WaitsFor("waits-for-authentik", "No users yet"),
    ],
)
def test_an_answer_in_between_begins_the_count_again(answered):
    workers = Workers()

    for failure in [*[AWAY] * 4, answered, *[AWAY] * 4]:
        workers.run(failure)

    assert (workers.calls, workers.breaker.state, workers.breaker.failures) == (9, "closed", 4)


@pytest.mark.parametrize(
    ("asked", "pause"), [(None, 30), (5, 30), (120, 120), (300, 300), (900, 300)], ids=str
)
def test_int_04_it_opens_for_as_long_as_a_retry_after_says_within_the_cap(asked, pause):
    workers = Workers()

    for _ in range(5):
        workers.run(TryLater("server-error", "503", delay=asked))

    assert workers.breaker.wait(NOON).total_seconds() == pause


def test_int_04_busy_for_one_is_not_away_for_all():
    workers = Workers()

    for _ in range(20):
        workers.run(TryLater("busy", "429", delay=30))

    assert (workers.calls, workers.store.stored) == (20, {})


@pytest.mark.parametrize(
    "unclear",
    [TryLater("unexpected-answer", "Nonsense"), TryLater("secret-unavailable", "No secret"), OutOfTime()],
)
def test_what_says_nothing_about_the_vendor_leaves_the_count_as_it_is(unclear):
    workers = Workers()

    for failure in [*[AWAY] * 4, unclear, AWAY]:
        workers.run(failure)

    assert workers.breaker.state == "open"


def test_int_01_refused_credentials_open_it_at_once_and_for_the_longest_time(caplog):
    workers = Workers()

    workers.run(CredentialsRefused("credentials-refused", "Token refused"))
    pause = workers.run()

    assert (workers.calls, pause.delay) == (1, 300 + 30)
    assert pause.message.startswith("oCIS does not accept our credentials; we try again at 12:05:30")
    assert [(line.levelno, line.integration) for line in caplog.records] == [(logging.ERROR, "ocis")]


def test_health_costs_one_read_every_few_seconds_and_no_write():
    workers = Workers()
    gate = workers.a_gate()

    for _ in range(100):
        workers.run(gate=gate)
    workers.clock.move(5)
    workers.run(gate=gate)

    assert workers.store.reads == 2
    assert workers.store.stored == {}


def test_a_clock_that_was_set_back_does_not_make_health_last_for_ever():
    workers = Workers()
    gate = workers.a_gate()
    workers.run(gate=gate)
    workers.clock.move(-3600)

    workers.run(gate=gate)

    assert workers.store.reads == 2


def test_a_worker_learns_within_seconds_that_the_others_stopped():
    workers = Workers()
    gate = workers.a_gate()
    workers.run(gate=gate)
    for _ in range(5):
        workers.run(AWAY)

    unaware = workers.run(gate=gate)
    workers.clock.move(5)

    assert unaware is None
    assert workers.run(gate=gate).delay > 0


def test_after_its_own_failure_a_worker_remembers_no_health():
    workers = Workers()
    gate = workers.a_gate()

    for _ in range(6):
        workers.run(AWAY, gate)

    assert workers.calls == 5


def test_failures_at_the_same_moment_are_all_counted():
    workers = Workers()
    workers.store.before_save = lambda: workers.run(AWAY)

    workers.run(AWAY)

    assert workers.breaker.failures == 2


def test_a_worker_that_always_comes_second_gives_up_counting():
    workers = Workers()

    def again():
        workers.store.stored["ocis"] = workers.breaker.with_(version=workers.breaker.version + 1)
        workers.store.before_save = again

    workers.store.before_save = again
    workers.run(AWAY)

    assert workers.breaker.failures == 0


def test_a_database_that_is_away_takes_no_result_from_a_run(caplog):
    workers = Workers(Breaker(id="ocis", failures=1, version=1))

    def away():
        raise Unavailable("Busy")

    workers.store.before_save = away

    assert workers.run(AWAY) is None
    assert caplog.records[-1].message == "breaker not written"
