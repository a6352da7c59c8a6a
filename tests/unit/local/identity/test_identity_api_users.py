"""Users and their sessions through the API, as the platform uses them and as the vendor refuses."""

from typing import Any

import pytest

from tests.unit.local.identity.stage import App, Provider
from tests.unit.local.identity.wishes import MISSING, a_group, a_user, found


def test_all_complaints_come_at_once(provider: Provider):
    answer = provider.api("POST", "/core/users/", json={"email": "no address"})

    assert set(answer.json()) == {"username", "name", "email"}


def test_a_user_is_created_with_its_groups_and_found_in_every_way(provider: Provider):
    group = a_group(provider)
    created = a_user(provider, path="dezky/acme", groups=[group["pk"]], attributes={"dezky_user": "u1"})

    for asked in (
        {"username": "ann@acme.test"},
        {"email": "ann@acme.test"},
        {"groups_by_pk": group["pk"]},
        {"groups_by_name": "dezky-t-acme"},
        {"attributes": '{"dezky_user": "u1"}'},
        {"uuid": created["uuid"]},
    ):
        assert found(provider, "/core/users/", **asked) == [created], asked
    assert isinstance(created["pk"], int)
    assert created["groups_obj"][0]["name"] == "dezky-t-acme"


def test_users_are_found_by_path_and_by_its_beginning(provider: Provider):
    a_user(provider, path="dezky/acme/sales")

    exact = found(provider, "/core/users/", path="dezky/acme")
    below = found(provider, "/core/users/", path_startswith="dezky/acme")

    assert [user["username"] for user in exact] == ["member@acme.test", "owner@acme.test"]
    assert len(below) == 3


def test_users_are_found_by_being_active(provider: Provider):
    a_user(provider, is_active=False)

    assert [user["username"] for user in found(provider, "/core/users/", is_active="false")] == [
        "ann@acme.test"
    ]
    assert len(found(provider, "/core/users/", is_active="true")) == 4


def test_groups_can_be_left_out_of_users(provider: Provider):
    user = found(provider, "/core/users/", username="operator@dezky.local", include_groups="false")[0]

    assert user["groups_obj"] is None
    assert len(user["groups"]) == 1


def test_a_second_user_of_that_name_is_refused_but_the_address_may_repeat(provider: Provider):
    a_user(provider)

    taken = provider.api("POST", "/core/users/", json={"username": "ann@acme.test", "name": "Other"})
    same_address = a_user(provider, username="ann2@acme.test")

    assert (taken.status_code, taken.json()) == (400, {"username": ["This field must be unique."]})
    assert same_address["email"] == "ann@acme.test"


def test_names_that_differ_in_case_are_different(provider: Provider):
    a_user(provider)

    assert a_user(provider, username="Ann@acme.test")["username"] == "Ann@acme.test"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "x" * 151),
        ("username", ""),
        ("email", "no address"),
        ("path", "/dezky"),
        ("path", "dezky/"),
        ("path", "dezky//acme"),
        ("path", ""),
        ("type", "robot"),
        ("type", "internal_service_account"),
        ("groups", [MISSING]),
        ("is_active", "perhaps"),
        ("attributes", "text"),
    ],
)
def test_a_user_that_makes_no_sense_is_refused(provider: Provider, field: str, value: Any):
    wish = {"username": "ann@acme.test", "name": "Ann", field: value}

    answer = provider.api("POST", "/core/users/", json=wish)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_patch_inactive_ends_the_sessions_and_put_leaves_them(portal: App):
    portal.sign_in("member@acme.test")
    provider, world = portal.provider, portal.provider.world
    whole = {"username": "member@acme.test", "name": "Malik", "is_active": False}

    provider.api("PUT", "/core/users/4/", json=whole)
    after_put = len(world.sessions.rows)
    provider.api("PATCH", "/core/users/4/", json={"is_active": False})

    assert (after_put, len(world.sessions.rows)) == (1, 0)


def test_put_inactive_drops_the_tokens_all_the_same(portal: App):
    tokens = portal.tokens()
    whole = {"username": "member@acme.test", "name": "Malik", "is_active": False}

    portal.provider.api("PUT", "/core/users/4/", json=whole)

    assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_put_returns_what_is_not_sent_to_its_default(provider: Provider):
    created = a_user(provider, path="dezky/acme", attributes={"dezky_user": "u1"})

    wish = {"username": "ann@acme.test", "name": "Ann"}
    replaced = provider.api("PUT", f"/core/users/{created['pk']}/", json=wish).json()

    assert (replaced["path"], replaced["attributes"], replaced["email"]) == ("users", {}, "")


def test_a_deleted_user_is_gone_from_groups_and_cannot_sign_in(portal: App):
    provider = portal.provider
    group = a_group(provider, users=[4])
    portal.sign_in("member@acme.test")

    first = provider.api("DELETE", "/core/users/4/").status_code
    second = provider.api("DELETE", "/core/users/4/").status_code

    assert (first, second) == (204, 404)
    assert provider.api("GET", f"/core/groups/{group['pk']}/").json()["users"] == []
    assert portal.sign_in("member@acme.test").status_code == 400


def test_no_view_of_a_user_shows_a_password(provider: Provider):
    answer = provider.api("GET", "/core/users/")

    assert "scrypt" not in answer.text


def test_sessions_are_listed_and_revoked_by_user(portal: App):
    portal.sign_in("member@acme.test")
    provider = portal.provider

    listed = found(provider, "/core/authenticated_sessions/", user__username="member@acme.test")
    others = found(provider, "/core/authenticated_sessions/", user__username="owner@acme.test")
    deleted = provider.api("DELETE", "/core/authenticated_sessions/bulk_delete/?user_pks=4&user_pks=3")

    assert ([session["user"] for session in listed], others) == ([4], [])
    assert (deleted.status_code, deleted.json()) == (200, {"deleted": 2})
    assert portal.authorize().status_code == 200


@pytest.mark.parametrize("asked", ["", "?user_pks=x"])
def test_revoking_nobody_in_particular_is_400(provider: Provider, asked: str):
    answer = provider.api("DELETE", f"/core/authenticated_sessions/bulk_delete/{asked}")

    assert answer.status_code == 400
    assert list(answer.json()) == ["user_pks"]


def test_revoking_a_user_without_sessions_deletes_nothing(provider: Provider):
    answer = provider.api("DELETE", "/core/authenticated_sessions/bulk_delete/?user_pks=4&user_pks=99")

    assert answer.json() == {"deleted": 0}
