"""Forgeries by signature: TOK-05 and TOK-22 to TOK-27. Each builds its signature with the genuine key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.security.tokens.header_forgeries import Forgery
from tests.security.tokens.issuing import Issuer, decoded, encoded, forge, segment, sign

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
SHA256_INFO_WITHOUT_NULL = bytes.fromhex("302f300b0609608648016503040201 0420".replace(" ", ""))
SHA512_INFO = bytes.fromhex("3051300d060960864801650304020305000440")
SHA1_INFO = bytes.fromhex("3021300906052b0e03021a05000414")

Alter = Callable[[bytes], bytes]


def altered(row: str, alter: Alter, *only: str) -> Forgery:
    """A genuine token whose signature bytes went through `alter`."""

    def made(issuer: Issuer) -> str:
        head, payload, signature = issuer.token().split(".")
        return f"{head}.{payload}.{encoded(alter(decoded(signature)))}"

    return Forgery(row, "bad-signature", made, only or ("RS256", "ES256", "EdDSA"))


def signed(row: str, by: Callable[[Issuer, bytes], bytes], *only: str) -> Forgery:
    """Good claims whose signature the genuine key made in another way."""
    return Forgery(
        row, "bad-signature", lambda i: forge(i.header(), i.claims(), lambda text: by(i, text)), only
    )


def signature_forgeries() -> Iterator[Forgery]:
    yield from _any_key()
    yield from _rsa_numbers()
    yield from _rsa_paddings()
    yield from _rsa_other_schemes()
    yield from _ecdsa()
    yield from _eddsa()


def _any_key() -> Iterator[Forgery]:
    yield altered("TOK-22 first bit", lambda s: bytes([s[0] ^ 1]) + s[1:])
    yield altered("TOK-22 last bit", lambda s: s[:-1] + bytes([s[-1] ^ 1]))
    yield altered("TOK-22 middle bit", lambda s: s[:30] + bytes([s[30] ^ 128]) + s[31:])
    yield altered("TOK-22 one byte less", lambda s: s[:-1])
    yield altered("TOK-22 half", lambda s: s[: len(s) // 2])
    yield altered("TOK-22 one byte", lambda s: s[:1])
    yield altered("TOK-22 a zero byte more", lambda s: s + b"\0")
    yield altered("TOK-22 a zero byte in front", lambda s: b"\0" + s)
    yield altered("TOK-22 all zero", lambda s: bytes(len(s)))
    yield altered("TOK-22 all ones", lambda s: b"\xff" * len(s))
    yield altered("TOK-22 twice", lambda s: s + s)
    yield altered("TOK-22 encoded twice", lambda s: encoded(s).encode())
    yield altered("TOK-22 backwards", lambda s: s[::-1])
    yield Forgery(
        "TOK-22 of another token",
        "bad-signature",
        lambda i: i.token().rsplit(".", 1)[0] + "." + i.token(sub="other").rsplit(".", 1)[1],
    )
    yield Forgery(
        "TOK-22 over the payload only",
        "bad-signature",
        lambda i: forge(i.header(), i.claims(), i.signature(segment(i.claims()).encode())),
    )


def _rsa_numbers() -> Iterator[Forgery]:
    def of(number: Callable[[int, int], int]) -> Callable[[Issuer, bytes], bytes]:
        def by(issuer: Issuer, text: bytes) -> bytes:
            n = issuer.key.public_key().public_numbers().n
            s = int.from_bytes(issuer.signature(text), "big")
            value = number(n, s)
            return value.to_bytes(max(256, (value.bit_length() + 7) // 8), "big")

        return by

    yield signed("TOK-23 s = 0", of(lambda n, s: 0), "RS256")
    yield signed("TOK-23 s = 1", of(lambda n, s: 1), "RS256")
    yield signed("TOK-23 s = n - 1", of(lambda n, s: n - 1), "RS256")
    yield signed("TOK-23 s = n", of(lambda n, s: n), "RS256")
    yield signed("TOK-23 s + n", of(lambda n, s: s + n), "RS256")
    yield signed("TOK-23 n - s", of(lambda n, s: n - s), "RS256")


def _rsa_paddings() -> Iterator[Forgery]:
    """Hand-made PKCS #1 encodings, raised to the private exponent: only an exact comparison refuses them."""

    def block(kind: bytes, pad: bytes, info: bytes, digest: bytes) -> bytes:
        fill = 256 - len(kind) - 1 - len(info) - len(digest)
        return kind + pad * fill + b"\0" + info + digest

    def garbage(info: bytes, digest: bytes, room: int) -> bytes:
        body = b"\0\1" + b"\xff" * 8 + b"\0" + info + digest
        return body + b"\x5a" * (room - len(body))

    long_form = b"\x30\x81\x31" + SHA256_INFO[2:]
    shapes: dict[str, Callable[[bytes], bytes]] = {
        "type 0": lambda d: block(b"\0\0", b"\0", SHA256_INFO, d),
        "type 2": lambda d: block(b"\0\2", b"\xff", SHA256_INFO, d),
        "type 3": lambda d: block(b"\0\3", b"\xff", SHA256_INFO, d),
        "first byte 1": lambda d: block(b"\1\1", b"\xff", SHA256_INFO, d),
        "zero padding": lambda d: block(b"\0\1", b"\0", SHA256_INFO, d),
        "padding of 0xfe": lambda d: block(b"\0\1", b"\xfe", SHA256_INFO, d),
        "short padding with garbage behind": lambda d: garbage(SHA256_INFO, d, 256),
        "no digest info": lambda d: block(b"\0\1", b"\xff", b"", d),
        "no null parameter": lambda d: block(b"\0\1", b"\xff", SHA256_INFO_WITHOUT_NULL, d),
        "long form length": lambda d: block(b"\0\1", b"\xff", long_form, d),
        "oid of sha512": lambda d: block(b"\0\1", b"\xff", SHA512_INFO, d),
        "oid of sha1": lambda d: block(b"\0\1", b"\xff", SHA1_INFO, d),
        "digest cut short": lambda d: block(b"\0\1", b"\xff", SHA256_INFO, d[:-1]),
        "digest with a byte more": lambda d: block(b"\0\1", b"\xff", SHA256_INFO, d + b"\0"),
        "digest backwards": lambda d: block(b"\0\1", b"\xff", SHA256_INFO, d[::-1]),
        "shifted by a byte": lambda d: block(b"\0\1", b"\xff", SHA256_INFO, d)[1:] + b"\0",
        "no separator": lambda d: block(b"\0\1", b"\xff", SHA256_INFO, d).replace(b"\0\x30", b"\xff\x30", 1),
        "hex digest": lambda d: block(b"\0\1", b"\xff", SHA256_INFO, d.hex().encode()),
    }
    for name, shape in shapes.items():

        def by(issuer: Issuer, text: bytes, shape: Callable[[bytes], bytes] = shape) -> bytes:
            private = issuer.key.private_numbers()
            number = int.from_bytes(shape(hashlib.sha256(text).digest()), "big")
            return pow(number, private.d, private.public_numbers.n).to_bytes(256, "big")

        yield signed(f"TOK-23 encoding with {name}", by, "RS256")


def _rsa_other_schemes() -> Iterator[Forgery]:
    for alg in ("RS384", "RS512", "PS256", "PS384", "PS512"):
        yield signed(
            f"TOK-05 {alg} signature under RS256", lambda i, t, alg=alg: i.signature(t, alg), "RS256"
        )
    yield signed(
        "TOK-05 SHA-1 signature under RS256",
        lambda i, t: i.key.sign(t, padding.PKCS1v15(), hashes.SHA1()),  # noqa: S303  # what is forged
        "RS256",
    )
    for name, salt, mgf in (
        ("no salt", 0, hashes.SHA256()),
        ("salt of 20", 20, hashes.SHA256()),
        ("the longest salt", padding.PSS.MAX_LENGTH, hashes.SHA256()),
        ("MGF1 with SHA-1", 32, hashes.SHA1()),  # noqa: S303  # what is forged
    ):
        yield signed(
            f"TOK-24 PSS with {name}",
            lambda i, t, salt=salt, mgf=mgf: i.key.sign(
                t, padding.PSS(padding.MGF1(mgf), salt), hashes.SHA256()
            ),
            "RS256",
        )


def _ecdsa() -> Iterator[Forgery]:
    n = P256_ORDER
    for name_r, r in (("0", 0), ("1", 1), ("n-1", n - 1), ("n", n), ("n+1", n + 1), ("max", 2**256 - 1)):
        for name_s, s in (("0", 0), ("1", 1), ("n", n), ("max", 2**256 - 1)):
            fixed = r.to_bytes(32, "big") + s.to_bytes(32, "big")
            yield altered(f"TOK-25 r = {name_r}, s = {name_s}", lambda _, fixed=fixed: fixed, "ES256")

    def der(issuer: Issuer, text: bytes) -> bytes:
        return issuer.key.sign(text, ec.ECDSA(hashes.SHA256()))

    def other_hash(issuer: Issuer, text: bytes) -> bytes:
        r, s = decode_dss_signature(issuer.key.sign(text, ec.ECDSA(hashes.SHA512())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    yield signed("TOK-25 DER", der, "ES256")
    yield signed("TOK-25 other hash", other_hash, "ES256")
    yield altered("TOK-25 66 bytes", lambda s: b"\0" + s[:32] + b"\0" + s[32:], "ES256")
    yield altered("TOK-25 96 bytes", lambda s: bytes(16) + s[:32] + bytes(16) + s[32:], "ES256")
    yield altered("TOK-25 r and s swapped", lambda s: s[32:] + s[:32], "ES256")
    yield altered("TOK-25 r + n, one byte more", lambda s: _plus(s[:32], n, 33) + b"\0" + s[32:], "ES256")
    p384 = ec.generate_private_key(ec.SECP384R1())
    yield signed("TOK-26 P-384 signature", lambda i, t: p384.sign(t, ec.ECDSA(hashes.SHA256()))[:64], "ES256")
    for alg in ("ES384", "ES512", "ES256K"):
        yield Forgery(
            f"TOK-26 {alg} header over a P-256 key",
            "wrong-algorithm",
            lambda i, alg=alg: sign(i, i.claims(), i.header(alg=alg)),
            ("ES256",),
        )


def _eddsa() -> Iterator[Forgery]:
    identity = b"\1" + bytes(31)
    yield altered("TOK-27 identity R and zero S", lambda s: identity + bytes(32), "EdDSA")
    yield altered("TOK-27 identity R", lambda s: identity + s[32:], "EdDSA")
    yield altered("TOK-27 S + L", lambda s: s[:32] + _little_plus(s[32:], ED25519_ORDER), "EdDSA")
    yield altered("TOK-27 63 bytes", lambda s: s[:63], "EdDSA")
    yield altered("TOK-27 65 bytes", lambda s: s + b"\1", "EdDSA")
    yield signed("TOK-27 prehashed", lambda i, t: i.key.sign(hashlib.sha512(t).digest()), "EdDSA")
    other = Ed448PrivateKey.generate()
    yield signed("TOK-27 Ed448", lambda i, t: other.sign(t), "EdDSA")


def _plus(raw: bytes, number: int, size: int) -> bytes:
    return (int.from_bytes(raw, "big") + number).to_bytes(size, "big")


def _little_plus(raw: bytes, number: int) -> bytes:
    return (int.from_bytes(raw, "little") + number).to_bytes(32, "little")
