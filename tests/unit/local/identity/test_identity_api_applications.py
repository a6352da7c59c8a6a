"""Applications, providers and bindings through the API, with the vendor's own traps."""

from typing import Any

import pytest
import requests

from infra.local.identity.fixtures import AUTHORIZATION_FLOW, INVALIDATION_FLOW, flow_key, scope_key
from tests.unit.local.identity.stage import TIMEOUT, App, Provider, returned

MISSING = "00000000-0000-4000-8000-000000000000"
MODEL = "authentik_providers_oauth2.oauth2provider"
MAIL_CALLBACK = "https://mail.example/callback"
THERE_ALREADY = ["State is set to must_created and object exists already"]


def a_provider_wish(**changed: Any) -> dict[str, Any]:
    return {
        "name": "mail",
        "authorization_flow": flow_key(AUTHORIZATION_FLOW),
        "invalidation_flow": flow_key(INVALIDATION_FLOW),
        "redirect_uris": [{"matching_mode": "strict", "url": MAIL_CALLBACK}],
        "grant_types": ["authorization_code", "refresh_token"],
        **changed,
    }


def created(provider: Provider, path: str, wish: dict[str, Any]) -> dict[str, Any]:
    answer = provider.api("POST", path, json=wish)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def an_application(provider: Provider, /, slug: str = "mail", **body: Any) -> dict[str, Any]:
    return created(provider, "/core/applications/", {"name": slug.title(), "slug": slug, **body})


def a_provider(provider: Provider, **changed: Any) -> dict[str, Any]:
    return created(provider, "/providers/oauth2/", a_provider_wish(**changed))


def slugs(provider: Provider, **asked: str) -> list[str]:
    found = provider.api("GET", "/core/applications/", params=asked).json()["results"]
    return [application["slug"] for application in found]


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


def test_a_provider_without_grant_types_stores_none(provider: Provider):
    wish = a_provider_wish()
    del wish["grant_types"]

    stored = created(provider, "/providers/oauth2/", wish)

    assert stored["grant_types"] == []


def test_a_provider_gets_a_client_id_and_a_secret_of_its_own(provider: Provider):
    stored = a_provider(provider)

    assert len(stored["client_id"]) == 40
    assert len(stored["client_secret"]) == 128
    assert stored["redirect_uris"][0]["redirect_uri_type"] == "authorization"


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"name": "Dezky portal"}, {"name": ["provider with this name already exists."]}),
        (
            {"authorization_flow": MISSING},
            {"authorization_flow": [f'Invalid pk "{MISSING}" - object does not exist.']},
        ),
        ({"invalidation_flow": None}, {"invalidation_flow": ["This field may not be null."]}),
        ({"grant_types": ["magic"]}, {"grant_types": ['"magic" is not a valid choice.']}),
        ({"client_type": "secret"}, {"client_type": ['"secret" is not a valid choice.']}),
    ],
)
def test_a_provider_that_makes_no_sense_is_refused(
    provider: Provider, changed: dict[str, Any], complaint: dict[str, Any]
):
    answer = provider.api("POST", "/providers/oauth2/", json=a_provider_wish(**changed))

    assert (answer.status_code, answer.json()) == (400, complaint)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_id", "dezky-portal"),
        ("redirect_uris", [{"url": "https://x.example"}]),
        ("redirect_uris", [{"matching_mode": "fuzzy", "url": "https://x.example"}]),
        ("access_token_validity", "soon"),
        ("signing_key", MISSING),
        ("property_mappings", [MISSING]),
    ],
)
def test_other_wrong_fields_of_a_provider_are_named(provider: Provider, field: str, value: Any):
    answer = provider.api("POST", "/providers/oauth2/", json=a_provider_wish(**{field: value}))

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_what_a_provider_needs_is_named(provider: Provider):
    answer = provider.api("POST", "/providers/oauth2/", json={})

    assert set(answer.json()) == {"name", "authorization_flow", "invalidation_flow", "redirect_uris"}


def test_a_provider_is_found_by_name_by_client_and_by_application(provider: Provider):
    application = provider.api("GET", "/core/applications/dezky-portal/").json()

    for asked in (
        {"name": "Dezky portal"},
        {"client_id": "dezky-portal"},
        {"application": application["pk"]},
    ):
        found = provider.api("GET", "/providers/oauth2/", params=asked).json()["results"]
        assert [row["assigned_application_slug"] for row in found] == ["dezky-portal"], asked
    assert provider.api("GET", "/providers/oauth2/", params={"application": MISSING}).status_code == 400


def test_a_deleted_provider_leaves_its_application_without_one(provider: Provider):
    key = provider.api("GET", "/core/applications/dezky-portal/").json()["provider"]

    answer = provider.api("DELETE", f"/providers/oauth2/{key}/")

    application = provider.api("GET", "/core/applications/dezky-portal/").json()
    assert answer.status_code == 204
    assert (application["provider"], application["provider_obj"]) == (None, None)
    assert App(provider).authorize().status_code == 400


@pytest.mark.parametrize("path", ["/providers/oauth2/99/", "/core/applications/nothing/"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_unknown_keys_are_404(provider: Provider, method: str, path: str):
    assert provider.api(method, path, json={}).status_code == 404


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"slug": "dezky-portal"}, {"slug": ["Application with this slug already exists."]}),
        ({"provider": 2}, {"provider": ["Application with this provider already exists."]}),
        ({"provider": 99}, {"provider": ['Invalid pk "99" - object does not exist.']}),
        ({"policy_engine_mode": "some"}, {"policy_engine_mode": ['"some" is not a valid choice.']}),
        ({"meta_launch_url": "somewhere"}, {"meta_launch_url": ["Enter a valid URL."]}),
    ],
)
def test_an_application_that_makes_no_sense_is_refused(
    provider: Provider, changed: dict[str, Any], complaint: dict[str, Any]
):
    answer = provider.api("POST", "/core/applications/", json={"name": "Mail", "slug": "mail", **changed})

    assert (answer.status_code, answer.json()) == (400, complaint)


@pytest.mark.parametrize(
    "slug", ["authorize", "token", "device", "userinfo", "introspect", "revoke", "with space", "a/b", "é", ""]
)
def test_reserved_and_malformed_slugs_are_refused(provider: Provider, slug: str):
    answer = provider.api("POST", "/core/applications/", json={"name": "Mail", "slug": slug})

    assert answer.status_code == 400
    assert list(answer.json()) == ["slug"]


def test_an_application_is_changed_and_deleted_with_its_bindings_and_without_its_provider(provider: Provider):
    before = provider.api("GET", "/core/applications/dezky-operator/").json()

    changed = provider.api("PATCH", "/core/applications/dezky-operator/", json={"name": "Staff"}).json()
    deleted = provider.api("DELETE", "/core/applications/dezky-operator/")

    assert (changed["name"], changed["pk"]) == ("Staff", before["pk"])
    assert deleted.status_code == 204
    assert provider.api("GET", "/policies/bindings/").json()["results"] == []
    assert provider.api("GET", f"/providers/oauth2/{before['provider']}/").status_code == 200


def test_the_full_list_is_the_truth_and_filters_work(provider: Provider):
    assert slugs(provider, superuser_full_list="true") == ["dezky-operator", "dezky-portal"]
    assert slugs(provider, superuser_full_list="true", slug="dezky-operator") == ["dezky-operator"]
    assert slugs(provider, superuser_full_list="true", name="Dezky portal") == ["dezky-portal"]


def test_the_plain_list_shows_only_what_the_caller_may_open(provider: Provider):
    assert slugs(provider) == ["dezky-portal"]


def test_the_plain_list_answers_filters_with_what_it_showed_before(provider: Provider):
    slugs(provider)

    lied = provider.api("GET", "/core/applications/", params={"slug": "nothing"}).json()

    assert [application["slug"] for application in lied["results"]] == ["dezky-portal"]
    assert lied["pagination"]["count"] == 0


def test_a_search_or_a_new_application_gets_past_the_stale_list(provider: Provider):
    slugs(provider)

    searched = slugs(provider, search="nothing")
    an_application(provider)

    assert searched == []
    assert slugs(provider) == ["dezky-portal", "mail"]


def test_the_stale_list_can_be_switched_off(provider: Provider):
    requests.post(f"{provider.url}/_switches", json={"stale-application-list": False}, timeout=TIMEOUT)
    slugs(provider)

    assert slugs(provider, slug="nothing") == []


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


def a_whole(group: str, **changed: Any) -> dict[str, Any]:
    return {
        "app": {"name": "Mail", "slug": "mail"},
        "provider_model": MODEL,
        "provider": a_provider_wish(),
        "policy_bindings": [{"group": group, "order": 0}],
        **changed,
    }


@pytest.fixture
def group(provider: Provider) -> str:
    return str(provider.api("GET", "/core/groups/").json()["results"][0]["pk"])


def test_the_transaction_creates_all_three(provider: Provider, group: str):
    answer = provider.api("PUT", "/core/transactional/applications/", json=a_whole(group))

    application = provider.api("GET", "/core/applications/mail/").json()
    bindings = provider.api("GET", "/policies/bindings/", params={"target": application["pk"]}).json()
    assert (answer.status_code, answer.json()) == (200, {"applied": True, "logs": []})
    assert application["provider_obj"]["name"] == "mail"
    assert [binding["group"] for binding in bindings["results"]] == [group]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"provider": a_provider_wish(name="Dezky portal")}, {"provider": {"name": THERE_ALREADY}}),
        ({"app": {"name": "Mail", "slug": "dezky-portal"}}, {"app": {"slug": THERE_ALREADY}}),
        ({"app": {"slug": "mail"}}, {"app": {"name": ["This field is required."]}}),
        ({"policy_bindings": [{"group": None, "order": 0}]}, None),
        ({"policy_bindings": [{"order": 0, "group": MISSING}]}, None),
        ({"provider_model": "authentik_providers_ldap.ldapprovider"}, None),
        ({"provider": {}}, None),
    ],
)
def test_a_transaction_that_is_refused_leaves_nothing_behind(
    provider: Provider, group: str, changed: dict[str, Any], complaint: dict[str, Any] | None
):
    answer = provider.api("PUT", "/core/transactional/applications/", json=a_whole(group, **changed))

    assert answer.status_code == 400
    assert complaint is None or answer.json() == complaint
    assert provider.api("GET", "/core/applications/mail/").status_code == 404
    assert provider.api("GET", "/providers/oauth2/", params={"name": "mail"}).json()["results"] == []
    assert len(provider.world.bindings.rows) == 1


def test_flows_scopes_and_the_key_pair_can_be_looked_up(provider: Provider):
    scope = {"managed": "goauthentik.io/providers/oauth2/scope-openid"}

    flows = provider.api("GET", "/flows/instances/", params={"slug": AUTHORIZATION_FLOW}).json()["results"]
    scopes = provider.api("GET", "/propertymappings/provider/scope/", params=scope).json()["results"]
    asked = {"name": "authentik Self-signed Certificate"}
    pairs = provider.api("GET", "/crypto/certificatekeypairs/", params=asked).json()["results"]

    assert [flow["designation"] for flow in flows] == ["authorization"]
    assert [found["scope_name"] for found in scopes] == ["openid"]
    assert len(pairs) == 1
