"""The store of breakers, as a fake and as MongoDB: the same tests for both."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.config import Settings
from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import IntegrationError, Lease
from chalicelib.errors import ConcurrentChange
from chalicelib.reconcile.gate import Gate, Paused
from chalicelib.repositories.breakers import Breakers
from chalicelib.repositories.mongo import Mongo
from tests.builders import NOON, an_id
from tests.fakes import FakeClock
from tests.fakes_reconcile import FakeBreakers

ERROR = IntegrationError(code="no-answer", message="oCIS did not answer in time")


@pytest.fixture(params=["fake", "mongodb"])
def breakers(request) -> Iterator[FakeBreakers | Breakers]:
    if request.param == "fake":
        yield FakeBreakers()
        return
    mongo = Mongo(Settings(mongodb_uri=request.getfixturevalue("mongodb_uri"), mongodb_database=an_id()))
    yield Breakers(mongo)
    mongo.client.close()


def test_nothing_stored_is_closed(breakers):
    assert breakers.get("ocis") == Breaker(id="ocis")
    assert breakers.all() == tuple(Breaker(id=each) for each in ("authentik", "stalwart", "ocis"))


def test_what_is_saved_is_read(breakers):
    opened = Breaker(id="ocis", failures=5).opened(NOON, timedelta(seconds=30), ERROR)
    probing = opened.probed(Lease(token="t-1", until=NOON + timedelta(seconds=60)))

    saved = breakers.save(probing, breakers.get("ocis"))

    assert saved == probing.with_(version=1)
    assert breakers.get("ocis") == saved
    assert breakers.all()[2] == saved
    assert breakers.get("stalwart").state == "closed"


def test_what_is_over_is_forgotten(breakers):
    opened = breakers.save(Breaker(id="ocis").opened(NOON, timedelta(0), ERROR), breakers.get("ocis"))

    breakers.save(opened.closed(), opened)

    assert breakers.get("ocis") == Breaker(id="ocis", version=2)


def test_of_two_first_writes_one_counts(breakers):
    as_read = breakers.get("ocis")
    breakers.save(as_read.failed(ERROR), as_read)

    with pytest.raises(ConcurrentChange):
        breakers.save(as_read.failed(ERROR), as_read)


def test_who_read_before_another_wrote_writes_nothing(breakers):
    first = breakers.save(Breaker(id="ocis").failed(ERROR), breakers.get("ocis"))
    second = breakers.save(first.failed(ERROR), first)

    with pytest.raises(ConcurrentChange):
        breakers.save(first.closed(), first)
    assert breakers.get("ocis") == second


def test_of_many_workers_at_once_one_probes(breakers):
    opened = Breaker(id="ocis").opened(NOON - timedelta(minutes=1), timedelta(seconds=30), ERROR)
    breakers.save(opened, breakers.get("ocis"))
    gates = [Gate(breakers, FakeClock(), an_id, lambda: 0.5) for _ in range(8)]

    def enter(gate):
        try:
            gate._entered("ocis")
        except Paused:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enter, gates)) == 1
