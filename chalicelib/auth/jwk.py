"""An issuer's key set, read with suspicion: only keys that are good for its one algorithm come out."""

from __future__ import annotations

from collections import Counter

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

from chalicelib.auth.strict_json import strict_object
from chalicelib.auth.tokens import KEY_ID
from chalicelib.errors import KeysUnavailable

MAX_KEYS = 100
MAX_MEMBER = 1400  # characters of a key's part: a modulus of 8,192 bits has 1,366
KEY_TYPES = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
PRIVATE_OR_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

# Points of small order: under these "keys" a signature can be made by anyone (RFC 8032, section 5.1.7;
# the list is that of libsodium's ed25519, in its two spellings of the sign bit).
SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
)

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey


def usable_keys(raw: bytes, algorithm: str) -> dict[str, PublicKey]:
    """The keys of the key set `raw` that may verify `algorithm`, by key id.

    A key that is broken, weak or meant for something else is left out; so are two good keys under one id,
    because nothing says which is meant.

    Raises   KeysUnavailable when `raw` is no key set at all
    Source   RFC 7517 sections 4 and 5, RFC 7518 section 6
    """
    good = [(jwk["kid"], key) for jwk in _entries(raw) if (key := _usable_key(jwk, algorithm))]
    uses = Counter(kid for kid, _ in good)
    return {str(kid): key for kid, key in good if uses[kid] == 1}


def _entries(raw: bytes) -> list[dict[str, object]]:
    try:
        keys = strict_object(raw).get("keys")
    except ValueError:
        raise KeysUnavailable("The key set is not proper JSON") from None
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        raise KeysUnavailable("The key set has no list of keys, or too many of them")
    return [entry for entry in keys if isinstance(entry, dict)]


def _usable_key(jwk: dict[str, object], algorithm: str) -> PublicKey | None:
    if not _is_meant_for(jwk, algorithm):
        return None
    try:
        key = PyJWK(jwk, algorithm=algorithm).key
    except (PyJWTError, UnsupportedAlgorithm, ValueError, TypeError):
        return None
    return key if _is_strong(key, algorithm) else None


def _is_meant_for(jwk: dict[str, object], algorithm: str) -> bool:
    kid, operations = jwk.get("kid"), jwk.get("key_ops", ["verify"])
    parts = [jwk.get(name, "") for name in ("n", "e", "x", "y")]
    return (
        isinstance(kid, str)
        and KEY_ID.fullmatch(kid) is not None
        and jwk.get("kty") == KEY_TYPES[algorithm]
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", algorithm) == algorithm
        and isinstance(operations, list)
        and operations == ["verify"]
        and PRIVATE_OR_SECRET.isdisjoint(jwk)  # a key whose secret half is published is nobody's
        and all(isinstance(part, str) and len(part) <= MAX_MEMBER for part in parts)
    )


def _is_strong(key: object, algorithm: str) -> bool:
    if isinstance(key, RSAPublicKey):
        return algorithm == "RS256" and _is_strong_rsa(key)
    if isinstance(key, EllipticCurvePublicKey):
        return algorithm == "ES256" and isinstance(key.curve, SECP256R1)
    if isinstance(key, Ed25519PublicKey):
        return algorithm == "EdDSA" and key.public_bytes_raw() not in SMALL_ORDER
    return False


def _is_strong_rsa(key: RSAPublicKey) -> bool:
    numbers = key.public_numbers()
    is_fair_exponent = 65537 <= numbers.e < 2**32 and numbers.e % 2 == 1  # a huge one makes each check slow
    return key.key_size >= 2048 and numbers.n % 2 == 1 and is_fair_exponent
