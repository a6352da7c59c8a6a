from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.auth.issuers import TrustedIssuer, trusted_issuers
from chalicelib.config import Settings
from chalicelib.errors import Misconfigured

OPERATOR = "https://id.example.com/application/o/dezky-operator/"
PORTAL = "https://id.example.com/application/o/dezky-portal/"
GOOD = Settings(issuers=f"{OPERATOR},{PORTAL}", audiences="dezky-operator,dezky-portal")


def test_issuers_and_audiences_are_paired_by_position():
    assert trusted_issuers(GOOD) == (
        TrustedIssuer(OPERATOR, "dezky-operator", "RS256", f"{OPERATOR}jwks/"),
        TrustedIssuer(PORTAL, "dezky-portal", "RS256", f"{PORTAL}jwks/"),
    )


def test_each_issuer_may_have_an_algorithm_of_its_own():
    issuers = trusted_issuers(replace(GOOD, algorithms="ES256, EdDSA"))

    assert [issuer.algorithm for issuer in issuers] == ["ES256", "EdDSA"]


def test_blanks_around_entries_mean_nothing():
    assert trusted_issuers(replace(GOOD, issuers=f" {OPERATOR} , {PORTAL} ")) == trusted_issuers(GOOD)


def test_aut_29_a_laptop_may_do_without_tls():
    local = replace(
        GOOD, stage="local", issuers=GOOD.issuers.replace("https://id.example.com", "http://localhost:9000")
    )

    assert trusted_issuers(local)[0].key_set_url.startswith("http://localhost:9000/")


BAD_ISSUERS = {
    "AUT-30 none": ("", "is not set"),
    "AUT-30 an empty entry": (f"{OPERATOR},", "has an empty entry"),
    "AUT-30 the same twice": (f"{OPERATOR},{OPERATOR}", "the same entry twice"),
    "AUT-30 fewer than audiences": (OPERATOR, "must be equally long"),
    "AUT-30 more than audiences": (f"{OPERATOR},{PORTAL},{PORTAL}x/", "must be equally long"),
    "AUT-29 http": (GOOD.issuers.replace("https", "http"), "must use https"),
    "AUT-29 http in one": (f"{OPERATOR},{PORTAL.replace('https', 'http')}", "must use https"),
    "AUT-29 other scheme": (f"ftp://id.example.com/,{PORTAL}", "must use https"),
    "AUT-28 no slash at the end": (f"{OPERATOR[:-1]},{PORTAL}", "a slash at the end"),
    "AUT-28 userinfo": (f"https://a:b@id.example.com/,{PORTAL}", "plain addresses"),
    "AUT-28 query": (f"https://id.example.com/?a=/,{PORTAL}", "plain addresses"),
    "AUT-28 empty query": (f"https://id.example.com/?/,{PORTAL}", "plain addresses"),
    "AUT-28 fragment": (f"https://id.example.com/#/,{PORTAL}", "plain addresses"),
    "AUT-28 blank": (f"https://id.example.com/a b/,{PORTAL}", "plain addresses"),
    "AUT-28 homoglyph": (f"https://id.ex\u0430mple.com/,{PORTAL}", "plain addresses"),
    "AUT-28 no host": (f"https:///,{PORTAL}", "plain addresses"),
}


@pytest.mark.parametrize(("issuers", "complaint"), BAD_ISSUERS.values(), ids=BAD_ISSUERS)
def test_a_bad_issuer_is_refused_by_the_name_of_its_variable(issuers: str, complaint: str):
    with pytest.raises(Misconfigured, match=rf"AUTHENTIK_ISSUER .*{complaint}") as refusal:
        trusted_issuers(replace(GOOD, issuers=issuers))

    assert "example.com" not in str(refusal.value)


@pytest.mark.parametrize(
    ("audiences", "complaint"),
    [
        ("", "is not set"),
        (" , ", "has an empty entry"),
        ("dezky-operator,dezky-operator", "the same entry twice"),
        ("dezky operator,dezky-portal", "client ids"),
        ("dezky-operator,d\u00e9zky", "client ids"),
    ],
)
def test_aut_30_a_bad_audience_is_refused(audiences: str, complaint: str):
    with pytest.raises(Misconfigured, match=f"AUTHENTIK_AUDIENCE .*{complaint}"):
        trusted_issuers(replace(GOOD, audiences=audiences))


@pytest.mark.parametrize("algorithms", ["HS256", "none", "PS256", "rs256", "", "RS256,", "RS256,RS256,RS256"])
def test_an_algorithm_outside_the_three_is_refused(algorithms: str):
    with pytest.raises(Misconfigured, match="AUTHENTIK_ALGORITHM"):
        trusted_issuers(replace(GOOD, algorithms=algorithms))
