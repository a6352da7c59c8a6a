"""The app's schedules run by themselves, a rate at once."""

import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest
from chalice.app import Chalice, Cron, Rate

from infra.local.schedules import NotUnderstood, Scheduler, times_of

NOW = datetime(2026, 11, 22, 10, 30, 15, tzinfo=UTC)  # a Sunday


def first(count, expression):
    return list(itertools.islice(times_of(expression, NOW), count))


@pytest.mark.parametrize(
    ("expression", "period"),
    [
        ("rate(5 minutes)", timedelta(minutes=5)),
        ("rate(1 minute)", timedelta(minutes=1)),
        ("rate(2 hours)", timedelta(hours=2)),
        ("rate(1 day)", timedelta(days=1)),
    ],
)
def test_a_rate_begins_at_once(expression, period):
    assert first(3, expression) == [NOW, NOW + period, NOW + 2 * period]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 2 * * ? *)", ["2026-11-23 02:00", "2026-11-24 02:00"]),
        ("cron(0/20 10 * * ? *)", ["2026-11-22 10:40", "2026-11-23 10:00"]),
        ("cron(15,45 10-11 * * ? *)", ["2026-11-22 10:45", "2026-11-22 11:15"]),
        ("cron(0 8 ? * MON-FRI *)", ["2026-11-23 08:00", "2026-11-24 08:00"]),
        ("cron(0 8 ? * 1 *)", ["2026-11-29 08:00", "2026-12-06 08:00"]),
        ("cron(0 0 1 JAN,jul ? *)", ["2027-01-01 00:00", "2027-07-01 00:00"]),
        ("cron(*/30 * * * ? *)", ["2026-11-22 11:00", "2026-11-22 11:30"]),
        ("cron(0 0 29 2 ? *)", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("cron(0 0 1 1 ? 2030)", ["2030-01-01 00:00"]),
        ("cron(0 0 1 1 ? 2020)", []),
    ],
)
def test_a_cron_expression_means_these_moments(expression, expected):
    assert [f"{moment:%Y-%m-%d %H:%M}" for moment in first(2, expression)] == expected


@pytest.mark.parametrize(
    "expression",
    [
        "rate(0 minutes)",
        "rate(five minutes)",
        "cron(0 2 * * ?)",
        "cron(60 2 * * ? *)",
        "cron(0 2 L * ? *)",
        "cron(0 2 ? * 2#1 *)",
        "at(2026-11-22T10:30:00)",
    ],
)
def test_what_is_not_understood_is_said(expression):
    with pytest.raises(NotUnderstood, match="not run locally"):
        times_of(expression, NOW)


def test_a_schedule_calls_the_apps_own_function_with_eventbridges_event():
    app, called, events = Chalice("toy"), threading.Event(), []

    @app.schedule(Rate(5, unit=Rate.MINUTES))
    def sweep(event):
        events.append(event)
        called.set()

    scheduler = Scheduler(app)
    scheduler.start()
    assert called.wait(5)
    scheduler.stop()

    assert (events[0].source, events[0].detail_type, events[0].detail) == (
        "aws.events",
        "Scheduled Event",
        {},
    )
    assert events[0].resources[0].endswith(":rule/sweep")
    assert events[0].context.function_name == "sweep"
    assert len(events) == 1


def test_a_failing_run_is_logged_and_others_go_on(caplog):
    app, called = Chalice("toy"), threading.Event()

    @app.schedule(Rate(5, unit=Rate.MINUTES))
    def broken(event):
        raise RuntimeError("broken")

    @app.schedule("rate(5 minutes)")
    def whole(event):
        called.set()

    @app.schedule(Cron(0, 2, "L", "*", "?", "*"))
    def odd(event):
        called.clear()

    scheduler = Scheduler(app)
    scheduler.start()
    assert called.wait(5)
    scheduler.stop()
    scheduler.stop()

    assert "broken failed" in caplog.text
    assert "odd: cron(0 2 L * ? *) is not run locally" in caplog.text
