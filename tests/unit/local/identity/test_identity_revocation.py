"""Revocation: a refresh token that an application gave back works no more."""

import requests

from tests.unit.local.identity.stage import TIMEOUT, App, Provider


def revoked(provider: Provider, token: str, client: str = "dezky-portal", **form: str) -> requests.Response:
    return requests.post(
        f"{provider.url}/application/o/revoke/",
        data={"token": token, **form},
        auth=(client, f"{client}-local-secret"),
        timeout=TIMEOUT,
    )


def test_a_revoked_refresh_token_renews_nothing(provider, portal):
    tokens = portal.tokens()

    answer = revoked(provider, tokens["refresh_token"], token_type_hint="refresh_token")

    assert answer.status_code == 200
    assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert portal.userinfo(tokens["access_token"]).status_code == 200  # it runs out by itself


def test_nobody_revokes_the_tokens_of_another_application(provider, portal):
    tokens = portal.tokens()

    answer = revoked(provider, tokens["refresh_token"], client="dezky-operator")

    assert answer.status_code == 200
    assert portal.refresh(tokens["refresh_token"]).status_code == 200


def test_an_unknown_token_is_revoked_already(provider):
    assert revoked(provider, "never-was").status_code == 200


def test_a_stranger_revokes_nothing(provider, portal):
    tokens = portal.tokens()
    address = f"{provider.url}/application/o/revoke/"

    form = {"token": tokens["refresh_token"]}
    answer = requests.post(address, data=form, auth=("dezky-portal", "guessed"), timeout=TIMEOUT)

    assert answer.status_code == 401
    assert portal.refresh(tokens["refresh_token"]).status_code == 200


def test_it_is_found_by_discovery(provider):
    address = f"{provider.issuer('dezky-portal')}.well-known/openid-configuration"

    found = requests.get(address, timeout=TIMEOUT).json()

    assert found["revocation_endpoint"] == f"{provider.url}/application/o/revoke/"
    assert App(provider).slug in found["issuer"]
