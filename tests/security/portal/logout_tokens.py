"""Logout tokens for SES-29 and SES-30: forged ones with the reason why they are refused, and valid ones."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.security.portal.id_tokens import EVENT, LEEWAY, NONCE, Case, T, half_hash
from tests.security.tokens.issuing import HOUR, Issuer, an_issuer, forge, hmac_with, segment, sign

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


def logout_claims(issuer: Issuer, **changes: object) -> dict[str, object]:
    """A good logout token's; a change to None takes the claim out."""
    good: dict[str, object] = {
        "iss": issuer.trusted.issuer,
        "aud": issuer.trusted.audience,
        "sub": "5f2c",
        "sid": "s-1",
        "iat": T - 5,
        "exp": T + 115,
        "jti": "j-1",
        "events": EVENT,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def logout_token(issuer: Issuer, **changes: object) -> str:
    return sign(issuer, logout_claims(issuer, **changes), issuer.header(typ="logout+jwt"))


def claim(name: str, reason: str, /, **changes: object) -> Case:
    return Case(name, lambda issuer: logout_token(issuer, **changes), reason)


def header(name: str, reason: str, /, **changes: object) -> Case:
    return Case(name, lambda i: sign(i, logout_claims(i), i.header(typ="logout+jwt") | changes), reason)


def forged() -> Iterator[Case]:
    yield claim("no events", "wrong-event", events=None)
    yield claim("events empty", "wrong-event", events={})
    yield claim("events as a list", "wrong-event", events=[LOGOUT])
    yield claim("events as text", "wrong-event", events=LOGOUT)
    yield claim("another event", "wrong-event", events={"https://schemas.openid.net/event/other": {}})
    yield claim("an event beside ours", "wrong-event", events={**EVENT, "https://other.test": {}})
    yield claim("the event is true", "wrong-event", events={LOGOUT: True})
    yield claim("the event says more", "wrong-event", events={LOGOUT: {"sub": "x"}})
    yield claim("a nonce", "has-nonce", nonce=NONCE)
    yield claim("an empty nonce", "has-nonce", nonce="")
    yield claim("neither sub nor sid", "names-nobody", sub=None, sid=None)
    yield claim("sub empty", "bad-sub", sub="")
    yield claim("sub as a query", "bad-sub", sub={"$ne": ""})
    yield claim("sid empty", "bad-sid", sid="")
    yield claim("sid as a query", "bad-sid", sub=None, sid={"$ne": ""})
    yield claim("sid as a list", "bad-sid", sid=["s-1"])
    yield claim("no jti", "missing-jti", jti=None)
    yield claim("jti empty", "bad-jti", jti="")
    yield claim("jti as a number", "bad-jti", jti=1)
    yield claim("jti too long", "bad-jti", jti="j" * 256)
    yield claim("no iat", "missing-iat", iat=None)
    yield claim("iat as text", "bad-iat", iat=str(T))
    yield claim("issued in the future", "issued-in-future", iat=T + LEEWAY + 1)
    yield claim("no exp", "missing-exp", exp=None)
    yield claim("expired", "expired", iat=T - 300, exp=T - LEEWAY)
    yield claim("lives an hour", "lives-too-long", exp=T + HOUR)
    yield claim("no iss", "unknown-issuer", iss=None)
    yield claim("iss of another application", "unknown-issuer", iss="https://id.example.com/application/o/x/")
    yield claim("no aud", "wrong-audience", aud=None)
    yield claim("aud of another client", "wrong-audience", aud="dezky-portal")
    yield claim("aud with another client beside ours", "wrong-audience", aud=["dezky-operator", "x"])
    yield claim("azp of another client", "wrong-party", azp="dezky-portal")
    yield claim("an access token with an event", "other-kind", uid="u0", scope="openid")
    yield claim("an id token with an event", "other-kind", at_hash=half_hash("x", "RS256"))
    yield from _forms()


def _forms() -> Iterator[Case]:
    yield header("typ at+jwt", "wrong-type", typ="at+jwt")
    yield header("typ secevent+jwt", "wrong-type", typ="secevent+jwt")
    yield header("crit", "unwanted-header", crit=["exp"])
    yield header("a kid that nobody has", "unknown-key", kid="key-9")
    yield Case("alg none", lambda i: forge(i.header(alg="none"), logout_claims(i), b"x"), "wrong-algorithm")
    yield Case("HMAC with the public key", _with_hmac, "wrong-algorithm")
    yield Case("signed by somebody else", _by_somebody_else, "bad-signature")
    yield Case("claims changed after signing", _changed, "bad-signature")
    yield Case("without signature", lambda i: logout_token(i).rpartition(".")[0] + ".", "wrong-segments")
    yield Case("a member twice", _twice, "bad-claims-json")
    yield Case("empty", lambda _: "", "wrong-segments")


def _with_hmac(issuer: Issuer) -> str:
    public = json.dumps(issuer.jwk()).encode()
    return forge(issuer.header(alg="HS256"), logout_claims(issuer), hmac_with(public))


def _by_somebody_else(issuer: Issuer) -> str:
    other = an_issuer(issuer.trusted.algorithm, "dezky-operator", issuer.kid, key="stolen")
    return logout_token(other)


def _changed(issuer: Issuer) -> str:
    head, _, signature = logout_token(issuer).split(".")
    return f"{head}.{segment(logout_claims(issuer, sub='somebody-else'))}.{signature}"


def _twice(issuer: Issuer) -> str:
    return sign(issuer, json.dumps(logout_claims(issuer))[:-1] + ', "sub": "somebody-else"}')


def valid() -> Iterator[Case]:
    yield claim("sub and sid", "")
    yield claim("sub alone", "", sid=None)
    yield claim("sid alone", "", sub=None)
    yield claim("aud as a list of one", "", aud=["dezky-operator"])
    yield Case("typ JWT", lambda i: sign(i, logout_claims(i)))
    yield Case("no typ", lambda i: sign(i, logout_claims(i), i.header(typ=None)))
