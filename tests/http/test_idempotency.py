"""Idempotency-Key: sent twice, done once, answered the same."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

ACME = {"slug": "acme", "name": "Acme", "domains": ["acme.test"]}
KEY = {"Idempotency-Key": "key-1"}


@pytest.fixture
def operator(api):
    return api.operator()


def test_inp_20_the_same_request_is_answered_the_same_and_done_once(api, operator):
    first = api.post("/tenants", operator, ACME, headers=KEY)
    api.patch("/tenants/acme", operator, {"name": "Changed meanwhile"})

    second = api.post("/tenants", operator, ACME, headers=KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.text, first.headers["ETag"], first.headers["Location"]) == (
        second.text,
        second.headers["ETag"],
        second.headers["Location"],
    )
    assert len(api.queue.hints) == 6  # three of the create, three of the change


def test_inp_20_the_same_key_for_another_body_is_refused(api, operator):
    api.post("/tenants", operator, ACME, headers=KEY)

    answer = api.post("/tenants", operator, ACME | {"name": "Other"}, headers=KEY)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


def test_inp_20_at_the_same_time_there_is_one_effect(api, operator):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(api.post("/tenants", operator, ACME, headers=KEY)))
        for _ in range(5)
    ]

    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert {each.status_code for each in answers} <= {201, 503}
    assert len({each.text for each in answers if each.status_code == 201}) == 1
    assert len(api.documents("tenants")) == len(api.documents("auditEvents")) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "é".encode("latin-1"), "x" * 9_000])
def test_inp_20_a_key_that_cannot_be_one_is_refused(api, operator, key):
    answer = api.post("/tenants", operator, ACME, headers={"Idempotency-Key": key})

    assert 400 <= answer.status_code < 500
    assert api.documents("tenants") == []


def test_a_key_belongs_to_its_caller_and_its_address(api, operator):
    other = api.operator("op-2")

    assert api.post("/tenants", operator, ACME, headers=KEY).status_code == 201
    assert api.post("/tenants", other, ACME, headers=KEY).status_code == 409
    assert api.post("/tenants/acme/suspend", operator, {"reason": "x"}, headers=KEY).status_code == 200


def test_a_refusal_is_not_kept(api, operator):
    assert api.post("/tenants", operator, ACME | {"slug": "X"}, headers=KEY).status_code == 422
    assert api.post("/tenants", operator, ACME, headers=KEY).status_code == 201


def test_db_14_a_key_that_has_expired_is_forgotten_even_before_the_database_removes_it(api, operator):
    from chalicelib import wiring

    api.post("/tenants", operator, ACME, headers=KEY)
    api.mongo.collection("idempotencyKeys").update_many(
        {}, {"$set": {"expiresAt": wiring.now() - timedelta(1)}}
    )

    assert api.post("/tenants", operator, ACME, headers=KEY).status_code == 409
