"""Signing keys: rotation leaves old tokens verifiable until the old keys are retired."""

import jwt
import pytest
import requests
from flask.testing import FlaskClient

from infra.local.identity.app import create_app
from tests.unit.local.identity.stage import TIMEOUT, App, Provider, settings


def turn(provider: Provider, action: str) -> requests.Response:
    return requests.post(f"{provider.url}/_keys/{action}", timeout=TIMEOUT)


def published(app: App) -> list[str]:
    keys = requests.get(f"{app.provider.issuer(app.slug)}jwks/", timeout=TIMEOUT).json()
    return [key["kid"] for key in keys["keys"]]


def test_only_public_halves_are_published(portal: App):
    keys = requests.get(f"{portal.provider.issuer('dezky-portal')}jwks/", timeout=TIMEOUT).json()["keys"]

    assert [set(key) for key in keys] == [{"kty", "kid", "use", "alg", "n", "e"}]


def test_after_a_rotation_new_tokens_have_a_new_key_and_old_ones_verify(portal: App):
    old = portal.tokens()["access_token"]

    kid = turn(portal.provider, "rotate").json()["kid"]
    new = portal.tokens("member@acme.test", prompt="login")["access_token"]

    assert jwt.get_unverified_header(new)["kid"] == kid != jwt.get_unverified_header(old)["kid"]
    assert portal.claims(old)["sub"] == portal.claims(new)["sub"]


def test_retiring_withdraws_the_previous_keys(portal: App):
    old = portal.tokens()["access_token"]
    kid = turn(portal.provider, "rotate").json()["kid"]

    retired = turn(portal.provider, "retire").json()

    assert retired == {"retired": 1}
    assert published(portal) == [kid]
    assert portal.userinfo(old).status_code == 401


@pytest.mark.parametrize("action", ["rotate", "retire"])
def test_nobody_turns_keys_from_another_machine(action: str):
    client: FlaskClient = create_app(settings()).test_client()

    answer = client.post(f"/_keys/{action}", environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert answer.status_code == 404
