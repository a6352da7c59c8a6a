"""A database that cannot be reached, is slow, or hangs up: bounded, honest, no deadlock."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from chalicelib import wiring
from chalicelib.config import from_environment
from chalicelib.repositories.mongo import Mongo
from tests.http.test_database_faults import ACME, failing
from tests.mongodb import free_port

BOUND = 3.5  # seconds until a caller should know that the database is not there
CACHED = (wiring.given_answers, wiring.tenants, wiring.services)


@pytest.fixture
def cold(monkeypatch):
    """A container that has just started, with a database at a port where nobody listens."""
    away = Mongo(from_environment({"MONGODB_URI": f"mongodb://127.0.0.1:{free_port()}"}))
    for each in CACHED:
        each.cache_clear()
    monkeypatch.setattr(wiring, "mongo", lambda: away)
    yield
    for each in CACHED:
        each.cache_clear()
    away.client.close()


def at_once(number, ask):
    """The answers of so many callers at the same moment."""
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask())) for _ in range(number)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers


def seconds_until_refused(api, operator, path):
    began = time.monotonic()
    answer = api.get(path, operator)
    took = time.monotonic() - began
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    return took


def test_db_01_a_database_that_is_not_there_at_the_start_is_said_within_the_bound(api, request):
    operator = api.operator()
    request.getfixturevalue("cold")

    assert seconds_until_refused(api, operator, "/tenants") < BOUND


def test_db_01_without_a_database_tokens_are_still_told_apart_and_health_answers(api, cold):
    began = time.monotonic()

    assert api.get("/me", headers={"Authorization": "Bearer forged"}).status_code == 401
    assert api.get("/health").status_code == 200
    assert time.monotonic() - began < 1
    assert api.get("/health/ready").json()["dependencies"] == {"database": "not reachable"}


def test_db_12_a_hundred_at_once_wait_for_a_connection_no_longer_than_the_bound(api):
    operator = api.operator()
    api.get("/me", operator)
    slow = {"blockConnection": True, "blockTimeMS": 1_000}

    with failing(api, ["find"], times=1_000, **slow):
        began = time.monotonic()
        answers = at_once(100, lambda: on_its_own_connection(api, operator))
        took = time.monotonic() - began

    assert {each.status_code for each in answers} == {200, 503}
    assert took < 12
    assert api.get("/me", operator).status_code == 200


def on_its_own_connection(api, person):
    return requests.get(f"{api.url}/me", headers={"Authorization": f"Bearer {person.token}"}, timeout=30)


def test_db_13_a_connection_that_died_while_frozen_is_replaced_without_a_word(api):
    operator = api.operator()
    api.post("/tenants", operator, ACME)

    with failing(api, ["find"], closeConnection=True):
        read = api.get("/tenants/acme", operator)
    with failing(api, ["update"], closeConnection=True):
        written = api.patch("/tenants/acme", operator, {"name": "New"})

    assert read.status_code == 200
    assert (written.status_code, written.json()["generation"]) == (200, 2)


def test_db_08_a_commit_whose_result_is_unknown_is_asked_for_again_and_counts_once(api):
    operator = api.operator()
    api.get("/me", operator)

    with failing(api, ["commitTransaction"], closeConnection=True):
        answer = api.post("/tenants", operator, ACME)

    assert answer.status_code == 201
    assert len(api.documents("tenants")) == len(api.documents("auditEvents")) == 1
    assert len(api.queue.hints) == 3
