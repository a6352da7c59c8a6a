"""AZT-08 to 23, where rights end: what nobody sets or grants, and what stays of a tenant that is gone."""

from __future__ import annotations

from collections.abc import Callable
from uuid import RFC_4122, UUID

import pytest

from chalicelib.domain.provisioning import IntegrationStatus, Provisioning
from chalicelib.repositories.tenants import Tenants
from chalicelib.services.tenants import Tenants as TenantService
from tests.builders import NOON, a_membership, an_active_tenant
from tests.http.api import CUSTOMERS, OPERATORS, Api, Person, a_token

ACME = {"slug": "acme", "name": "Acme", "domains": ["acme.test"]}


@pytest.fixture
def acme(api: Api):
    tenant = an_active_tenant()
    Tenants(api.mongo).add(tenant)
    return tenant


@pytest.fixture
def owner(api: Api, acme) -> Person:
    return api.customer("owner-1", memberships=(a_membership(acme, "owner"),))


@pytest.fixture
def operator(api: Api) -> Person:
    return api.operator(name="Olga")


def test_azt_08_ids_are_random(api, operator):
    """122 bits of a version 4 UUID; that nothing rests on their secrecy is AZT-02."""
    made = [api.post("/tenants", operator, {"slug": f"t-{n}", "name": "T"}).json()["id"] for n in range(5)]
    made.append(api.post("/tenants/t-0/users", operator, {"email": "a@acme.test"}).json()["id"])
    made.append(api.post("/tenants/t-0/tickets", operator, {"subject": "S", "text": "T"}).json()["id"])

    assert len(set(made)) == 7
    assert {(UUID(each).version, UUID(each).variant) for each in made} == {(4, RFC_4122)}


READ_ONLY = [
    "id", "_id", "tenantId", "tenant_id", "status", "generation", "version", "revision", "lifecycle",
    "provisioning", "observedGeneration", "createdAt", "created_at", "owner", "internal", "platformAdmin",
    "issuer", "memberships", "mrr", "seats", "claims",
]  # fmt: skip


@pytest.mark.parametrize("field", READ_ONLY)
def test_azt_09_what_only_we_set_is_refused_in_every_body(api, acme, owner, field):
    mine = f"/tenants/acme/users/{owner.user.id}"
    api.get("/me", owner)
    before = [api.documents(name) for name in ("tenants", "users", "tickets")]

    for method, path, body in (
        ("PATCH", "/tenants/acme", {"name": "Mine"}),
        ("POST", "/tenants/acme/users", {"email": "x@acme.test"}),
        ("PATCH", mine, {"role": "owner"}),
        ("POST", "/tenants/acme/tickets", {"subject": "S", "text": "T"}),
        ("POST", "/tenants/acme/domains", {"name": "mine.test"}),
    ):
        assert (path, api.call(method, path, owner, body | {field: "x"}).status_code) == (path, 422)
    assert [api.documents(name) for name in ("tenants", "users", "tickets")] == before


def test_azt_10_what_only_operators_read_is_in_no_answer_to_an_owner(api, operator):
    """Ids at the vendors, internal notes, who works here."""
    status = IntegrationStatus(state="ok", observed_generation=1, ids={"space": "canary-space"})
    acme = an_active_tenant(provisioning=Provisioning(ocis=status))
    Tenants(api.mongo).add(acme)
    owner = api.customer("owner-1", memberships=(a_membership(acme, "owner"),))
    ticket = (
        f"/tickets/{api.post('/tenants/acme/tickets', owner, {'subject': 'S', 'text': 'T'}).json()['id']}"
    )
    api.post(f"{ticket}/messages", operator, {"text": "canary-note", "internal": True})
    below = ("", "/users", "/domains", "/subscription", "/integrations", "/runs", "/tickets", "/audit")

    for path in ("/me", "/tenants", ticket, *(f"/tenants/acme{each}" for each in below)):
        answer = api.get(path, owner)
        assert (path, answer.status_code, "canary" in answer.text) == (path, 200, False)
    assert "canary-space" in api.get("/tenants/acme/integrations", operator).text
    assert "canary-note" in api.get(ticket, operator).text


def test_azt_12_the_last_owner_stays_and_no_owner_ends_the_tenant(api, acme, owner):
    mine = f"/tenants/acme/users/{owner.user.id}"
    api.get("/me", owner)
    before = [api.documents(name) for name in ("tenants", "users")]

    for method, body in (("DELETE", None), ("PATCH", {"role": "admin"}), ("PATCH", {"active": False})):
        answer = api.call(method, mine, owner, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "last-owner")
    assert api.delete("/tenants/acme", owner).status_code == 403
    assert [api.documents(name) for name in ("tenants", "users")] == before


GAMES = [
    "platformAdmin", "operators", "Operators", "operators,", " operators", "operator", "dezky-operator",
    "dezky-operators", "DEZKY-OPERATOR", "dezky-operator/", "\u043eperators", "authentik Admins", "*", "",
]  # fmt: skip


@pytest.mark.parametrize("name", GAMES)
def test_azt_15_and_16_no_group_of_either_issuer_gives_a_right(api, name):
    """Rights are a flag of the database and the audience of the token; claims of groups are not asked."""
    for issuer, person in ((OPERATORS, api.support()), (CUSTOMERS, api.customer())):
        claims = {"groups": [name], "roles": [name], "platformAdmin": True, "scope": name or "x"}
        token = a_token(issuer, person.user.subject, person.user.email, **claims)
        asking = Person(token, person.user)
        assert api.get("/me", asking).status_code == 200
        assert api.get("/partners", asking).status_code == 403
        assert api.post("/partners", asking, {"slug": "n"}).status_code == 403


def test_azt_16_the_flag_does_not_carry_over_to_the_customers_issuer(api, operator):
    same = api.customer(operator.user.subject, email=operator.user.email, platform_admin=True)

    assert api.get("/partners", operator).status_code == 200
    assert api.get("/partners", same).json()["code"] == "operator-scope-required"


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Something happens after the guard has let a change of a tenant in, and before it is written."""
    change = TenantService.change

    def interrupted(self, *given, **named):
        happens()
        return change(self, *given, **named)

    monkeypatch.setattr(TenantService, "change", interrupted)


def test_azt_17_who_is_removed_between_check_and_write_writes_nothing(api, acme, owner, monkeypatch):
    admin = api.customer("admin-1", memberships=(a_membership(acme, "admin"),))
    removed = []

    def remove() -> None:
        removed.append(api.delete(f"/tenants/acme/users/{admin.user.id}", owner).status_code)

    meanwhile(monkeypatch, remove)

    answer = api.patch("/tenants/acme", admin, {"name": "Mine"})

    assert (removed, answer.status_code) == ([204], 409)
    assert api.document("tenants", slug="acme")["name"] == "Acme"
    assert "tenant.change" not in {each["action"] for each in api.documents("auditEvents")}


def test_azt_21_a_terminated_tenant_is_gone_for_its_people_at_once(api, acme, owner, operator):
    api.get("/tenants/acme", owner)
    api.delete("/tenants/acme", operator)
    hints = list(api.queue.hints)

    for method, path, body in (
        ("GET", "/tenants/acme", None),
        ("PATCH", "/tenants/acme", {"name": "Mine"}),
        ("POST", "/tenants/acme/reconcile", None),
        ("POST", "/tenants/acme/users", {"email": "x@acme.test"}),
        ("GET", "/tenants/acme/runs", None),
    ):
        assert (path, api.call(method, path, owner, body).status_code) == (path, 404)
    for asked in ("/tenants", "/tenants?status=terminated", "/tenants?q=acme"):
        told = api.get(asked, owner).json()
        assert (told["items"], sum(told["counts"].values())) == ([], 0)
    assert api.get("/me", owner).json()["memberships"] == []
    assert api.queue.hints == hints


def test_azt_22_the_name_of_a_tenant_that_is_gone_is_nobodys_and_its_domain_brings_nobody_along(
    api, operator
):
    gone = an_active_tenant(lifecycle="terminated", terminated_at=NOON, purged_at=NOON)
    Tenants(api.mongo).add(gone)
    former = api.customer("former", memberships=(a_membership(gone, "owner"),))

    again = api.post("/tenants", operator, ACME)
    other = api.post("/tenants", operator, ACME | {"slug": "acme-2"})

    assert (again.status_code, other.status_code) == (409, 201)
    assert other.json()["id"] != gone.id
    assert api.get("/tenants/acme-2", former).status_code == 404
    assert api.get("/tenants/acme-2/users", operator).json()["items"] == []


def test_azt_23_what_an_operator_does_for_a_tenant_is_told_to_it_under_their_own_name(
    api, acme, owner, operator
):
    api.patch("/tenants/acme", operator, {"name": "Acme 2"})

    event = api.document("auditEvents", action="tenant.change")
    told = api.get("/tenants/acme/audit", owner).json()["items"]

    assert (event["actor"]["subject"], event["surface"]) == ("op-1", "dezky-operator")
    assert (event["tenantId"], event["target"]["name"]) == (acme.id, "acme")
    assert [(each["action"], each["surface"]) for each in told] == [("tenant.change", "dezky-operator")]


def test_azt_23_nobody_borrows_anothers_identity(api, acme, owner, operator):
    for name in ("X-On-Behalf-Of", "X-Impersonate", "X-Sub", "X-Forwarded-User", "Impersonate-User"):
        answer = api.patch("/tenants/acme", operator, {"name": f"By {name}"}, headers={name: owner.user.id})
        assert answer.status_code == 200
    assert {each["actor"]["userId"] for each in api.documents("auditEvents")} == {operator.user.id}
