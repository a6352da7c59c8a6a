"""The people of a tenant: invitations, first sign-ins, roles, and that an owner always stays."""

from __future__ import annotations

import pytest

from chalicelib.repositories.tenants import Tenants
from tests.builders import CUSTOMER_ISSUER, a_membership, all_ok, an_active_tenant
from tests.http.api import CUSTOMERS, OPERATORS, Person, a_token


@pytest.fixture
def acme(api):
    tenant = an_active_tenant()
    Tenants(api.mongo).add(tenant)
    return tenant


@pytest.fixture
def owner(api, acme):
    return api.customer("owner-1", memberships=(a_membership(acme, "owner"),))


def signed_in(api, issuer, subject, email, **claims):
    person = Person(a_token(issuer, subject, email, **claims), user=None)
    return api.get("/me", person)


def test_an_invitation_is_claimed_by_the_first_sign_in_with_that_verified_address(api, acme, owner):
    invited = api.post(
        "/tenants/acme/users", owner, {"email": "Bob@acme.test", "name": "Bob", "role": "admin"}
    )

    me = signed_in(api, CUSTOMERS, "bob-at-the-issuer", "bob@acme.test")

    assert (invited.status_code, invited.json()["invited"]) == (201, True)
    assert me.json()["id"] == invited.json()["id"]
    assert [each["role"] for each in me.json()["memberships"]] == ["admin"]
    member = next(m for m in api.get("/tenants/acme/users", owner).json()["items"] if m["role"] == "admin")
    assert (member["invited"], member["lastSignInAt"] is None) == (False, False)


@pytest.mark.parametrize(
    ("issuer", "claims"),
    [
        pytest.param(CUSTOMERS, {"email_verified": False}, id="address not verified"),
        pytest.param(OPERATORS, {}, id="another issuer"),
    ],
)
def test_an_invitation_is_not_claimed_by_anyone_else(api, acme, owner, issuer, claims):
    api.post("/tenants/acme/users", owner, {"email": "bob@acme.test"})

    me = signed_in(api, issuer, "mallory", "bob@acme.test", **claims)

    assert me.json()["memberships"] == []
    assert "subject" not in api.document("users", email="bob@acme.test", issuer=CUSTOMER_ISSUER)


def test_an_invitation_is_claimed_only_once(api, acme, owner):
    api.post("/tenants/acme/users", owner, {"email": "bob@acme.test"})
    first = signed_in(api, CUSTOMERS, "bob", "bob@acme.test")

    second = signed_in(api, CUSTOMERS, "mallory", "bob@acme.test")

    assert (len(first.json()["memberships"]), second.json()["memberships"]) == (1, [])
    assert second.json()["id"] != first.json()["id"]


def test_a_known_customer_joins_at_once_and_twice_is_a_conflict(api, acme, owner):
    known = api.customer("bob", email="bob@acme.test")

    first = api.post("/tenants/acme/users", owner, {"email": "bob@acme.test"})
    again = api.post("/tenants/acme/users", owner, {"email": "bob@acme.test"})

    assert (first.status_code, first.json()["invited"], again.status_code) == (201, False, 409)
    assert api.get("/tenants/acme", known).status_code == 200


def test_changes_of_members_raise_the_tenants_generation_and_hint_the_queues(api, acme, owner):
    invited = api.post("/tenants/acme/users", owner, {"email": "bob@acme.test"}).json()
    api.patch(f"/tenants/acme/users/{invited['id']}", owner, {"active": False})
    api.delete(f"/tenants/acme/users/{invited['id']}", owner)

    assert api.document("tenants", slug="acme")["generation"] == 4
    assert len(api.queue.hints) == 9
    actions = [each["action"] for each in api.documents("auditEvents")]
    assert actions == ["member.invite", "member.change", "member.remove"]


def test_the_last_owner_cannot_go_step_down_or_be_switched_off(api, acme, owner):
    mine = f"/tenants/acme/users/{owner.user.id}"

    refusals = [api.delete(mine, owner), api.patch(mine, owner, {"role": "admin"})]
    refusals.append(api.patch(mine, owner, {"active": False}))

    assert [(each.status_code, each.json()["code"]) for each in refusals] == [(409, "last-owner")] * 3
    assert api.document("tenants", slug="acme")["generation"] == 1


def test_an_owner_can_go_when_another_stays(api, acme, owner):
    api.customer("owner-2", memberships=(a_membership(acme, "owner"),))

    assert api.delete(f"/tenants/acme/users/{owner.user.id}", owner).status_code == 204
    assert api.get("/tenants/acme", owner).status_code == 404


def test_a_switched_off_owner_does_not_count_as_the_other_owner(api, acme, owner):
    api.customer("owner-2", memberships=(a_membership(acme, "owner", active=False),))

    assert api.delete(f"/tenants/acme/users/{owner.user.id}", owner).status_code == 409


@pytest.mark.parametrize("role", ["member", "admin"])
def test_nobody_reaches_above_their_own_role(api, acme, owner, role):
    person = api.customer("lower", memberships=(a_membership(acme, role),))
    above = {"member": "member", "admin": "owner"}[role]

    assert api.post("/tenants/acme/users", person, {"email": "x@acme.test", "role": above}).status_code == 403
    assert api.patch(f"/tenants/acme/users/{owner.user.id}", person, {"role": "member"}).status_code == 403
    assert api.delete(f"/tenants/acme/users/{owner.user.id}", person).status_code == 403


def test_a_user_of_another_tenant_is_not_there(api, acme, owner):
    other = an_active_tenant(slug="other", domains=())
    Tenants(api.mongo).add(other)
    stranger = api.customer("stranger", memberships=(a_membership(other),))

    foreign = api.patch(f"/tenants/acme/users/{stranger.user.id}", owner, {"role": "member"})
    missing = api.patch(f"/tenants/acme/users/{'0' * 32}", owner, {"role": "member"})

    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() | {"requestId": ""} == missing.json() | {"requestId": ""}


def test_members_of_a_terminated_tenant_cannot_be_changed(api, acme, owner):
    operator = api.operator()
    api.delete("/tenants/acme", operator)

    answer = api.post("/tenants/acme/users", operator, {"email": "x@acme.test"})

    assert (answer.status_code, answer.json()["code"]) == (409, "impossible-move")
    assert len(api.documents("users")) == 2


def test_a_stale_change_of_a_member_is_refused(api, acme, owner):
    invited = api.post("/tenants/acme/users", owner, {"email": "bob@acme.test"})
    path, tag = f"/tenants/acme/users/{invited.json()['id']}", invited.headers["ETag"]
    api.patch(path, owner, {"role": "admin"}, headers={"If-Match": tag})

    assert api.patch(path, owner, {"role": "member"}, headers={"If-Match": tag}).status_code == 412


def test_who_leaves_their_home_is_at_home_in_the_next_tenant_which_is_looked_at_again(api, acme, owner):
    second = an_active_tenant(slug="second", domains=())
    Tenants(api.mongo).add(second)
    person = api.customer("guest", memberships=(a_membership(acme), a_membership(second)))
    api.queue.hints.clear()

    api.patch(f"/tenants/acme/users/{person.user.id}", owner, {"role": "admin"})
    unmoved = api.document("tenants", slug="second")["generation"]
    api.delete(f"/tenants/acme/users/{person.user.id}", owner)

    assert unmoved == 1  # a change of role leaves the home where it was
    assert api.document("tenants", slug="second")["generation"] == 2
    assert [hint[1] for hint in api.queue.hints].count(second.id) == 3


def test_how_far_everyone_has_come_is_counted(api, acme, owner):
    api.post("/tenants/acme/users", owner, {"email": "new@acme.test"})
    api.customer("gone", memberships=(a_membership(acme, active=False),))
    fresh = api.get("/tenants/acme/users/counts", owner).json()
    settled = Tenants(api.mongo).get("acme")
    Tenants(api.mongo).save(
        settled.with_(provisioning=all_ok(settled.generation), version=settled.version + 1), settled
    )

    made = api.get("/tenants/acme/users/counts", owner).json()

    assert fresh == {"invited": 1, "settingUp": 1, "signedIn": 1, "deactivated": 1}
    assert made == {**fresh, "settingUp": 0}


def test_an_invited_person_is_being_set_up_until_the_identity_provider_has_them(api, acme, owner):
    def setting_up():
        listed = api.get("/tenants/acme/users?sort=email", owner).json()["items"]
        return {each["email"]: each["settingUp"] for each in listed}

    made = api.post("/tenants/acme/users", owner, {"email": "new@acme.test"}).json()
    before = setting_up()
    stored = Tenants(api.mongo).get("acme")
    Tenants(api.mongo).save(
        stored.with_(provisioning=all_ok(stored.generation), version=stored.version + 1), stored
    )

    assert made["settingUp"] is True
    assert before == {"new@acme.test": True, "owner-1@dezky-portal.test": False}
    assert set(setting_up().values()) == {False}
