"""The breaker: when nobody calls any more, who finds out that the vendor is back, and what it costs."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

import pytest

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import IntegrationError, Lease
from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater, Unavailable, WaitsFor
from chalicelib.reconcile.gate import Gate, Paused
from chalicelib.reconcile.walk import OutOfTime
from tests.builders import NOON, an_id
from tests.fakes import FakeClock
from tests.fakes_reconcile import FakeBreakers

AWAY = TryLater("no-answer", "oCIS did not answer in time")
OF_AWAY = IntegrationError(code="no-answer", message="oCIS did not answer in time")


class Workers:
    """Some workers before one vendor, sharing nothing but the store and the time."""

    def __init__(self, breaker=None, uniform=0.5):
        self.store = FakeBreakers(*([breaker] if breaker else []))
        self.clock = FakeClock()
        self.uniform = uniform
        self.calls = 0

    def a_gate(self):
        return Gate(self.store, self.clock, an_id, lambda: self.uniform)

    def run(self, failure=None, gate=None):
        """One run that ends with `failure`; the answer is the pause if it was not let through."""
        try:
            with suppress(*[type(failure)] if failure else []), (gate or self.a_gate()).passage("ocis"):
                self.calls += 1
                _fail_with(failure)
        except Paused as pause:
            return pause
        return None

    @property
    def breaker(self):
        return self.store.get("ocis")


def _fail_with(failure):
    if failure:
        raise failure


def an_open_breaker(**given):
    fields = {"id": "ocis", "openings": 1, "opened_at": NOON - timedelta(seconds=30), "error": OF_AWAY}
    return Breaker(**{**fields, "failures": 5, "probe_at": NOON, "version": 7, **given})


@pytest.mark.parametrize(
    "failure",
    [AWAY, TryLater("unreachable", "No"), TryLater("server-error", "500"), TryLater("busy", "503")],
)
def test_five_failures_in_a_row_open_it_for_all_workers(failure):
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


@pytest.mark.parametrize("unclear", [TryLater("unexpected-answer", "Nonsense"), OutOfTime()])
def test_what_says_nothing_about_the_vendor_leaves_the_count_as_it_is(unclear):
    workers = Workers()

    for failure in [*[AWAY] * 4, unclear, AWAY]:
        workers.run(failure)

    assert workers.breaker.state == "open"


def test_refused_credentials_open_it_at_once_and_for_the_longest_time(caplog):
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


@pytest.mark.parametrize(
    ("openings", "seconds"), [(1, 60), (2, 120), (3, 240), (4, 300), (5, 300), (5_000, 300)]
)
def test_each_probe_that_fails_doubles_the_pause_up_to_five_minutes(openings, seconds):
    workers = Workers(an_open_breaker(openings=openings))

    workers.run(AWAY)

    assert workers.breaker.probe_at == NOON + timedelta(seconds=seconds)
    assert (workers.breaker.openings, workers.breaker.probe) == (openings + 1, None)
    assert workers.breaker.opened_at == NOON - timedelta(seconds=30)


@pytest.mark.parametrize(("uniform", "seconds"), [(0.0, 27), (0.999_999, 33)])
def test_the_pause_is_jittered(uniform, seconds):
    workers = Workers(uniform=uniform)

    for _ in range(5):
        workers.run(AWAY)

    assert workers.breaker.wait(NOON).total_seconds() == pytest.approx(seconds, rel=0.001)


def test_after_the_pause_exactly_one_run_goes_through():
    workers = Workers(an_open_breaker())
    meanwhile = []

    with workers.a_gate().passage("ocis"):
        meanwhile = [workers.run() for _ in range(20)]

    assert workers.calls == 0
    assert {pause.delay for pause in meanwhile} == {31}


def test_two_who_want_to_probe_at_the_same_moment_are_one():
    workers = Workers(an_open_breaker())
    rival = workers.a_gate().passage("ocis")
    workers.store.before_save = rival.__enter__

    assert isinstance(workers.run(), Paused)
    assert workers.calls == 0


def test_a_breaker_that_everybody_writes_is_left_alone():
    workers = Workers(an_open_breaker())

    def again():
        workers.store.stored["ocis"] = workers.breaker.with_(version=workers.breaker.version + 1)
        workers.store.before_save = again

    workers.store.before_save = again

    assert isinstance(workers.run(), Paused)


@pytest.mark.parametrize("answered", [None, NeedsPerson("refused", "400"), TryLater("busy", "429", delay=9)])
def test_a_probe_that_is_answered_closes_it(answered, caplog):
    caplog.set_level(logging.INFO)
    workers = Workers(an_open_breaker(openings=4))

    workers.run(answered)

    assert workers.breaker == Breaker(id="ocis", version=9)
    assert workers.run() is None
    assert [line.message for line in caplog.records] == ["breaker closed"]


@pytest.mark.parametrize("failure", [AWAY, TryLater("unexpected-answer", "A page of the load balancer")])
def test_only_an_answer_that_makes_sense_closes_it(failure):
    workers = Workers(an_open_breaker())

    workers.run(failure)

    assert workers.breaker.state == "open"
    assert workers.breaker.wait(NOON) > timedelta(0)


def test_a_probe_without_time_lets_the_next_one_try():
    workers = Workers(an_open_breaker())

    workers.run(OutOfTime())

    assert workers.breaker.state == "open"
    assert workers.run() is None
    assert workers.breaker.state == "closed"


def test_a_probe_that_crashed_blocks_for_a_minute_only():
    workers = Workers(an_open_breaker())
    workers.run(ZeroDivisionError("bug"))

    assert workers.breaker.state == "probing"
    assert isinstance(workers.run(), Paused)
    workers.clock.move(60)
    assert workers.run() is None


def test_a_probe_that_was_given_up_decides_nothing_any_more():
    workers = Workers(an_open_breaker())
    slow = workers.a_gate().passage("ocis")
    slow.__enter__()
    workers.clock.move(61)

    with workers.a_gate().passage("ocis"):
        slow.__exit__(None, None, None)
        assert workers.breaker.state == "probing"


def test_who_began_before_it_opened_neither_closes_nor_prolongs_it():
    workers = Workers(Breaker(id="ocis", failures=4, version=1))
    good, bad = workers.a_gate().passage("ocis"), workers.a_gate().passage("ocis")
    good.__enter__()
    bad.__enter__()
    workers.run(AWAY)
    opened = workers.breaker

    good.__exit__(None, None, None)
    bad.__exit__(TryLater, AWAY, None)

    assert opened.state == "open"
    assert workers.breaker == opened


@pytest.mark.parametrize(
    "given",
    [
        {"probe_at": NOON + timedelta(hours=1)},
        {"probe_at": None},
        {"probe": Lease(token="other", until=NOON + timedelta(hours=1))},
        {"probe": Lease(token="other", until=NOON)},
    ],
)
def test_a_clock_that_is_wrong_locks_nobody_out(given):
    workers = Workers(an_open_breaker(**given))

    assert workers.run() is None
    assert workers.breaker.state == "closed"


def test_a_thousand_that_wait_come_back_over_a_minute():
    workers = Workers(an_open_breaker(probe_at=NOON + timedelta(seconds=30)))
    delays = []
    for number in range(1_000):
        workers.uniform = number / 1_000
        delays.append(workers.run().delay)

    in_one_second = [sum(1 for delay in delays if second <= delay < second + 1) for second in range(30, 90)]

    assert (min(delays), round(max(delays))) == (30, 90)
    assert max(in_one_second) <= 18


def test_one_integration_that_is_away_pauses_no_other():
    workers = Workers(an_open_breaker(probe_at=NOON + timedelta(seconds=30)))

    with workers.a_gate().passage("stalwart"):
        workers.calls += 1

    assert workers.calls == 1
    assert [(each.id, each.state) for each in workers.store.all()] == [
        ("authentik", "closed"),
        ("stalwart", "closed"),
        ("ocis", "open"),
    ]


def test_a_database_that_is_away_takes_no_result_from_a_run(caplog):
    workers = Workers(Breaker(id="ocis", failures=1, version=1))

    def away():
        raise Unavailable("Busy")

    workers.store.before_save = away

    assert workers.run(AWAY) is None
    assert caplog.records[-1].message == "breaker not written"
