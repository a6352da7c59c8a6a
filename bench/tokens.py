"""What the authorizer adds to the bare check of a signature."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from bench.report import Section, micros
from bench.timing import medians
from chalicelib.auth.keys import KeySets
from chalicelib.auth.verifier import Verifier
from tests.security.tokens.issuing import FakeIssuers, Issuer, an_issuer, decoded

SAYS = """Microseconds. *verify* is `Verifier.verify` with warm keys: every check of a token.
*signature alone* is the floor: the one call of cryptography in it. *jwt.decode* is PyJWT with its own checks,
for comparison."""
RUNS, CALLS = 9, 200


def measured() -> Section:
    rows = [(algorithm, *map(micros, _times(algorithm))) for algorithm in ("RS256", "ES256")]
    return Section("Checking a token", SAYS, ("algorithm", "verify", "signature alone", "jwt.decode"), rows)


def _times(algorithm: str) -> list[float]:
    issuer = an_issuer(algorithm)
    now = int(time.time())
    token = issuer.token(iat=now, exp=now + 600)
    works = (_verify(issuer, token), _signature_alone(issuer, token), _decode(issuer, token))
    for work in works:
        work()  # fetches the keys, and fails here rather than in the middle
    return medians(RUNS, CALLS, works)


def _verify(issuer: Issuer, token: str) -> Callable[[], object]:
    verifier = Verifier([issuer.trusted], KeySets(FakeIssuers(issuer).fetch, time.time), time.time)
    return lambda: verifier.verify(token)


def _signature_alone(issuer: Issuer, token: str) -> Callable[[], object]:
    signed, _, last = token.rpartition(".")
    key, signature, content = _public_key(issuer), decoded(last), signed.encode()
    if issuer.trusted.algorithm == "RS256":
        return lambda: key.verify(signature, content, PKCS1v15(), SHA256())
    r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
    der = encode_dss_signature(r, s)
    return lambda: key.verify(der, content, ECDSA(SHA256()))


def _decode(issuer: Issuer, token: str) -> Callable[[], object]:
    trusted, key = issuer.trusted, _public_key(issuer)
    return lambda: jwt.decode(
        token, key, [trusted.algorithm], audience=trusted.audience, issuer=trusted.issuer, leeway=30
    )


def _public_key(issuer: Issuer) -> Any:
    key: Any = issuer.key
    return key.public_key()
