"""A compact JWS taken apart, before anything in it is believed."""

from __future__ import annotations

import binascii
import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

from chalicelib.auth.strict_json import strict_object
from chalicelib.errors import TokenRefused

MAX_TOKEN = 8 * 1024  # characters
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
TO_STANDARD = bytes.maketrans(b"-_", b"+/")
LAST_CHARACTERS = {0: ALPHABET, 1: b"", 2: ALPHABET[::16], 3: ALPHABET[::4]}  # by length modulo 4
KEY_ID = re.compile(r"[!-~]{1,128}")
ACCESS_TOKEN_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})

# Keys that a token brings along, encodings that change what is signed, and everything of encrypted tokens.
# None of them means anything good in an access token, so their mere presence is refused.
UNWANTED = frozenset(
    {
        "crit",
        "b64",
        "jwk",
        "jku",
        "x5u",
        "x5c",
        "cty",
        "enc",
        "zip",
        "epk",
        "apu",
        "apv",
        "iv",
        "tag",
        "p2s",
        "p2c",
    }
)


class UnverifiedToken(NamedTuple):
    """What a token says about itself. A tuple, because one is built on every request."""

    key_id: str
    algorithm: str
    claims: dict[str, object]
    signing_input: bytes
    signature: bytes


def take_apart(unverified_token: object, types: frozenset[str] = ACCESS_TOKEN_TYPES) -> UnverifiedToken:
    """The parts of `unverified_token`, cheapest check first.

    types    what `typ` may say, in lower case; a token without one says "jwt"
    Raises   TokenRefused: not-text, too-large, not-ascii, wrong-segments, bad-base64, bad-header-json,
             unwanted-header, wrong-type, bad-algorithm, bad-key-id, bad-claims-json
    Source   RFC 7515 section 5.2, RFC 8725 section 3
    """
    header, payload, signature, signing_input = _segments(unverified_token)
    key_id, algorithm = _header(header, types)
    raw_claims, raw_signature = _decoded(payload), _decoded(signature)
    claims = _object(raw_claims, "bad-claims-json")
    return UnverifiedToken(key_id, algorithm, claims, signing_input, raw_signature)


def fingerprint(key_id: str) -> str:
    """A key id as it may stand in a log: it tells keys apart and cannot carry anything into the log."""
    return hashlib.sha256(key_id.encode()).hexdigest()[:12]


def _segments(unverified_token: object) -> tuple[bytes, bytes, bytes, bytes]:
    if not isinstance(unverified_token, str):
        raise TokenRefused("not-text")
    if len(unverified_token) > MAX_TOKEN:
        raise TokenRefused("too-large")
    if not unverified_token.isascii():
        raise TokenRefused("not-ascii")
    token = unverified_token.encode("ascii")
    parts = token.split(b".")
    if len(parts) != 3 or not all(parts):
        raise TokenRefused("wrong-segments")
    if token.translate(None, ALPHABET) != b"..":
        raise TokenRefused("bad-base64")  # Python's decoder would skip what it does not know
    header, payload, signature = parts
    return header, payload, signature, token[: -len(signature) - 1]


def _decoded(segment: bytes) -> bytes:
    """`segment` decoded, if it is the one way to write its bytes: unpadded, no stray bits at its end."""
    if segment[-1] not in LAST_CHARACTERS[len(segment) % 4]:
        raise TokenRefused("bad-base64")
    return binascii.a2b_base64(segment.translate(TO_STANDARD) + b"==")


def _object(raw: bytes, reason: str) -> dict[str, object]:
    try:
        return strict_object(raw)
    except ValueError:
        raise TokenRefused(reason) from None  # without the cause: its message quotes the token


@lru_cache(maxsize=32)
def _header(segment: bytes, types: frozenset[str]) -> tuple[str, str]:
    """Key id and algorithm. Remembered, because all tokens under one key have the same header."""
    return _checked_header(_object(_decoded(segment), "bad-header-json"), types)


def _checked_header(header: dict[str, object], types: frozenset[str]) -> tuple[str, str]:
    if not UNWANTED.isdisjoint(header):
        raise TokenRefused("unwanted-header")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in types:
        raise TokenRefused("wrong-type")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str):
        raise TokenRefused("bad-algorithm")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not KEY_ID.fullmatch(key_id):
        raise TokenRefused("bad-key-id")
    return key_id, algorithm
