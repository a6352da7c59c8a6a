"""DB-03: the primary of the database steps down in the middle of a change: done once, or not at all."""

from __future__ import annotations

import pytest

from chalicelib import wiring
from chalicelib.config import from_environment
from chalicelib.repositories.mongo import Mongo
from tests.http.test_database_away import CACHED
from tests.http.test_database_faults import ACME, failing

# What a server says that is the primary no longer, and the labels that it gives such an answer.
STEPPED_DOWN = {"not writable": 10107, "stepped down": 189, "state change": 11602, "shutting down": 91}
LABELS = {
    "find": ["TransientTransactionError"],
    "update": ["TransientTransactionError"],
    "insert": ["TransientTransactionError"],
    "commitTransaction": ["RetryableWriteError"],
}


@pytest.fixture
def as_in_lambda(api, mongodb_uri, monkeypatch):
    """A client that looks for the primary as drivers do in Lambda: by asking again, not by being told.

    A server that really steps down would tell at once; the one of these tests only says that it did.
    """
    asking = f"{mongodb_uri}/?serverMonitoringMode=poll"
    mongo = Mongo(from_environment({"MONGODB_URI": asking, "MONGODB_DATABASE": "dezky_test"}))
    for each in CACHED:
        each.cache_clear()
    monkeypatch.setattr(wiring, "mongo", lambda: mongo)
    yield
    for each in CACHED:
        each.cache_clear()
    mongo.client.close()


@pytest.fixture
def operator(api, as_in_lambda):
    person = api.operator()
    api.get("/me", person)
    api.post("/tenants", person, ACME)
    return person


def patched(api, operator, **headers):
    return api.patch("/tenants/acme", operator, {"name": "New"}, headers=headers)


def changes(api):
    return [each for each in api.documents("auditEvents") if each["action"] == "tenant.change"]


@pytest.mark.parametrize("code", STEPPED_DOWN.values(), ids=STEPPED_DOWN)
@pytest.mark.parametrize("command", LABELS)
def test_db_03_a_change_goes_on_with_the_new_primary_and_counts_once(api, operator, command, code):
    with failing(api, [command], errorCode=code, errorLabels=LABELS[command]):
        answer = patched(api, operator)

    assert (answer.status_code, answer.json()["generation"]) == (200, 2)
    stored = api.document("tenants", slug="acme")
    assert (stored["generation"], stored["version"], stored["name"]) == (2, 2, "New")
    assert len(changes(api)) == 1


@pytest.mark.parametrize("command", LABELS)
def test_db_03_a_connection_that_breaks_with_the_old_primary_counts_once(api, operator, command):
    with failing(api, [command], closeConnection=True):
        answer = patched(api, operator)

    assert (answer.status_code, answer.json()["generation"]) == (200, 2)
    assert len(changes(api)) == 1


def test_db_03_without_a_new_primary_nothing_is_half_done_and_the_same_request_may_be_sent_again(
    api, operator
):
    with failing(api, ["update"], times=1_000, errorCode=189, errorLabels=LABELS["update"]):
        refused = patched(api, operator, **{"Idempotency-Key": "once"})

    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert (api.document("tenants", slug="acme")["generation"], changes(api)) == (1, [])
    again = patched(api, operator, **{"Idempotency-Key": "once"})
    assert (again.status_code, again.json()["generation"], len(changes(api))) == (200, 2, 1)
