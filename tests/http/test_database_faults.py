"""When the database fails: an honest 503, nothing half done, and never a lie."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

ACME = {"slug": "acme", "name": "Acme", "domains": ["acme.test"]}


@pytest.fixture
def operator(api):
    person = api.operator()
    api.get("/me", person)
    return person


@contextmanager
def failing(api, commands, times=1, **how):
    admin = api.mongo.client.admin
    fault = {"failCommands": commands, **how}
    admin.command("configureFailPoint", "failCommand", mode={"times": times}, data=fault)
    try:
        yield
    finally:
        admin.command("configureFailPoint", "failCommand", mode="off")


def test_db_02_a_connection_lost_once_before_a_write_is_nobodys_business(api, operator):
    with failing(api, ["insert"], closeConnection=True):
        answer = api.post("/partners", operator, {"slug": "p-1", "name": "P", "domain": "p.test"})

    assert answer.status_code == 201
    assert len(api.documents("partners")) == len(api.documents("auditEvents")) == 1


def test_db_02_a_database_that_stays_away_is_a_503_with_retry_after_and_nothing_is_stored(api, operator):
    with failing(api, ["insert"], times=50, closeConnection=True):
        answer = api.post("/tenants", operator, ACME)

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert api.documents("tenants") == api.documents("auditEvents") == api.queue.hints == []


def test_db_08_a_write_conflict_is_repeated_and_counted_once(api, operator):
    api.post("/tenants", operator, ACME)

    with failing(api, ["update"], errorCode=112, errorLabels=["TransientTransactionError"]):
        answer = api.patch("/tenants/acme", operator, {"name": "New"})

    assert (answer.status_code, answer.json()["generation"]) == (200, 2)
    assert len(api.documents("auditEvents")) == 2


def test_db_08_a_conflict_under_an_idempotency_key_is_repeated_as_well(api, operator):
    with failing(api, ["insert"], errorCode=112, errorLabels=["TransientTransactionError"]):
        answer = api.post("/tenants", operator, ACME, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 201
    assert len(api.documents("tenants")) == len(api.documents("idempotencyKeys")) == 1


def test_db_06_of_many_creates_at_once_one_wins(api, operator):
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(api.post("/tenants", operator, ACME).status_code))
        for _ in range(12)
    ]

    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(statuses) == [201] + [409] * 11
    assert len(api.documents("tenants")) == len(api.documents("auditEvents")) == 1


def test_que_25_of_two_changes_at_once_each_accepted_one_raises_the_generation_by_one(api, operator):
    api.post("/tenants", operator, ACME)
    statuses = []
    threads = [
        threading.Thread(
            target=lambda n=n: statuses.append(
                api.patch("/tenants/acme", operator, {"name": f"Name {n}"}).status_code
            )
        )
        for n in range(8)
    ]

    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert set(statuses) <= {200, 409, 503}
    assert api.document("tenants", slug="acme")["generation"] == 1 + statuses.count(200)


def test_que_11_a_lost_hint_does_not_undo_the_change(api, operator, monkeypatch):
    def lost(*_):
        raise ConnectionError("queue away")

    monkeypatch.setattr(api.queue, "hint", lost)

    answer = api.post("/tenants", operator, ACME)

    assert answer.status_code == 201
    assert api.document("tenants", slug="acme")["dueAt"]
