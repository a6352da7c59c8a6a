"""Hostile key sets: every unusable key is left out, every good one beside it is used."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import get_default_algorithms

from chalicelib.auth.jwk import SMALL_ORDER, usable_keys
from chalicelib.errors import KeysUnavailable
from tests.security.tokens.issuing import ALGORITHMS, an_issuer, decoded, encoded, key_set

GOOD = {alg: an_issuer(alg, kid="good").jwk() for alg in ALGORITHMS}


def rsa_jwk(key: rsa.RSAPrivateKey, **changes: object) -> dict[str, object]:
    jwk = get_default_algorithms()["RS256"].to_jwk(key.public_key(), as_dict=True)
    jwk.pop("key_ops")
    return jwk | {"kid": "bad", "use": "sig", "alg": "RS256"} | changes


def number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def odd_keys(alg: str) -> dict[str, object]:
    """What is wrong with a key -> the key. Each differs from a good one in that alone."""
    good = an_issuer(alg, kid="bad").jwk()
    private = get_default_algorithms()[alg].to_jwk(an_issuer(alg).key, as_dict=True)
    private.pop("key_ops", None)
    return {
        "use enc": good | {"use": "enc"},
        "use null": good | {"use": None},
        "key_ops encrypt": good | {"key_ops": ["encrypt"]},
        "key_ops sign too": good | {"key_ops": ["verify", "sign"]},
        "key_ops empty": good | {"key_ops": []},
        "key_ops a text": good | {"key_ops": "verify"},
        "another alg": good | {"alg": "RS512"},
        "alg of encryption": good | {"alg": "RSA-OAEP-256"},
        "alg null": good | {"alg": None},
        "private members": private | {"kid": "bad"},
        "one private member": good | {"d": "AAAA"},
        "oct": {"kty": "oct", "k": encoded(b"s" * 32), "kid": "bad"},
        "oct beside its own kty": good | {"k": encoded(b"s" * 32)},
        "kty missing": {name: value for name, value in good.items() if name != "kty"},
        "kty unknown": good | {"kty": "PQC"},
        "kty a list": good | {"kty": [good["kty"]]},
        "kid missing": {name: value for name, value in good.items() if name != "kid"},
        "kid a number": good | {"kid": 1},
        "kid empty": good | {"kid": ""},
        "kid unprintable": good | {"kid": "bad\n"},
        "no parts": {"kty": good["kty"], "kid": "bad"},
        "parts as numbers": good | {"n": 1, "e": 1, "x": 1, "y": 1},
        "parts as garbage": good | {"n": "?", "e": "?", "x": "?", "y": "?"},
        "parts too long": good | dict.fromkeys(("n", "x"), "A" * 1401),
        "not an object": "bad",
        "null": None,
        **{"RS256": _odd_rsa, "ES256": _odd_ec, "EdDSA": _odd_okp}[alg](good),
    }


def _odd_rsa(good: dict[str, object]) -> dict[str, object]:
    small = rsa.generate_private_key(65537, 1024)  # noqa: S505  # the weak key to be refused
    modulus = int.from_bytes(decoded(str(good["n"])), "big")
    return {
        "1,024 bits": rsa_jwk(small),
        "exponent 1": good | {"e": number(1)},
        "exponent 3": good | {"e": number(3)},
        "exponent even": good | {"e": number(65538)},
        "exponent huge": good | {"e": number(2**64 + 1)},
        "modulus even": good | {"n": number(modulus - 1)},
        "modulus of 16,384 bits": good | {"n": number(2**16384 - 1)},
        "EC key under the name RSA": an_issuer("ES256", kid="bad").jwk() | {"kty": "RSA"},
    }


def _odd_ec(good: dict[str, object]) -> dict[str, object]:
    def of(curve: ec.EllipticCurve, alg: str) -> dict[str, object]:
        key = ec.generate_private_key(curve).public_key()
        return get_default_algorithms()[alg].to_jwk(key, as_dict=True) | {"kid": "bad", "alg": "ES256"}

    return {
        "P-384": of(ec.SECP384R1(), "ES384"),
        "secp256k1": of(ec.SECP256K1(), "ES256K"),
        "secp256k1 called P-256": of(ec.SECP256K1(), "ES256K") | {"crv": "P-256"},
        "not on the curve": good | {"y": good["x"]},
        "zero": good | {"x": encoded(bytes(32)), "y": encoded(bytes(32))},
        "crv missing": {name: value for name, value in good.items() if name != "crv"},
    }


def _odd_okp(good: dict[str, object]) -> dict[str, object]:
    points = {f"small order {n}": good | {"x": encoded(point)} for n, point in enumerate(sorted(SMALL_ORDER))}
    return points | {
        "Ed448": good | {"crv": "Ed448"},
        "X25519": good | {"crv": "X25519"},
        "31 bytes": good | {"x": encoded(bytes(31))},
    }


CASES = [(alg, name, key) for alg in ALGORITHMS for name, key in odd_keys(alg).items()]


@pytest.mark.parametrize(
    ("alg", "key"), [(a, k) for a, _, k in CASES], ids=[f"AUT-24 {a} {n}" for a, n, _ in CASES]
)
def test_an_unusable_key_is_left_out_and_the_good_one_beside_it_used(alg: str, key: object):
    keys = usable_keys(key_set(key, GOOD[alg]), alg)

    assert set(keys) == {"good"}


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_aut_25_members_that_a_good_key_may_leave_out_or_add_do_no_harm(alg: str):
    bare = {name: value for name, value in GOOD[alg].items() if name not in {"use", "alg"}}
    full = bare | {"kid": "full", "key_ops": ["verify"], "x5c": ["MIIB"], "x5t": "abc", "exp": 1}

    assert set(usable_keys(key_set(bare, full), alg)) == {"good", "full"}


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_aut_24_two_keys_under_one_id_are_both_unusable(alg: str):
    twin = an_issuer(alg, "another", kid="twin").jwk()

    keys = usable_keys(key_set(twin, GOOD[alg], an_issuer(alg, kid="twin").jwk()), alg)

    assert set(keys) == {"good"}


def test_aut_25_one_certificate_published_for_signing_and_encryption_still_signs():
    encryption = GOOD["RS256"] | {"use": "enc", "alg": "RSA-OAEP-256"}

    assert set(usable_keys(key_set(GOOD["RS256"], encryption), "RS256")) == {"good"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"<html></html>",
        b'{"keys": {}}',
        b'{"keys": null}',
        b'{"keys": [',
        b'\xff{"keys": []}',
        b'{"keys": [], "keys": []}',
        b'{"keys": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        json.dumps({"keys": [{"kid": str(n)} for n in range(5000)]}).encode(),
    ],
    ids=lambda raw: f"AUT-23 {raw[:24]!r}",
)
def test_what_is_no_key_set_is_said_to_be_unavailable(raw: bytes):
    with pytest.raises(KeysUnavailable):
        usable_keys(raw, "RS256")


def test_a_set_without_usable_keys_is_a_set():
    assert usable_keys(b'{"keys": []}', "RS256") == {}
