"""Bindings through the API: who gets in."""

from typing import Any

import pytest

from infra.local.identity.fixtures import scope_key
from tests.unit.local.identity.stage import App, Provider, returned
from tests.unit.local.identity.wishes import MAIL_CALLBACK, MISSING, a_provider, an_application, created


def test_an_application_with_its_provider_and_a_binding_lets_the_group_in(provider: Provider):
    group = created(provider, "/core/groups/", {"name": "dezky-t-acme", "users": [4]})
    client = a_provider(
        provider,
        client_id="mail",
        client_secret="mail-local-secret",
        redirect_uris=[{"matching_mode": "strict", "url": MAIL_CALLBACK}],
        property_mappings=[scope_key(name) for name in ("openid", "email", "offline_access")],
    )
    application = an_application(provider, provider=client["pk"])
    created(provider, "/policies/bindings/", {"target": application["pk"], "group": group["pk"], "order": 0})

    member, owner = (App(provider, "mail", redirect_uri=MAIL_CALLBACK) for _ in range(2))

    tokens = member.tokens("member@acme.test", scope="openid email profile offline_access")

    assert member.claims(tokens["access_token"])["aud"] == "mail"
    assert tokens["scope"] == "openid email offline_access"
    assert owner.sign_in("owner@acme.test").status_code == 403


def test_the_same_group_binding_twice_is_two_bindings(provider: Provider):
    application = provider.api("GET", "/core/applications/dezky-portal/").json()
    group = provider.api("GET", "/core/groups/").json()["results"][0]
    wish = {"target": application["pk"], "group": group["pk"], "order": 0}

    first, second = (created(provider, "/policies/bindings/", wish) for _ in range(2))

    listed = provider.api("GET", "/policies/bindings/", params={"target": application["pk"]}).json()
    assert first["pk"] != second["pk"]
    assert listed["pagination"]["count"] == 2
    assert (first["enabled"], first["negate"], first["timeout"]) == (True, False, 30)
    assert first["group_obj"]["name"] == "dezky-platform-admins"


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"order": None}, {"order": ["This field may not be null."]}),
        ({"target": MISSING}, {"target": [f'Invalid pk "{MISSING}" - object does not exist.']}),
        ({"group": MISSING}, {"group": [f'Invalid pk "{MISSING}" - object does not exist.']}),
        ({"timeout": -1}, {"timeout": ["Ensure this value is greater than or equal to 0."]}),
        ({"group": None}, {"non_field_errors": ["One of 'policy', 'group', 'user' must be set."]}),
        ({"user": 1}, {"non_field_errors": ["Only one of 'policy', 'group', 'user' can be set."]}),
    ],
)
def test_a_binding_that_makes_no_sense_is_refused(
    provider: Provider, changed: dict[str, Any], complaint: dict[str, Any]
):
    application = provider.api("GET", "/core/applications/dezky-portal/").json()
    group = provider.api("GET", "/core/groups/").json()["results"][0]
    wish = {"target": application["pk"], "group": group["pk"], "order": 0, **changed}

    answer = provider.api("POST", "/policies/bindings/", json=wish)

    assert (answer.status_code, answer.json()) == (400, complaint)


def test_bindings_of_an_unknown_target_are_400(provider: Provider):
    answer = provider.api("GET", "/policies/bindings/", params={"target": MISSING})

    assert (answer.status_code, list(answer.json())) == (400, ["target"])


def test_a_removed_binding_opens_the_application(operator: App):
    binding = operator.provider.api("GET", "/policies/bindings/").json()["results"][0]
    path = f"/policies/bindings/{binding['pk']}/"

    statuses = [operator.provider.api("DELETE", path).status_code for _ in range(2)]

    assert statuses == [204, 404]
    assert "code" in returned(operator.sign_in("member@acme.test"))


def test_a_disabled_binding_opens_the_application_as_well(operator: App):
    binding = operator.provider.world.bindings.list()["results"][0]

    operator.provider.api("PATCH", f"/policies/bindings/{binding['pk']}/", json={"enabled": False})

    assert (
        operator.provider.api("GET", "/policies/bindings/", params={"enabled": "true"}).json()["results"]
        == []
    )
    assert "code" in returned(operator.sign_in("member@acme.test"))


@pytest.mark.parametrize(
    ("mode", "bound", "passing"),
    [
        ("any", [{"user": 4}, {"user": 3}], True),
        ("all", [{"user": 4}, {"user": 3}], False),
        ("any", [{"user": 4, "negate": True}], False),
        ("any", [{"user": 3, "negate": True}], True),
        ("any", [], True),
    ],
)
def test_bindings_count_by_the_mode_of_the_application(
    provider: Provider, mode: str, bound: list[dict[str, Any]], passing: bool
):
    application = an_application(provider, policy_engine_mode=mode)
    for order, binding in enumerate(bound):
        created(provider, "/policies/bindings/", {"target": application["pk"], "order": order, **binding})

    answer = provider.api("GET", "/core/applications/mail/check_access/", params={"for_user": "4"})

    assert answer.json()["passing"] is passing


def test_members_of_a_subgroup_are_let_in_through_its_parent(provider: Provider):
    parent = created(provider, "/core/groups/", {"name": "parent"})
    created(provider, "/core/groups/", {"name": "child", "parents": [parent["pk"]], "users": [4]})
    application = an_application(provider)
    created(provider, "/policies/bindings/", {"target": application["pk"], "group": parent["pk"], "order": 0})

    def may_enter(user: int) -> bool:
        asked = {"for_user": str(user)}
        answer = provider.api("GET", "/core/applications/mail/check_access/", params=asked)
        return bool(answer.json()["passing"])

    assert (may_enter(4), may_enter(3)) == (True, False)
