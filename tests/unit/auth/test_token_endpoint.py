"""The token endpoint: each thing is sent once, and again only when our own secret was rotated meanwhile."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.auth.provider_metadata import ProviderMetadata
from chalicelib.auth.token_answers import token_answer
from chalicelib.auth.token_endpoint import TokenEndpoint
from chalicelib.errors import GrantRefused, ProviderAway, Unavailable
from chalicelib.integrations.identity_provider import FormAnswer
from tests.unit.auth.test_provider_metadata import ISSUER, Clock, Document
from tests.unit.auth.test_surface import made

GOOD = {
    "token_type": "Bearer",
    "access_token": "a.b.c",
    "expires_in": 900,
    "refresh_token": "r",
    "id_token": "i",
}


class Wire:
    """Answers in turn, and remembers who asked with which secret."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        self.answers = list(answers)
        self.secrets: list[str] = []
        self.forms: list[dict[str, str]] = []

    def post(self, url: str, data: Any = None, headers: Any = None, auth: Any = None) -> FormAnswer:
        _, sent, _ = auth.prepare("POST", url, dict(headers or {}), "")
        basic = base64.b64decode(sent["Authorization"].removeprefix("Basic ")).decode()
        self.secrets.append(basic.partition(":")[2])
        self.forms.append(dict(data))
        status, body = self.answers.pop(0)
        return FormAnswer(status, json.dumps(body).encode())


class RotatedSecret:
    def __init__(self, *values: str | None) -> None:
        self.values = list(values)

    def value(self) -> str:
        first = self.values[0]
        if first is None:
            raise Unavailable("Secrets Manager is away")
        return first

    def renewed(self, refused: str) -> str | None:
        return self.values[1] if len(self.values) > 1 else None


def an_endpoint(wire: Wire, *secrets: str | None) -> TokenEndpoint:
    metadata = ProviderMetadata(ISSUER, Document().fetch, Clock())
    surface = replace(made("operator"), secret=RotatedSecret(*(secrets or ("s-1",))))
    return TokenEndpoint(surface, metadata, wire)


def test_a_code_is_redeemed_with_its_verifier_and_our_own_secret():
    wire = Wire((200, GOOD))

    answer = an_endpoint(wire).redeem("the-code", "v" * 64)

    assert answer.access_token == "a.b.c"
    assert wire.secrets == ["s-1"]
    assert wire.forms[0] == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "code_verifier": "v" * 64,
        "redirect_uri": "https://portal.example/operator/auth/oidc/callback",
    }


def test_a_secret_that_was_rotated_is_tried_once_more():
    wire = Wire((401, {"error": "invalid_client"}), (200, GOOD))

    assert an_endpoint(wire, "old", "new").refresh("r").refresh_token == "r"

    assert wire.secrets == ["old", "new"]


def test_a_secret_that_is_refused_for_good_is_our_own_trouble(caplog):
    for secrets in (("s-1",), ("old", "new")):
        wire = Wire((401, {"error": "invalid_client"}), (401, {"error": "invalid_client"}))
        with pytest.raises(ProviderAway, match="client-refused"):
            an_endpoint(wire, *secrets).refresh("r")
        assert len(wire.secrets) == len(secrets)
    assert "s-1" not in caplog.text


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_request", "access_denied", "whatever"])
def test_all_other_errors_mean_that_the_grant_is_worth_nothing(error):
    with pytest.raises(GrantRefused):
        an_endpoint(Wire((400, {"error": error}))).refresh("r")


@pytest.mark.parametrize("error", ["temporarily_unavailable", "server_error", "slow_down"])
def test_a_passing_error_means_nothing(error):
    with pytest.raises(ProviderAway):
        an_endpoint(Wire((400, {"error": error}))).refresh("r")


def test_without_a_secret_nothing_is_sent():
    wire = Wire()

    with pytest.raises(ProviderAway, match="no-secret"):
        an_endpoint(wire, None).redeem("c", "v" * 64)

    assert wire.forms == []


def test_ses_07_the_challenge_is_s256_of_the_verifier():
    address = an_endpoint(Wire()).authorization_address("s", "v" * 64, nonce="n")

    assert "code_challenge_method=S256" in address
    assert "v" * 64 not in address


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("token-type", {"token_type": "DPoP"}),
        ("token-type", {"token_type": None}),
        ("expires-in", {"expires_in": 86_401}),
        ("expires-in", {"expires_in": 900.5}),
        ("expires-in", {"expires_in": True}),
        ("no-access_token", {"access_token": ""}),
        ("bad-access_token", {"access_token": 1}),
        ("bad-access_token", {"access_token": "a\r\nX: y"}),
        ("bad-refresh_token", {"refresh_token": "é"}),
        ("bad-id_token", {"id_token": "x" * 8_193}),
    ],
)
def test_ses_10_an_answer_that_makes_no_sense_is_refused(reason, changes):
    with pytest.raises(ProviderAway) as refused:
        token_answer(GOOD | changes)

    assert refused.value.reason == reason


def test_a_bearer_is_one_however_it_is_written():
    assert token_answer(GOOD | {"token_type": "bearer"}).expires_in == 900
    assert token_answer({**GOOD, "refresh_token": ""}).refresh_token is None
