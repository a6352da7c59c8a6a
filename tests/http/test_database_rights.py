"""DB-16: whatever the API sends to the database is within the rights of its user there."""

from __future__ import annotations

import pytest

from infra.aws.database_role import actions
from tests.builders import a_membership, a_tenant
from tests.http.fuzzing import METHODS, Requests

NEEDS = {
    "find": {"find"},
    "aggregate": {"find"},
    "count": {"find"},
    "insert": {"insert"},
    "update": {"update"},
    "delete": {"remove"},
    "findAndModify": {"find", "update"},
}
CALLS = 3  # of each operation


@pytest.fixture
def world(api):
    operator = api.operator()
    partner = {"slug": "acme", "name": "Nordic", "domain": "nordic.test"}
    api.post("/partners", operator, partner, headers={"Idempotency-Key": "partner-1"})
    made = api.post("/tenants", operator, {"slug": "acme", "name": "Acme", "owner": {"email": "o@acme.test"}})
    owner = api.customer(memberships=(a_membership(a_tenant(id=made.json()["id"]), "owner"),))
    return operator, owner, Requests(seed=2, slugs=["acme"], ids=[operator.user.id, owner.user.id])


def asked(commands):
    """(collection, action) of all that was sent."""
    for command in commands:
        name = next(iter(command))
        needed = set(NEEDS.get(name, ()))
        if name == "update" and any(each.get("upsert") for each in command["updates"]):
            needed.add("insert")
        if name == "findAndModify" and command.get("upsert"):
            needed.add("insert")
        stages = {stage for each in command.get("pipeline", ()) for stage in each}
        assert not stages & {"$out", "$merge", "$lookup", "$unionWith", "$currentOp"}, command
        assert "$where" not in str(command)
        yield from ((command[name], action) for action in needed)


def test_db_16_every_operation_stays_within_the_rights_of_the_platform(api, world, commands):
    operator, owner, requests = world
    sent = []
    for method, path, operation in METHODS:
        for number in range(CALLS):
            with commands.recorded() as some:
                caller = (operator, operator, owner)[number % 3]
                api.call(method.upper(), by=caller, **requests.of(path, operation))
            sent += some

    may = actions("dezkyPlatform")
    used = set(asked(sent))
    assert {each for each in used if each[1] not in may.get(each[0], ())} == set()
    assert len(used) > 15


def test_db_16_what_is_made_by_a_person_needs_no_further_rights(api, commands):
    operator = api.operator()
    with commands.recorded() as sent:
        api.post(
            "/partners",
            operator,
            {"slug": "p-1", "name": "P", "domain": "p.test"},
            headers={"Idempotency-Key": "k-1"},
        )
        made = api.post(
            "/tenants", operator, {"slug": "acme", "name": "Acme", "owner": {"email": "o@acme.test"}}
        )
        for verb, body in (("suspend", {"reason": "Unpaid"}), ("resume", None), ("reconcile", None)):
            assert api.post(f"/tenants/acme/{verb}", operator, body).status_code in {200, 202}
        api.delete("/tenants/acme", operator)
        for path in ("/attention", "/stats", "/tenants", "/partners", "/users", "/tenants/acme/runs"):
            assert api.get(path, operator).status_code == 200

    may = actions("dezkyPlatform")
    used = set(asked(sent))
    assert made.status_code == 201
    assert {each for each in used if each[1] not in may.get(each[0], ())} == set()
    assert {("tenants", "update"), ("tenants", "insert"), ("auditEvents", "insert")} <= used
