"""Forgeries by claims under a genuine signature: TOK-28 to TOK-45, without those that need two issuers."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.security.tokens.header_forgeries import Forgery
from tests.security.tokens.issuing import HOUR, NOW, Issuer, sign

LEEWAY = 30
T = int(NOW)


def claim(row: str, reason: str, **changes: object) -> Forgery:
    """A genuine signature over good claims with `changes`; None is written as null."""
    return Forgery(row, reason, lambda issuer: sign(issuer, issuer.claims() | changes))


def without(row: str, reason: str, name: str) -> Forgery:
    return Forgery(row, reason, lambda issuer: issuer.token(**{name: None}))


def id_token(row: str, **changes: object) -> Forgery:
    """What authentik signs for the same audience beside the access token: the same claims without `uid`."""
    return Forgery(row, "id-token", lambda issuer: issuer.token(uid=None, **changes))


def literal(row: str, reason: str, name: str, text: str) -> Forgery:
    """Like `claim`, with a value as raw JSON text."""

    def made(issuer: Issuer) -> str:
        return sign(issuer, json.dumps(issuer.claims(**{name: None}))[:-1] + f', "{name}": {text}}}')

    return Forgery(row, reason, made)


def claim_forgeries() -> Iterator[Forgery]:
    yield from _issuers()
    yield from _audiences()
    yield from _expiries()
    yield from _odd_instants()
    yield from _subjects()
    yield from _shapes()
    yield from _kinds()


def _issuers() -> Iterator[Forgery]:
    for name, iss in (
        ("no slash", "https://id.example.com/application/o/dezky-operator"),
        ("two slashes", "https://id.example.com/application/o/dezky-operator//"),
        ("upper case", "https://ID.example.com/application/o/dezky-operator/"),
        ("other case in the path", "https://id.example.com/application/o/Dezky-operator/"),
        ("http", "http://id.example.com/application/o/dezky-operator/"),
        ("port", "https://id.example.com:443/application/o/dezky-operator/"),
        ("userinfo", "https://a@id.example.com/application/o/dezky-operator/"),
        ("query", "https://id.example.com/application/o/dezky-operator/?a"),
        ("fragment", "https://id.example.com/application/o/dezky-operator/#a"),
        ("percent", "https://id.example.com/application/o/dezky%2Doperator/"),
        ("prefix", "https://id.example.com/application/o/"),
        ("suffix", "https://id.example.com/application/o/dezky-operator/x/"),
        ("homoglyph", "https://id.ex\u0430mple.com/application/o/dezky-operator/"),
        ("fullwidth", "https://id.example.com/application/o/dezky-operator\uff0f"),
        ("nul", "https://id.example.com/application/o/dezky-operator/\0"),
        ("blank", "https://id.example.com/application/o/dezky-operator/ "),
        ("line break", "https://id.example.com/application/o/dezky-operator/\n"),
        ("empty", ""),
    ):
        yield claim(f"TOK-28 iss with {name}", "unknown-issuer", iss=iss)
    genuine = "https://id.example.com/application/o/dezky-operator/"
    for odd in ([genuine], [genuine, genuine], {"iss": genuine}, {}, None, 1, True):
        yield claim(f"TOK-29 iss {str(odd)[:20]}", "unknown-issuer", iss=odd)
    yield without("TOK-29 iss missing", "unknown-issuer", "iss")
    for url in (
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/",
        "file:///etc/passwd",
        "https://evil.test/",
    ):
        yield claim(f"TOK-30 iss {url}", "unknown-issuer", iss=url)


def _audiences() -> Iterator[Forgery]:
    for aud in (
        "other",
        "dezky",
        "dezky-operator2",
        "DEZKY-OPERATOR",
        "dezky-operator/",
        "*",
        "dezky-*",
        "dezky-operator dezky-portal",
        "dezky-operator,x",
        "",
        [["dezky-operator"]],
        [],
        ["other"],
        {"dezky-operator": 1},
        None,
        1,
        True,
    ):
        yield claim(f"TOK-31 aud {aud!r}", "wrong-audience", aud=aud)
    yield without("TOK-31 aud missing", "wrong-audience", "aud")
    for odd in (None, 1, ["dezky-operator"], {}, True, ""):
        yield claim(f"TOK-32 {odd!r} beside the right aud", "wrong-audience", aud=["dezky-operator", odd])


def _expiries() -> Iterator[Forgery]:
    for name, exp in (
        ("an hour ago", T - HOUR),
        ("just past the leeway", T - LEEWAY - 1),
        ("exactly at the leeway", T - LEEWAY),
        ("zero", 0),
        ("negative", -1),
        ("far negative", -(10**15)),
    ):
        yield claim(f"TOK-36 exp {name}", "expired", exp=exp, iat=T - 2 * HOUR)
    yield without("TOK-36 exp missing", "missing-exp", "exp")
    yield without("TOK-40 iat missing", "missing-iat", "iat")
    yield claim("TOK-36 exp null", "bad-exp", exp=None)
    for name, exp in (
        ("milliseconds", T * 1000),
        ("year 10000", 253_402_300_800),
        ("10^30", 10**30),
        ("ten years", T + 315_360_000),
        ("a second over a day", T - 60 + 86_401),
    ):
        yield claim(f"TOK-38 exp in {name}", "lives-too-long", exp=exp)
    yield claim("TOK-38 exp before iat", "expires-before-issued", iat=T + 20, exp=T + 10)
    yield claim("TOK-38 exp at iat", "expires-before-issued", iat=T, exp=T)
    yield claim("TOK-38 nbf after exp", "bad-nbf", nbf=T + HOUR + 1)
    yield claim("TOK-39 nbf past the leeway", "not-yet-valid", nbf=T + LEEWAY + 1)
    yield claim("TOK-39 iat past the leeway", "issued-in-future", iat=T + LEEWAY + 1)
    yield claim("TOK-39 iat in a year", "issued-in-future", iat=T + 31_536_000, exp=T + 31_536_000 + HOUR)
    yield claim("TOK-39 auth_time past the leeway", "bad-auth_time", auth_time=T + LEEWAY + 1)


def _odd_instants() -> Iterator[Forgery]:
    later = T + HOUR
    odd = (
        str(later),
        f" {later}",
        f"{later}_0",
        "\u0664\u0662",
        "2026-11-01T00:00:00Z",
        True,
        [later],
        {"v": later},
    )
    for name in ("exp", "nbf", "iat", "auth_time"):
        for value in odd:
            yield claim(f"TOK-37 {name} {value!r}", f"bad-{name}", **{name: value})
        for text in ("NaN", "Infinity", "-Infinity", "1e400", "-1e400"):
            yield literal(f"TOK-37 {name} {text}", "bad-claims-json", name, text)


def _subjects() -> Iterator[Forgery]:
    yield without("TOK-40 sub missing", "missing-sub", "sub")
    odd = (
        "",
        " ",
        "a ",
        " a",
        "a\0",
        "a\n",
        "a\u200bb",
        "a\u202eb",
        "s" * 256,
        None,
        1,
        ["a"],
        {"$gt": ""},
        True,
    )
    for sub in odd:
        yield claim(f"TOK-40 sub {str(sub)[:12]!r}", "bad-sub", sub=sub)


def _shapes() -> Iterator[Forgery]:
    for groups in (
        "dezky-platform-admins",
        {"dezky-platform-admins": 1},
        ["a", 1],
        ["a", None],
        [["a"]],
        1,
        None,
    ):
        yield claim(f"TOK-41 groups {groups!r}", "bad-groups", groups=groups)
    for scope in (["openid"], {"openid": 1}, 1, None):
        yield claim(f"TOK-41 scope {scope!r}", "bad-scope", scope=scope)
    for name in ("name", "email", "jti", "uid"):
        yield claim(f"TOK-41 {name} as a list", f"bad-{name}", **{"jti": "", name: ["x"]})
        yield claim(f"TOK-41 {name} of 256 characters", f"bad-{name}", **{"jti": "", name: "x" * 256})


def _kinds() -> Iterator[Forgery]:
    for name in ("nonce", "at_hash", "c_hash"):
        yield id_token(f"TOK-43 id token with {name}", **{name: "abc"})
        both = ["some-client", "dezky-operator"]
        yield id_token(
            f"TOK-43 id token with {name} whose aud list holds the API", **{name: "abc", "aud": both}
        )
    yield id_token("TOK-43 id token of a refresh, which has neither nonce nor hash")
    yield without("TOK-43 id token without azp", "id-token", "azp")
    for azp in ("dezky-portal", "", ["dezky-operator"], {"$ne": ""}, "dezky-operator ", None):
        yield claim(f"TOK-43 azp {azp!r}", "id-token", azp=azp)
    yield claim("TOK-43 id token for the portal's client id", "wrong-audience", aud="dezky-portal")
    yield claim("TOK-43 id token with at_hash and uid", "id-token", at_hash="abc", uid="x", nonce="n")
    logout = {"http://schemas.openid.net/event/backchannel-logout": {}}
    yield claim("TOK-44 logout token without its type", "other-kind", events=logout, sid="s")
    yield Forgery(
        "TOK-44 logout token",
        "wrong-type",
        lambda i: sign(i, i.claims() | {"events": logout}, i.header(typ="logout+jwt")),
    )
    yield claim("TOK-44 client assertion", "unknown-issuer", iss="dezky-portal", sub="dezky-portal")
    yield Forgery(
        "TOK-44 proof of possession",
        "wrong-type",
        lambda i: sign(i, {"htm": "GET", "htu": "https://x", "iat": T, "jti": "1"}, i.header(typ="dpop+jwt")),
    )
    yield claim("TOK-45 bound to a key", "other-kind", cnf={"jkt": "abc"})
    yield claim("TOK-45 bound to a certificate", "other-kind", cnf={"x5t#S256": "abc"})
