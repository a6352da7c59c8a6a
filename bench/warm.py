"""Handlers of a warm container, called in process as Lambda calls them, on a database of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from chalice.app import Chalice
from pymongo import monitoring

from bench.asked import REQUESTS, SUBJECT, Asked
from bench.database_time import DatabaseTime
from bench.report import Section, millis
from bench.timing import median_of_each
from infra.local.lambda_context import LambdaContext
from tests.builders import OPERATOR_ISSUER, a_tenant, an_operator
from tests.fakes import FakeQueue
from tests.mongodb import running_mongodb

TENANTS = 200
CALLS, WARM_UP = 100, 10
SAYS = f"""Milliseconds of one call in process; an operator asks, {TENANTS} tenants are stored.
*database* is what the driver waits for its commands, on loopback and by SecantusDB: no forecast for a
real MongoDB. *ours* is the rest, from the gateway's event to the answer, the driver's own work included.
*bare Chalice* is the floor: an empty view behind the same event."""
HEADINGS = ("request", "whole", "database", "ours", "bare Chalice")
Function = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def measured() -> Section:
    database = DatabaseTime()
    monitoring.register(database)
    with running_app() as app:
        rows = [(asked.name, *map(millis, _times(asked, app, database))) for asked in REQUESTS]
    return Section("A warm request", SAYS, HEADINGS, rows)


@contextmanager
def running_app() -> Iterator[Function]:
    """The whole application on a fresh database, which holds an operator and TENANTS tenants."""
    with running_mongodb() as uri:
        os.environ["MONGODB_URI"] = uri
        from app import app  # noqa: PLC0415 (it may read the environment)
        from chalicelib import wiring  # noqa: PLC0415

        queue = FakeQueue()
        vars(wiring)["queue"] = lambda: queue
        _fill()
        try:
            yield app
        finally:
            wiring.mongo().client.close()


def _fill() -> None:
    from chalicelib import wiring  # noqa: PLC0415 (as above)
    from chalicelib.repositories.indexes import create_indexes  # noqa: PLC0415
    from chalicelib.repositories.tenants import Tenants  # noqa: PLC0415
    from chalicelib.repositories.users import Users  # noqa: PLC0415

    create_indexes(wiring.mongo())
    Users(wiring.mongo()).add(an_operator(issuer=OPERATOR_ISSUER, subject=SUBJECT))
    for number in range(TENANTS):
        name = f"tenant-{number}"
        Tenants(wiring.mongo()).add(a_tenant(slug=name, name=name, domains=(f"{name}.test",)))


def _times(asked: Asked, app: Function, database: DatabaseTime) -> list[float]:
    floor = _bare(asked)
    samples = [_sample(asked, number, app, floor, database) for number in range(WARM_UP + CALLS)]
    times = median_of_each(samples[WARM_UP:])
    return [times[name] for name in HEADINGS[1:]]


def _sample(
    asked: Asked, number: int, app: Function, floor: Function, database: DatabaseTime
) -> dict[str, float]:
    event = asked.event(number)
    database.taken()
    whole, waited = _seconds(app, event, asked.status), database.taken()
    return {
        "whole": whole,
        "database": waited,
        "ours": whole - waited,
        "bare Chalice": _seconds(floor, event, 200),
    }


def _seconds(function: Function, event: dict[str, Any], status: int) -> float:
    context = LambdaContext("bench")
    began = perf_counter()
    answer = function(event, context)
    taken = perf_counter() - began
    if answer["statusCode"] != status:
        raise RuntimeError(f"{event['httpMethod']} {event['path']} answered {answer['statusCode']}")
    return taken


def _bare(asked: Asked) -> Function:
    app = Chalice("bare")
    app.route(asked.resource, methods=[asked.method])(lambda **_parameters: {})
    function: Function = app
    return function
