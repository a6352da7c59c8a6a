"""ID tokens for SES-11 and SES-12: forged ones, each with the reason why it is refused, and valid ones."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.security.tokens.issuing import HOUR, NOW, Issuer, an_issuer, forge, hmac_with, segment, sign

T = int(NOW)
NONCE, ACCESS_TOKEN = "n-0S6_WzA2Mj", "the.access.token"
LEEWAY = 30
EVENT = {"http://schemas.openid.net/event/backchannel-logout": {}}


class Case(NamedTuple):
    id: str
    made: Callable[[Issuer], str]
    reason: str = ""  # of a forged one


def half_hash(access_token: str, algorithm: str) -> str:
    digest = (hashlib.sha512 if algorithm == "EdDSA" else hashlib.sha256)(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def id_claims(issuer: Issuer, **changes: object) -> dict[str, object]:
    """A good id token's; a change to None takes the claim out."""
    plain = {"azp": None, "uid": None, "scope": None, "nonce": NONCE, "auth_time": T - 60, "sid": "s-1"}
    plain |= {"at_hash": half_hash(ACCESS_TOKEN, issuer.trusted.algorithm)}
    return issuer.claims(**plain | changes)


def claim(name: str, reason: str, /, **changes: object) -> Case:
    return Case(name, lambda issuer: sign(issuer, id_claims(issuer, **changes)), reason)


def literal(name: str, reason: str, /, **changes: object) -> Case:
    """The change as it is, null included."""
    return Case(name, lambda issuer: sign(issuer, id_claims(issuer) | changes), reason)


def header(name: str, reason: str, /, **changes: object) -> Case:
    return Case(name, lambda i: sign(i, id_claims(i), i.header() | changes), reason)


def forged() -> Iterator[Case]:
    yield claim("no nonce", "wrong-nonce", nonce=None)
    yield claim("another nonce", "wrong-nonce", nonce="n-of-another-sign-in")
    yield claim("a nonce with more behind it", "wrong-nonce", nonce=NONCE + " ")
    yield claim("a nonce as a list", "wrong-nonce", nonce=[NONCE])
    yield claim("an empty nonce", "wrong-nonce", nonce="")
    yield claim("aud of another client", "wrong-audience", aud="dezky-portal")
    yield claim("SES-12 aud of another client, azp of ours", "wrong-audience", aud="x", azp="dezky-operator")
    yield claim("SES-12 aud empty", "wrong-audience", aud=[])
    yield claim(
        "aud with another client beside ours", "wrong-audience", aud=["dezky-operator", "dezky-portal"]
    )
    yield claim("aud twice ours", "wrong-audience", aud=["dezky-operator", "dezky-operator"])
    yield claim("aud as an object", "wrong-audience", aud={"dezky-operator": True})
    yield claim("no aud", "wrong-audience", aud=None)
    yield claim("azp of another client", "wrong-party", azp="dezky-portal")
    yield literal("azp null", "wrong-party", azp=None)
    yield claim("iss of another application", "unknown-issuer", iss="https://id.example.com/application/o/x/")
    yield claim(
        "iss without its slash", "unknown-issuer", iss="https://id.example.com/application/o/dezky-operator"
    )
    yield claim(
        "iss as a list", "unknown-issuer", iss=["https://id.example.com/application/o/dezky-operator/"]
    )
    yield claim("no iss", "unknown-issuer", iss=None)
    yield claim("expired", "expired", exp=T - LEEWAY, iat=T - 300)
    yield claim("no exp", "missing-exp", exp=None)
    yield claim("exp as text", "bad-exp", exp=str(T + HOUR))
    yield claim("exp in ten years", "lives-too-long", exp=T + 315_360_000)
    yield claim("issued in the future", "issued-in-future", iat=T + LEEWAY + 1)
    yield claim("issued long ago", "issued-long-ago", iat=T - 601)
    yield claim("no iat", "missing-iat", iat=None)
    yield claim("iat true", "bad-iat", iat=True)
    yield claim("nbf in the future", "not-yet-valid", nbf=T + LEEWAY + 1)
    yield claim("no auth_time", "missing-auth_time", auth_time=None)
    yield claim("signed in yesterday", "signed-in-long-ago", auth_time=T - 86_400)
    yield claim("signed in tomorrow", "signed-in-long-ago", auth_time=T + 86_400)
    yield claim("at_hash of another token", "wrong-at-hash", at_hash=half_hash("another", "RS256"))
    yield claim("at_hash empty", "wrong-at-hash", at_hash="")
    yield literal("at_hash null", "wrong-at-hash", at_hash=None)
    yield claim("no sub", "missing-sub", sub=None)
    yield claim("sub empty", "bad-sub", sub="")
    yield claim("sub as a query", "bad-sub", sub={"$gt": ""})
    yield claim("sid as a list", "bad-sid", sid=["s-1"])
    yield claim("groups as text", "bad-groups", groups="dezky-platform-admins")
    yield from _other_kinds()
    yield from _keys_and_algorithms()


def _other_kinds() -> Iterator[Case]:
    yield claim("a logout token", "other-kind", events=EVENT)
    yield claim("an access token of authentik", "access-token", uid="u0", azp="dezky-operator")
    yield claim("an access token by its scope", "access-token", scope="openid")
    yield header("typ at+jwt", "wrong-type", typ="at+jwt")
    yield header("typ logout+jwt", "wrong-type", typ="logout+jwt")
    yield header("typ as a list", "wrong-type", typ=["JWT"])


def _keys_and_algorithms() -> Iterator[Case]:
    yield header("crit", "unwanted-header", crit=["exp"])
    yield header("a key that it brings along", "unwanted-header", jwk={"kty": "oct", "k": "AA"})
    yield header("no kid", "bad-key-id", kid=None)
    yield header("a kid that nobody has", "unknown-key", kid="key-9")
    yield Case("alg none", lambda i: forge(i.header(alg="none"), id_claims(i), b"x"), "wrong-algorithm")
    yield Case("HMAC with the public key", _with_hmac, "wrong-algorithm")
    yield Case("signed by somebody else", _by_somebody_else, "bad-signature")
    yield Case("claims changed after signing", _changed, "bad-signature")
    yield Case(
        "without signature", lambda i: sign(i, id_claims(i)).rpartition(".")[0] + ".", "wrong-segments"
    )
    yield Case("a member twice", _twice, "bad-claims-json")


def _with_hmac(issuer: Issuer) -> str:
    public = json.dumps(issuer.jwk()).encode()
    return forge(issuer.header(alg="HS256"), id_claims(issuer), hmac_with(public))


def _by_somebody_else(issuer: Issuer) -> str:
    other = an_issuer(issuer.trusted.algorithm, "dezky-operator", issuer.kid, key="stolen")
    return sign(other, id_claims(issuer))


def _changed(issuer: Issuer) -> str:
    head, _, signature = sign(issuer, id_claims(issuer)).split(".")
    return f"{head}.{segment(id_claims(issuer, sub='somebody-else'))}.{signature}"


def _twice(issuer: Issuer) -> str:
    return sign(issuer, json.dumps(id_claims(issuer))[:-1] + ', "sub": "somebody-else"}')


def valid() -> Iterator[Case]:
    yield claim("plain", "")
    yield claim("aud as a list of one", "", aud=["dezky-operator"])
    yield claim("azp named", "", azp="dezky-operator")
    yield claim("without at_hash, sid, groups and name", "", at_hash=None, sid=None, groups=None, name=None)
    yield claim("the provider's clock half a minute fast", "", iat=T + LEEWAY, auth_time=T + LEEWAY)
    yield Case("no typ", lambda i: sign(i, id_claims(i), i.header(typ=None)))
    yield Case("escapes in the JSON", lambda i: sign(i, json.dumps(id_claims(i)).replace("o", "\\u006f")))
    yield claim("signed in seven hours ago", "", auth_time=T - 7 * HOUR)
