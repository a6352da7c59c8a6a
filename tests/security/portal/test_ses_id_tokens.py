"""SES-11 and SES-12: ID tokens are checked by ourselves, one claim after the other."""

from __future__ import annotations

import json

import pytest

from chalicelib.auth.id_tokens import IdTokens
from chalicelib.auth.keys import KeySets
from chalicelib.errors import TokenRefused
from tests.security.portal.id_tokens import ACCESS_TOKEN, NONCE, forged, id_claims, valid
from tests.security.portal.stage import Stage
from tests.security.tokens.issuing import ALGORITHMS, FakeClock, FakeIssuers, Issuer, an_issuer, sign

FORGED, VALID = list(forged()), list(valid())


def id_tokens_of(issuer: Issuer) -> IdTokens:
    clock = FakeClock()
    return IdTokens(issuer.trusted, KeySets(FakeIssuers(issuer).fetch, clock), clock)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("case", FORGED, ids=[case.id for case in FORGED])
def test_ses_11_a_forged_id_token_is_refused_for_its_own_reason(algorithm, case):
    issuer = an_issuer(algorithm)

    with pytest.raises(TokenRefused) as refusal:
        id_tokens_of(issuer).signed_in(case.made(issuer), NONCE, ACCESS_TOKEN)

    assert refusal.value.reason == case.reason


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("case", VALID, ids=[case.id for case in VALID])
def test_ses_11_a_valid_id_token_says_who_it_is(algorithm, case):
    issuer = an_issuer(algorithm)

    identity = id_tokens_of(issuer).signed_in(case.made(issuer), NONCE, ACCESS_TOKEN)

    assert (identity.issuer, identity.subject) == (issuer.trusted.issuer, "5f2c")


def test_ses_11_the_corpus_is_as_large_as_promised():
    assert len({case.id for case in FORGED}) >= 46
    assert len({case.id for case in VALID}) >= 6


def test_ses_12_is_part_of_the_corpus():
    assert len([case for case in FORGED if case.id.startswith("SES-12")]) == 2


@pytest.mark.parametrize("odd", [None, b"a.b.c", 1, ["a.b.c"], ""], ids=repr)
def test_ses_11_what_is_no_text_is_refused(odd):
    with pytest.raises(TokenRefused):
        id_tokens_of(an_issuer()).signed_in(odd, NONCE, ACCESS_TOKEN)


def test_a_renewed_id_token_needs_no_nonce_but_all_else():
    issuer = an_issuer()
    tokens = id_tokens_of(issuer)

    assert tokens.renewed(sign(issuer, id_claims(issuer, nonce=None)), ACCESS_TOKEN).subject == "5f2c"
    for wrong in ({"aud": "x"}, {"iss": "x"}, {"at_hash": "x"}, {"uid": "u0"}, {"events": {}}):
        with pytest.raises(TokenRefused):
            tokens.renewed(sign(issuer, id_claims(issuer, nonce=None, **wrong)), ACCESS_TOKEN)


def test_an_address_counts_only_when_the_provider_vouches_for_it():
    issuer = an_issuer()
    token = sign(issuer, id_claims(issuer, email_verified=False))

    assert id_tokens_of(issuer).signed_in(token, NONCE, ACCESS_TOKEN).email == ""


@pytest.mark.parametrize(
    "change", [{"nonce": "other"}, {"aud": "other"}, {"sub": "other"}, {"typ": "at+jwt"}]
)
def test_ses_11_through_the_whole_sign_in(stage: Stage, change):
    """The provider's own token, changed and signed with its own key."""
    browser = stage.browser()

    def resigned(answer):
        body = json.loads(answer.content)
        claims = stage.world.keys.verified(body["id_token"]) | change
        kind = claims.pop("typ", "JWT")
        body["id_token"] = stage.world.keys.signed(claims, kind)
        return type(answer)(200, json.dumps(body).encode())

    stage.wire.after = resigned

    response = browser.sign_in()

    assert (response.status_code, browser.session, stage.sessions()) == (400, None, [])
