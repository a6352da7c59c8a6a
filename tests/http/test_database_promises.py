"""What is asked of the database and what is left in it."""

from __future__ import annotations

import json

import pytest
from pymongo import ReadPreference

from chalicelib.repositories.indexes import INDEXES, create_indexes, missing_indexes
from tests.http.test_database_away import at_once
from tests.http.test_database_faults import ACME

MOVES = (
    ("POST", "/suspend", {"reason": "unpaid"}),
    ("POST", "/resume", None),
    ("DELETE", "", None),
    ("POST", "/restore", None),
)


def a_life(api, operator):
    """A tenant is created, changed, suspended, resumed, terminated and restored."""
    api.post("/tenants", operator, ACME, headers={"Idempotency-Key": "key-of-a-caller"})
    api.patch("/tenants/acme", operator, {"name": "New"})
    for method, move, body in MOVES:
        assert api.call(method, f"/tenants/acme{move}", operator, body).status_code == 200


def test_db_04_a_change_is_acknowledged_by_a_majority(api, commands):
    operator = api.operator()

    with commands.recorded() as sent:
        api.post("/tenants", operator, ACME)

    ends = [each for each in sent if "commitTransaction" in each]
    assert [each["writeConcern"]["w"] for each in ends] == ["majority"]


def test_db_05_reads_are_asked_of_the_primary_and_of_what_a_majority_has(api, commands):
    operator = api.operator()
    api.post("/tenants", operator, ACME)

    with commands.recorded() as sent:
        api.get("/tenants/acme", operator)

    assert api.mongo.client.read_preference == ReadPreference.PRIMARY
    assert sent
    assert {each["readConcern"]["level"] for each in sent} == {"majority"}


def test_db_06_of_fifty_tenants_that_claim_a_domain_at_once_one_has_it(api):
    operator, numbers = api.operator(), iter(range(50))
    api.get("/me", operator)

    answers = at_once(50, lambda: api.post("/tenants", operator, ACME | {"slug": f"acme-{next(numbers)}"}))

    statuses = [each.status_code for each in answers]
    assert (statuses.count(201), set(statuses)) == (1, {201, 409})
    assert len(api.documents("tenants")) == len(api.documents("auditEvents")) == 1


OLDER = {
    "nothing but a name": {},
    "an unknown field": {"schemaVersion": 99, "legacy": {"deep": [1]}},
    "an integration of which little is known": {"provisioning": {"ocis": {"state": "ok"}}},
}


@pytest.mark.parametrize("older", OLDER.values(), ids=OLDER)
def test_db_09_a_document_of_another_shape_is_never_a_500(api, older):
    operator = api.operator()
    api.mongo.collection("tenants").insert_one({"_id": "a" * 32, "slug": "old", "name": "Old", **older})

    assert api.get("/tenants/old", operator).status_code == 200
    assert api.get("/tenants", operator).status_code == 200
    assert api.patch("/tenants/old", operator, {"name": "New"}).status_code == 200
    kept = api.document("tenants", slug="old")
    assert {name: kept.get(name) for name in older if name != "provisioning"} == {
        name: value for name, value in older.items() if name != "provisioning"
    }


def test_db_09_null_where_a_value_is_now_reads_as_absent(api):
    operator = api.operator()
    api.mongo.collection("tenants").insert_one(
        {"_id": "a" * 32, "slug": "old", "name": "Old", "provisioning": None}
    )

    assert api.get("/tenants/old", operator).status_code == 200


def test_db_10_indexes_that_were_made_half_way_are_finished_and_made_once(api):
    for each in INDEXES["tenants"][::2]:
        api.mongo.collection("tenants").drop_index(each.name)
    assert missing_indexes(api.mongo)

    create_indexes(api.mongo)
    finished = {name: api.mongo.collection(name).index_information() for name in INDEXES}
    create_indexes(api.mongo)

    assert missing_indexes(api.mongo) == []
    assert {name: api.mongo.collection(name).index_information() for name in INDEXES} == finished


def test_db_17_no_token_and_no_key_is_in_a_dump(api):
    operator, customer = api.operator(), api.customer()
    a_life(api, operator)
    api.get("/me", customer)

    names = api.mongo.client["dezky_test"].list_collection_names()
    dump = json.dumps({name: api.documents(name) for name in names}, default=str)

    assert "idempotencyKeys" in names
    for secret in (operator.token, customer.token, "key-of-a-caller"):
        assert not [part for part in secret.split(".") if part in dump]


def test_db_18_the_application_only_ever_adds_to_the_audit_trail(api, commands):
    operator = api.operator()

    with commands.recorded() as sent:
        a_life(api, operator)

    touched = {
        name
        for each in sent
        for name in ("insert", "update", "delete", "findAndModify")
        if each.get(name) == "auditEvents"
    }
    assert touched == {"insert"}
    assert len(api.documents("auditEvents")) >= 2 + len(MOVES)
