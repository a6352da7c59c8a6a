"""Issuers with keys of their own, and tokens as they would sign them. Keys are made afresh in each run."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import Algorithm, get_default_algorithms

from chalicelib.auth.issuers import TrustedIssuer
from chalicelib.auth.keys import KeySets
from chalicelib.auth.verifier import Verifier
from chalicelib.errors import KeysUnavailable

NOW = 1_790_000_000.0
HOUR = 3600
ALGORITHMS = ("RS256", "ES256", "EdDSA")
Json = Mapping[str, object] | list[object] | str | bytes


@dataclass(frozen=True)
class Issuer:
    """An issuer as the configuration names it, with the private key that only it has."""

    trusted: TrustedIssuer
    key: object = field(repr=False)
    kid: str = "key-1"

    def claims(self, **changes: object) -> dict[str, object]:
        """Claims of a good access token; a change to None takes the claim out."""
        good: dict[str, object] = {
            "iss": self.trusted.issuer,
            "aud": self.trusted.audience,
            "sub": "5f2c",
            "iat": int(NOW) - 60,
            "exp": int(NOW) + HOUR,
            "email": "ann@example.com",
            "email_verified": True,
            "name": "Ann Example",
            "groups": ["dezky-platform-admins"],
            "azp": self.trusted.audience,
            "uid": "u0",
            "scope": "openid profile email groups",
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def header(self, **changes: object) -> dict[str, object]:
        good: dict[str, object] = {"alg": self.trusted.algorithm, "kid": self.kid, "typ": "JWT"}
        return {name: value for name, value in (good | changes).items() if value is not None}

    def token(self, **claims: object) -> str:
        return sign(self, self.claims(**claims))

    def jwk(self, **changes: object) -> dict[str, object]:
        found = algorithm(self.trusted.algorithm).to_jwk(self.key.public_key(), as_dict=True)
        found.pop("key_ops", None)
        return found | {"kid": self.kid, "use": "sig", "alg": self.trusted.algorithm} | changes

    def signature(self, signing_input: bytes, alg: str | None = None) -> bytes:
        return algorithm(alg or self.trusted.algorithm).sign(signing_input, self.key)


def an_issuer(alg: str = "RS256", slug: str = "dezky-operator", kid: str = "key-1", key: str = "") -> Issuer:
    """An issuer named after `slug`; two with the same `key` share their key pair."""
    address = f"https://id.example.com/application/o/{slug}/"
    return Issuer(TrustedIssuer(address, slug, alg, f"{address}jwks/"), private_key(alg, key or slug), kid)


def sign(issuer: Issuer, claims: Json, header: Json | None = None) -> str:
    """`claims` under `header` with the issuer's genuine signature; text and bytes go in as they are."""
    return forge(issuer.header() if header is None else header, claims, issuer.signature)


def forge(header: Json, payload: Json, signature: Callable[[bytes], bytes] | bytes) -> str:
    """A token with any three parts."""
    signing_input = f"{segment(header)}.{segment(payload)}".encode()
    signed = signature if isinstance(signature, bytes) else signature(signing_input)
    return f"{signing_input.decode()}.{encoded(signed)}"


def segment(part: Json) -> str:
    raw = part if isinstance(part, (str, bytes)) else json.dumps(part)
    return encoded(raw.encode() if isinstance(raw, str) else raw)


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


def hmac_with(key: bytes, bits: int = 256) -> Callable[[bytes], bytes]:
    return lambda signing_input: hmac.new(key, signing_input, f"sha{bits}").digest()


def key_set(*jwks: object) -> bytes:
    return json.dumps({"keys": jwks}).encode()


def algorithm(name: str) -> Algorithm:
    return get_default_algorithms()[name]


@cache
def private_key(alg: str, name: str) -> object:
    """A fresh key, the same for the same name within a run."""
    assert name
    if alg == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if alg == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class FakeClock:
    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class FakeIssuers:
    """Answers key sets by address and counts the questions. None stands for an issuer that is down."""

    def __init__(self, *issuers: Issuer) -> None:
        self.answers: dict[str, bytes | None] = {i.trusted.key_set_url: key_set(i.jwk()) for i in issuers}
        self.asked: list[str] = []

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        answer = self.answers.get(url)
        if answer is None:
            raise KeysUnavailable("down")
        return answer


@dataclass
class World:
    """Two issuers with one algorithm, a verifier that trusts both, and what it asked them."""

    operator: Issuer
    portal: Issuer
    issuers: FakeIssuers
    clock: FakeClock
    verifier: Verifier


def a_world(alg: str = "RS256", operator: Issuer | None = None, portal: Issuer | None = None) -> World:
    one, other = operator or an_issuer(alg), portal or an_issuer(alg, "dezky-portal", kid="key-2")
    issuers, clock = FakeIssuers(one, other), FakeClock()
    verifier = Verifier([one.trusted, other.trusted], KeySets(issuers.fetch, clock), clock)
    return World(one, other, issuers, clock, verifier)


def fingerprint_of(kid: str) -> str:
    return hashlib.sha256(kid.encode()).hexdigest()[:12]
