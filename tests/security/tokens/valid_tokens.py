"""The other side of TOK-49: what must be accepted, because it means the same as the plainest good token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.security.tokens.issuing import HOUR, NOW, Issuer, sign

T = int(NOW)
LEEWAY = 30


class Valid(NamedTuple):
    """A token to accept; `expected` names what differs in the principal from the plain token's."""

    id: str
    made: Callable[[Issuer], str]
    expected: dict[str, object] = {}  # read only


def claims(row: str, expected: dict[str, object] | None = None, /, **changes: object) -> Valid:
    return Valid(f"TOK-49 {row}", lambda issuer: issuer.token(**changes), expected or {})


def header(name: str, **changes: object) -> Valid:
    return Valid(f"TOK-49 {name}", lambda issuer: sign(issuer, issuer.claims(), issuer.header(**changes)))


def valid_tokens() -> Iterator[Valid]:
    yield claims("plain")
    yield claims("aud as a list of one", aud=["dezky-operator"])
    yield claims("aud among others", aud=["account", "dezky-operator", "x"])
    yield claims("aud twice in a list", aud=["dezky-operator", "dezky-operator"])
    yield from _types()
    yield from _times()
    yield from _texts()
    yield from _forms()


def _types() -> Iterator[Valid]:
    yield header("no typ", typ=None)
    for typ in ("jwt", "Jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/AT+JWT"):
        yield header(f"typ {typ}", typ=typ)
    yield header("a thumbprint that nobody uses", **{"x5t": "abc", "x5t#S256": "def"})


def _times() -> Iterator[Valid]:
    yield claims("expired inside the leeway", {"expires_at": T - LEEWAY + 1}, exp=T - LEEWAY + 1)
    yield claims("issued in the future inside the leeway", {"signed_in_at": T + LEEWAY}, iat=T + LEEWAY)
    yield claims("nbf in the future inside the leeway", nbf=T + LEEWAY)
    yield claims("nbf in the past", nbf=T - HOUR)
    yield claims("exp as a float", {"expires_at": T + 10}, exp=T + 10.5)
    yield claims("iat as a float", {"signed_in_at": T - 60}, iat=T - 60 + 0.25)
    yield Valid("TOK-49 exp with an exponent", _with_exponent, {"expires_at": 1_790_003_600})
    yield claims("exactly a day", {"expires_at": T - 60 + 86_400}, exp=T - 60 + 86_400)
    yield claims("auth_time", {"signed_in_at": T - HOUR}, auth_time=T - HOUR)


def _with_exponent(issuer: Issuer) -> str:
    text = json.dumps(issuer.claims(exp=None))[:-1]
    return sign(issuer, f'{text}, "exp": 1.7900036e9}}')


def _texts() -> Iterator[Valid]:
    groups = tuple(f"group-{n}" for n in range(200))
    yield claims("200 groups", {"groups": groups}, groups=list(groups))
    yield claims("no groups", {"groups": ()}, groups=None)
    yield claims("an empty list of groups", {"groups": ()}, groups=[])
    yield claims(
        "groups beyond ASCII", {"groups": ("Möller [a] {b}", "日本")}, groups=["Möller [a] {b}", "日本"]
    )
    yield claims("a name beyond ASCII", {"name": "Zoë 🙂 日本"}, name="Zoë 🙂 日本")
    yield claims("no name", {"name": ""}, name=None)
    yield claims("a subject beyond ASCII", {"subject": "zoë"}, sub="zoë")
    yield claims("a subject with blanks inside", {"subject": "a b"}, sub="a b")
    yield claims("the longest subject", {"subject": "s" * 255}, sub="s" * 255)
    yield claims("e-mail in mixed case", {"email": "ann@example.com"}, email="Ann@Example.COM")
    yield claims("e-mail not verified", {"email": ""}, email_verified=False)
    yield claims("e-mail verified by a text", {"email": ""}, email_verified="true")
    yield claims("e-mail with a look-alike", {"email": ""}, email="\u212aate@example.com")
    yield claims("token id", {"token_id": "j1"}, jti="j1", uid="u1")
    yield claims("authentik's token id", {"token_id": "u1"}, uid="u1")
    yield claims("the sign-in's nonce beside azp and uid", {"token_id": "u1"}, nonce="n", uid="u1")
    yield claims("no scope", scope=None)


def _forms() -> Iterator[Valid]:
    yield Valid("TOK-49 blanks in the JSON", lambda i: sign(i, json.dumps(i.claims(), indent=2) + "\n"))
    yield Valid(
        "TOK-49 escapes in the JSON", lambda i: sign(i, json.dumps(i.claims()).replace("o", "\\u006f"))
    )
    yield Valid("TOK-49 raw UTF-8", lambda i: sign(i, json.dumps(i.claims(), ensure_ascii=False)))
    yield claims("an escaped pair of surrogates", {"name": "\U0001f600"}, name="\U0001f600")
    yield claims("eight levels", extra={"a": {"b": {"c": {"d": {"e": {"f": [1]}}}}}})
    yield claims("many objects side by side", extra=[{"n": n} for n in range(50)])
    yield claims("brackets in a text", extra="[{" * 40)
