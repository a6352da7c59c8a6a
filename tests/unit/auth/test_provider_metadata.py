"""SES-07 and AUT-28: what the provider says of itself is believed as far as it can do no harm."""

from __future__ import annotations

import json

import pytest

from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.provider_metadata import HOLD_OFF, MAX_AGE, MAX_STALE, ProviderMetadata, metadata_of
from chalicelib.errors import KeysUnavailable, ProviderAway

HOST = "https://id.example/application/o/"
ISSUER = TrustedIssuer(f"{HOST}dezky-operator/", "dezky-operator", "RS256", f"{HOST}dezky-operator/jwks/")
GOOD = {
    "issuer": ISSUER.issuer,
    "authorization_endpoint": f"{HOST}authorize/",
    "token_endpoint": f"{HOST}token/",
    "end_session_endpoint": f"{HOST}dezky-operator/end-session/",
    "revocation_endpoint": f"{HOST}revoke/",
    "jwks_uri": ISSUER.key_set_url,
    "code_challenge_methods_supported": ["plain", "S256"],
    "id_token_signing_alg_values_supported": ["RS256"],
    "authorization_response_iss_parameter_supported": True,
}


class Clock:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


class Document:
    """What the provider answers; None stands for one that is down."""

    def __init__(self, **changes: object) -> None:
        self.answer: bytes | None = document(**changes)
        self.asked: list[str] = []

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if self.answer is None:
            raise KeysUnavailable("down")
        return self.answer


def document(**changes: object) -> bytes:
    return json.dumps({name: value for name, value in (GOOD | changes).items() if value is not None}).encode()


def test_the_addresses_are_taken_from_it():
    found = metadata_of(document(), ISSUER)

    assert (found.authorization, found.token) == (f"{HOST}authorize/", f"{HOST}token/")
    assert found.end_session == f"{HOST}dezky-operator/end-session/"
    assert found.revocation == f"{HOST}revoke/"
    assert found.names_itself


def test_what_a_provider_may_lack_it_may_lack():
    lacking = document(
        end_session_endpoint=None,
        revocation_endpoint=None,
        authorization_response_iss_parameter_supported=None,
    )

    found = metadata_of(lacking, ISSUER)

    assert (found.end_session, found.revocation, found.names_itself) == ("", "", False)


FOREIGN = [
    "https://evil.test/token/",
    "http://id.example/token/",
    "https://id.example:444/token/",
    "//evil.test/",
    "https://id.example@evil.test/",
    "https://id.example/token/?a",
    "https://id.example/\n",
    "javascript:x",
]
REFUSED = [
    ("other-issuer", {"issuer": f"{HOST}dezky-portal/"}),
    ("other-issuer", {"issuer": None}),
    ("other-issuer", {"issuer": [ISSUER.issuer]}),
    ("no-s256", {"code_challenge_methods_supported": ["plain"]}),
    ("no-s256", {"code_challenge_methods_supported": None}),
    ("no-s256", {"code_challenge_methods_supported": "S256"}),
    ("other-algorithm", {"id_token_signing_alg_values_supported": ["HS256"]}),
    ("other-key-set", {"jwks_uri": f"{HOST}dezky-portal/jwks/"}),
    ("foreign-jwks_uri", {"jwks_uri": "https://evil.test/jwks/"}),
    ("no-token_endpoint", {"token_endpoint": None}),
    ("no-authorization_endpoint", {"authorization_endpoint": ""}),
    ("bad-token_endpoint", {"token_endpoint": ["x"]}),
    *(("foreign-token_endpoint", {"token_endpoint": url}) for url in FOREIGN),
    *(("foreign-authorization_endpoint", {"authorization_endpoint": url}) for url in FOREIGN),
    *(("foreign-end_session_endpoint", {"end_session_endpoint": url}) for url in FOREIGN),
]


@pytest.mark.parametrize(("reason", "changes"), REFUSED, ids=str)
def test_ses_07_a_document_that_leads_elsewhere_or_offers_too_little_is_refused(reason, changes):
    with pytest.raises(ValueError, match=f"^{reason}$"):
        metadata_of(document(**changes), ISSUER)


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"<html>", b'{"issuer": 1, "issuer": 2}', b"\xff"])
def test_what_is_no_document_is_refused(raw):
    with pytest.raises(ValueError, match=r"^not-json$"):
        metadata_of(raw, ISSUER)


def test_it_is_asked_once_and_remembered():
    source, clock = Document(), Clock()
    metadata = ProviderMetadata(ISSUER, source.fetch, clock)

    assert metadata.get() is metadata.get()

    assert source.asked == [f"{ISSUER.issuer}.well-known/openid-configuration"]


def test_it_is_asked_again_when_it_is_old_and_the_last_good_one_outlives_an_outage():
    source, clock = Document(), Clock()
    metadata = ProviderMetadata(ISSUER, source.fetch, clock)
    known = metadata.get()
    source.answer = None

    clock.now += MAX_AGE + MAX_STALE - 1
    assert metadata.get() is known
    clock.now += 1
    with pytest.raises(ProviderAway):
        metadata.get()


def test_a_refused_document_is_never_used(caplog):
    source, clock = Document(token_endpoint="https://evil.test/"), Clock()
    metadata = ProviderMetadata(ISSUER, source.fetch, clock)

    with pytest.raises(ProviderAway):
        metadata.get()

    assert "metadata refused" in caplog.text
    assert "evil" not in caplog.text


def test_impatience_does_not_become_a_flood():
    source, clock = Document(), Clock()
    source.answer = None
    metadata = ProviderMetadata(ISSUER, source.fetch, clock)

    for _ in range(10):
        with pytest.raises(ProviderAway):
            metadata.get()
    assert len(source.asked) == 1

    clock.now += HOLD_OFF
    source.answer = document()
    assert metadata.get().names_itself
