"""Invitation links over HTTP: who may make one for whom, and that it is kept nowhere."""

from __future__ import annotations

import pytest

from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, an_active_tenant
from tests.http.api import Api, Person
from tests.http.invitations import LINK, FakeLinks


@pytest.fixture
def acme(api: Api):
    acme = an_active_tenant()
    Tenants(api.mongo).add(acme)
    return acme


@pytest.fixture
def owner(api: Api, acme) -> Person:
    return api.customer("owner-1", memberships=(a_membership(acme, "owner"),))


def invited(api: Api, owner: Person, links: FakeLinks, role: str = "member") -> str:
    """The address of the invitation of somebody new, whose account is there."""
    made = api.post("/tenants/acme/users", owner, {"email": f"{role}@acme.test", "role": role}).json()
    links.accounts.add(f"{role}@acme.test")
    return f"/tenants/acme/users/{made['id']}/invitation"


def test_an_owner_makes_a_link_for_somebody_who_has_never_signed_in(api, owner, links):
    answer = api.post(invited(api, owner, links), owner)

    assert (answer.status_code, answer.json()) == (201, {"link": LINK, "expiresIn": 86_400})
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_link_is_kept_nowhere_though_that_it_was_made_is_on_record(api, owner, links):
    path = invited(api, owner, links)

    api.post(path, owner, headers={"Idempotency-Key": "key-1"})

    database = api.mongo.client["dezky_test"]
    everything = [repr(each) for name in database.list_collection_names() for each in database[name].find()]
    assert not any("canary-of-a-link" in each for each in everything)
    assert [each["action"] for each in api.documents("auditEvents")].count("member.link") == 1


def test_an_account_that_is_still_being_made_asks_for_patience(api, owner, links):
    path = invited(api, owner, links)
    links.accounts.clear()

    answer = api.post(path, owner)

    assert (answer.status_code, answer.json()["code"]) == (409, "account-not-ready")
    assert answer.headers["Retry-After"] == "5"


def test_nobody_makes_a_way_into_the_account_of_somebody_who_uses_it(api, acme, owner, links):
    person = api.customer("member-1", memberships=(a_membership(acme),))
    links.accounts.add(person.user.email or "")

    for caller in (owner, api.operator()):
        answer = api.post(f"/tenants/acme/users/{person.user.id}/invitation", caller)
        assert (answer.status_code, answer.json()["code"]) == (409, "already-signed-in")


def test_azt_an_admin_of_one_tenant_gets_no_link_of_somebody_who_belongs_to_another_too(api, owner, links):
    path = invited(api, owner, links)
    other = an_active_tenant(slug="other", domains=("other.test",))
    Tenants(api.mongo).add(other)
    rival = api.customer("owner-2", memberships=(a_membership(other, "owner"),))
    joined = api.post("/tenants/other/users", rival, {"email": "member@acme.test", "role": "member"}).json()

    theirs = api.post(f"/tenants/other/users/{joined['id']}/invitation", rival)
    ours = api.post(path, owner)
    operators = api.post(path, api.operator())

    assert (theirs.status_code, theirs.json()["code"]) == (409, "belongs-elsewhere")
    assert (ours.status_code, operators.status_code) == (409, 201)


def test_an_admin_makes_no_link_of_an_owner(api, acme, owner, links):
    admin = api.customer("admin-1", memberships=(a_membership(acme, "admin"),))

    answer = api.post(invited(api, owner, links, "owner"), admin)

    assert (answer.status_code, answer.json()["code"]) == (403, "role-required")


@pytest.mark.parametrize("role", ["member", None])
def test_others_make_no_link(api, acme, owner, links, role):
    path = invited(api, owner, links)
    person = api.customer("somebody", memberships=(a_membership(acme, role),) if role else ())

    assert api.post(path, person).status_code == (403 if role else 404)


def test_a_member_who_is_locked_out_gets_no_link(api, owner, links):
    path = invited(api, owner, links)
    api.patch(path.removesuffix("/invitation"), owner, {"active": False})

    answer = api.post(path, owner)

    assert (answer.status_code, answer.json()["code"]) == (409, "impossible-move")


def test_a_user_of_another_tenant_is_nobody_here(api, owner, links):
    stranger = api.customer("stranger")

    answer = api.post(f"/tenants/acme/users/{stranger.user.id}/invitation", owner)

    assert (answer.status_code, answer.json()["code"]) == (404, "user-not-found")
