"""Users: who one is, and what operators change of others."""

from __future__ import annotations

import threading

import pytest

from chalicelib import wiring
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, an_active_tenant
from tests.http.api import OPERATORS, Person, a_token


def test_a_first_sign_in_makes_a_user_without_rights(api):
    person = Person(a_token(OPERATORS, "newcomer", "new@provider.test", name="Nora New"), user=None)

    me = api.get("/me", person).json()

    assert (me["email"], me["name"], me["operator"], me["memberships"]) == (
        "new@provider.test",
        "Nora New",
        False,
        [],
    )
    assert api.get("/users", person).status_code == 403


def test_two_first_requests_at_once_make_one_user(api):
    person = Person(a_token(OPERATORS, "newcomer", "new@provider.test"), user=None)
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(api.get("/me", person).status_code)) for _ in range(6)
    ]

    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert (statuses, len(api.documents("users"))) == ([200] * 6, 1)


def test_me_shows_memberships_of_live_tenants_and_their_plan(api):
    live, gone = (
        an_active_tenant(plan="business"),
        an_active_tenant(slug="gone", domains=(), lifecycle="terminated"),
    )
    for each in (live, gone):
        Tenants(api.mongo).add(each)
    person = api.customer(memberships=(a_membership(live, "admin"), a_membership(gone, "owner")))

    memberships = api.get("/me", person).json()["memberships"]

    assert [(m["role"], m["tenant"]["slug"], m["subscription"]["plan"]) for m in memberships] == [
        ("admin", "acme", "business")
    ]


def test_the_last_sign_in_is_the_latest_one_and_is_written_once(api, commands):
    person = api.customer()

    first = api.get("/me", person).json()["lastSignInAt"]
    with commands.recorded() as sent:
        second = api.get("/me", person).json()["lastSignInAt"]

    assert first == second == "2026-09-21T14:13:20.000Z"
    assert [next(iter(each)) for each in sent] == ["find", "find"]


def test_a_deactivated_user_is_refused_everywhere(api):
    person = api.customer(active=False)

    answer = api.get("/me", person)

    assert (answer.status_code, answer.json()["code"]) == (403, "account-deactivated")


def test_operators_grant_and_take_rights(api):
    operator, support = api.operator(), api.support()
    path = f"/users/{support.user.id}"

    granted = api.patch(path, operator, {"platformAdmin": True})
    assert (granted.json()["platformAdmin"], api.get("/partners", support).status_code) == (True, 200)

    api.patch(path, operator, {"platformAdmin": False}, headers={"If-Match": granted.headers["ETag"]})
    assert api.get("/partners", support).status_code == 403


def test_a_customer_never_becomes_a_platform_admin(api):
    customer = api.customer()

    answer = api.patch(f"/users/{customer.user.id}", api.operator(), {"platformAdmin": True})

    assert (answer.status_code, answer.json()["code"]) == (409, "impossible-move")


@pytest.mark.parametrize("wish", [{"platformAdmin": False}, {"active": False}])
def test_nobody_removes_the_last_platform_admin(api, wish):
    operator = api.operator()
    api.operator("op-2", active=False)

    answer = api.patch(f"/users/{operator.user.id}", operator, wish)

    assert (answer.status_code, answer.json()["code"]) == (409, "last-platform-admin")


def test_two_admins_cannot_remove_each_other_at_the_same_moment(api):
    one, two = api.operator("op-1"), api.operator("op-2")
    threads = [
        threading.Thread(target=api.patch, args=(f"/users/{b.user.id}", a, {"platformAdmin": False}))
        for a, b in ((one, two), (two, one))
    ]

    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sum(each["platformAdmin"] for each in api.documents("users")) == 1


def test_deactivating_a_user_is_desired_state_of_their_tenants(api):
    tenant = an_active_tenant()
    Tenants(api.mongo).add(tenant)
    member = api.customer(memberships=(a_membership(tenant),))

    api.patch(f"/users/{member.user.id}", api.operator(), {"active": False})

    assert api.document("tenants", slug="acme")["generation"] == 2
    assert [hint[0] for hint in api.queue.hints] == ["authentik", "stalwart", "ocis"]


def test_a_user_that_is_not_there(api):
    operator = api.operator()

    assert api.get(f"/users/{'0' * 32}", operator).json()["code"] == "user-not-found"
    assert api.patch("/users/nobody", operator, {"active": False}).status_code == 404
    assert api.get(f"/users/{operator.user.id}", operator).json()["platformAdmin"] is True


def test_the_first_operator_comes_from_a_command_and_claims_the_rights_by_signing_in(api, capsys):
    from infra.aws import grant_operator

    assert grant_operator.main(["--email", "First@provider.test"]) == 0
    assert grant_operator.main(["--email", "first@provider.test"]) == 0
    assert grant_operator.main(["--email", "nonsense"]) == 1

    person = Person(a_token(OPERATORS, "first", "first@provider.test"), user=None)
    assert api.get("/me", person).json()["operator"] is True
    assert api.document("auditEvents", action="user.grant")["surface"] == "command"
    assert "is a platform admin" in capsys.readouterr().out


def test_db_07_the_indexes_come_from_a_command_and_a_missing_one_is_said_aloud(api, capsys):
    from infra.aws import create_indexes

    api.mongo.collection("tenants").drop_index("slug")
    assert "tenants.slug" in wiring.missing_indexes()
    ready = api.get("/health/ready")

    assert create_indexes.main() == 0

    assert (ready.status_code, ready.json()["dependencies"]["database"]) == (
        503,
        "missing indexes: tenants.slug",
    )
    assert (api.get("/health/ready").status_code, wiring.missing_indexes()) == (200, [])
    assert "indexes are in place" in capsys.readouterr().out
