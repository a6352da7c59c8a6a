"""Providers through the API, and what an instance brings along."""

from typing import Any

import pytest

from infra.local.identity.fixtures import AUTHORIZATION_FLOW
from tests.unit.local.identity.stage import App, Provider
from tests.unit.local.identity.wishes import MISSING, a_provider, a_provider_wish, created


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


def test_flows_scopes_and_the_key_pair_can_be_looked_up(provider: Provider):
    scope = {"managed": "goauthentik.io/providers/oauth2/scope-openid"}

    flows = provider.api("GET", "/flows/instances/", params={"slug": AUTHORIZATION_FLOW}).json()["results"]
    scopes = provider.api("GET", "/propertymappings/provider/scope/", params=scope).json()["results"]
    asked = {"name": "authentik Self-signed Certificate"}
    pairs = provider.api("GET", "/crypto/certificatekeypairs/", params=asked).json()["results"]

    assert [flow["designation"] for flow in flows] == ["authorization"]
    assert [found["scope_name"] for found in scopes] == ["openid"]
    assert len(pairs) == 1
