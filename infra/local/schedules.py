"""What EventBridge does: calls the app's scheduled functions when their time comes."""

import logging
import re
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from chalice.app import Chalice, ScheduledEventConfig

from infra.local import cron
from infra.local.lambda_context import LambdaContext
from infra.local.region import ACCOUNT, REGION

log = logging.getLogger("schedules")
RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


class NotUnderstood(Exception):
    """A schedule that is not run locally; the message says which."""


class Scheduler:
    """Runs all schedules of an app, each in a thread of its own."""

    def __init__(self, app: Chalice) -> None:
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(name, times, app.handler_map[name]), daemon=True)
            for name, times in _understood(app)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 2.0) -> None:
        """Start no more runs, and give those under way `patience` seconds; safe to repeat."""
        self._stopping.set()
        ends = time.monotonic() + patience
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, ends - time.monotonic()))

    def _run(self, name: str, times: Iterator[datetime], handler: Any) -> None:
        for due in times:
            if self._stopping.wait(max(0.0, (due - _now()).total_seconds())):
                return
            _call(name, due, handler)


def times_of(expression: str, now: datetime) -> Iterator[datetime]:
    """The moments of a schedule; a rate begins at once, because the queues of the last run are gone.

    Raises   NotUnderstood
    """
    rate = RATE.fullmatch(expression)
    if rate is not None and int(rate[1]) > 0:
        return _every(timedelta(**{f"{rate[2]}s": int(rate[1])}), now)
    try:
        return cron.times_of(expression, now)
    except ValueError as error:
        raise NotUnderstood(f"{expression} is not run locally: {error}") from error


def event_at(name: str, due: datetime) -> dict[str, Any]:
    """Source   Amazon EventBridge user guide, "Scheduled event" example."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": due.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}"],
        "detail": {},
    }


def _understood(app: Chalice) -> Iterator[tuple[str, Iterator[datetime]]]:
    for source in app.event_sources:
        if isinstance(source, ScheduledEventConfig):
            try:
                yield source.name, times_of(_expression(source), _now())
            except NotUnderstood as error:
                log.warning("%s: %s", source.name, error)


def _expression(source: ScheduledEventConfig) -> str:
    expression = source.schedule_expression
    return expression if isinstance(expression, str) else expression.to_string()


def _every(period: timedelta, due: datetime) -> Iterator[datetime]:
    while True:
        yield due
        due += period


def _call(name: str, due: datetime, handler: Any) -> None:
    try:
        handler(event_at(name, due), LambdaContext(name))
    except Exception:
        log.exception("%s failed", name)  # its next run is due all the same


def _now() -> datetime:
    return datetime.now(UTC)
