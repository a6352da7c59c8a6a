"""The breaker, open: who finds out that the vendor is back, and how those that waited come back."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import Lease
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.reconcile.gate import Paused
from chalicelib.reconcile.walk import OutOfTime
from tests.builders import NOON
from tests.unit.reconcile.breaking import AWAY, Workers, an_open_breaker


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


def test_int_20_after_the_pause_exactly_one_run_goes_through():
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


@pytest.mark.parametrize(
    "failure",
    [
        AWAY,
        TryLater("unexpected-answer", "A page of the load balancer"),
        TryLater("secret-unavailable", "It was never asked"),
    ],
)
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
def test_que_26_a_clock_that_is_wrong_locks_nobody_out(given):
    workers = Workers(an_open_breaker(**given))

    assert workers.run() is None
    assert workers.breaker.state == "closed"


def test_int_20_a_thousand_that_wait_come_back_over_a_minute():
    workers = Workers(an_open_breaker(probe_at=NOON + timedelta(seconds=30)))
    delays = []
    for number in range(1_000):
        workers.uniform = number / 1_000
        delays.append(workers.run().delay)

    in_one_second = [sum(1 for delay in delays if second <= delay < second + 1) for second in range(30, 90)]

    assert (min(delays), round(max(delays))) == (30, 90)
    assert max(in_one_second) <= 18


def test_int_19_one_integration_that_is_away_pauses_no_other():
    workers = Workers(an_open_breaker(probe_at=NOON + timedelta(seconds=30)))

    with workers.a_gate().passage("stalwart"):
        workers.calls += 1

    assert workers.calls == 1
    assert [(each.id, each.state) for each in workers.store.all()] == [
        ("authentik", "closed"),
        ("stalwart", "closed"),
        ("ocis", "open"),
    ]
