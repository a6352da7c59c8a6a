"""Forgeries by header and by form: TOK-01 to TOK-16, TOK-42, TOK-46 and TOK-47."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.security.tokens.issuing import (
    Issuer,
    decoded,
    encoded,
    forge,
    hmac_with,
    private_key,
    segment,
    sign,
)


class Forgery(NamedTuple):
    """A token that must be refused for exactly `reason`; `made` builds it for a genuine issuer."""

    id: str
    reason: str
    made: Callable[[Issuer], str]
    only: tuple[str, ...] = ("RS256", "ES256", "EdDSA")


def header(row: str, reason: str, **changes: object) -> Forgery:
    """A genuine signature over a header that differs from a good one in `changes` only."""
    return Forgery(row, reason, lambda issuer: sign(issuer, issuer.claims(), issuer.header() | changes))


def header_forgeries() -> Iterator[Forgery]:
    yield from _algorithms()
    yield from _public_keys_as_secrets()
    yield from _other_signers()
    yield from _brought_keys()
    yield from _key_ids()
    yield from _critical()
    yield from _types()
    yield from _encrypted()


def _algorithms() -> Iterator[Forgery]:
    nones = ["none", "None", "NONE", "nOnE", "NoNe", "nONE", "noNe", "none ", "none\0"]
    for alg in nones:
        yield header(f"TOK-01 alg {alg!r} with a signature", "wrong-algorithm", alg=alg)
        yield Forgery(
            f"TOK-01 alg {alg!r} without a signature",
            "wrong-segments",
            lambda i, alg=alg: forge(i.header(alg=alg), i.claims(), b""),
        )
    yield Forgery(
        "TOK-01 none without kid", "bad-key-id", lambda i: forge({"alg": "none"}, i.claims(), b"signature")
    )
    yield Forgery(
        "TOK-01 none in two segments",
        "wrong-segments",
        lambda i: f"{segment(i.header(alg='none'))}.{segment(i.claims())}",
    )
    yield Forgery("TOK-02 alg missing", "bad-algorithm", lambda i: sign(i, i.claims(), i.header(alg=None)))
    for odd in (None, 256, ["RS256"], {"RS256": 1}, True):
        yield header(f"TOK-02 alg {odd!r}", "bad-algorithm", alg=odd)
    for wrong in ("", "RS256 ", "RS256\0", "rs256", "es256", "eddsa", "ed25519", "RS-256"):
        yield header(f"TOK-02 alg {wrong!r}", "wrong-algorithm", alg=wrong)
    for other in ("RS384", "RS512", "PS256", "PS384", "PS512", "ES384", "ES512", "ES256K"):
        yield header(f"TOK-05 alg {other} over a signature of another kind", "wrong-algorithm", alg=other)


def _public_forms(issuer: Issuer) -> dict[str, bytes]:
    """The public key as everything that a careless verifier might use as a shared secret."""
    public = issuer.key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwk = json.dumps(issuer.jwk())
    return {
        "pem": pem,
        "pem without its last line break": pem.rstrip(),
        "pem with carriage returns": pem.replace(b"\n", b"\r\n"),
        "pem in one line": pem.replace(b"\n", b""),
        "der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "jwk": jwk.encode(),
        "key set": json.dumps({"keys": [json.loads(jwk)]}).encode(),
        "bare number": decoded(str(issuer.jwk().get("n") or issuer.jwk().get("x"))),
    }


def _public_keys_as_secrets() -> Iterator[Forgery]:
    forms = ["pem", "pem without its last line break", "pem with carriage returns", "pem in one line"]
    for form in [*forms, "der", "jwk", "key set", "bare number"]:
        for bits in (256, 384, 512):
            yield Forgery(
                f"TOK-03 hs{bits} with the public {form}",
                "wrong-algorithm",
                lambda i, form=form, bits=bits: forge(
                    i.header(alg=f"HS{bits}"), i.claims(), hmac_with(_public_forms(i)[form], bits)
                ),
            )
        yield Forgery(
            f"TOK-03 hmac with the public {form} under the genuine alg",
            "bad-signature",
            lambda i, form=form: forge(i.header(), i.claims(), hmac_with(_public_forms(i)[form])),
        )
    for secret in (b"", b"\0", b"secret", b"key-1", b"https://id.example.com/application/o/dezky-operator/"):
        yield Forgery(
            f"TOK-04 hs256 with {secret!r}",
            "wrong-algorithm",
            lambda i, secret=secret: forge(i.header(alg="HS256"), i.claims(), hmac_with(secret)),
        )


def _other_signers() -> Iterator[Forgery]:
    def attacker(issuer: Issuer) -> Issuer:
        key = private_key(issuer.trusted.algorithm, "attacker")
        return Issuer(issuer.trusted, key, issuer.kid)

    yield Forgery(
        "TOK-06 the attacker's key under the genuine kid", "bad-signature", lambda i: attacker(i).token()
    )
    yield Forgery(
        "TOK-06 the attacker's key under its own kid",
        "unknown-key",
        lambda i: sign(attacker(i), i.claims(), i.header(kid="attacker")),
    )
    for name, value in (
        ("jwk", lambda i: attacker(i).jwk()),
        ("jwk as text", lambda i: json.dumps(attacker(i).jwk())),
        ("oct jwk", lambda i: {"kty": "oct", "k": encoded(b"secret"), "kid": i.kid}),
    ):
        yield Forgery(
            f"TOK-07 embedded {name}",
            "unwanted-header",
            lambda i, value=value: sign(attacker(i), i.claims(), i.header() | {"jwk": value(i)}),
        )


def _brought_keys() -> Iterator[Forgery]:
    for url in (
        "http://127.0.0.1:1/jwks",
        "file:///etc/passwd",
        "gopher://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data/",
        "https://id.example.com.evil.test/application/o/dezky-operator/jwks/",
        "https://id.example.com/application/o/dezky-operator/jwks/",
    ):
        yield header(f"TOK-08 jku {url}", "unwanted-header", jku=url)
        yield header(f"TOK-08 x5u {url}", "unwanted-header", x5u=url)
    yield header("TOK-09 x5c", "unwanted-header", x5c=["MIIB"])
    yield header("TOK-09 x5c with its thumbprint", "unwanted-header", **{"x5c": ["MIIB"], "x5t#S256": "abc"})


def _key_ids() -> Iterator[Forgery]:
    for kid in ("../../dev/null", "1'OR'1'='1", "*)(uid=*", "$(id)", "{{7*7}}", "__proto__", "^.*$", "KEY-1"):
        yield header(f"TOK-10 kid {kid}", "unknown-key", kid=kid)
    for kid in (
        "key-1\r\nX: y",
        "\x1b[31m",
        "key-1 ",
        " key-1",
        "key-1\0",
        "key-1\n",
        "k\u0435y-1",
        "",
        "k" * 4096,
    ):
        yield header(f"TOK-11 kid {kid[:12]!r}", "bad-key-id", kid=kid)
    for kid in ("key", "key-11", "ey-1"):
        yield header(f"TOK-11 kid {kid}", "unknown-key", kid=kid)
    for odd in (None, 1, ["key-1"], {"$ne": None}, True):
        yield header(f"TOK-11 kid {odd!r}", "bad-key-id", kid=odd)
    yield Forgery("TOK-11 kid missing", "bad-key-id", lambda i: sign(i, i.claims(), i.header(kid=None)))


def _critical() -> Iterator[Forgery]:
    for crit in (["x"], ["exp"], ["alg"], ["b64"], ["x", "x"], [1], [], "b64", {}, None, 1):
        yield header(f"TOK-12 crit {crit!r}", "unwanted-header", crit=crit, x=1)
    yield header("TOK-13 b64 false", "unwanted-header", b64=False)
    yield header("TOK-13 b64 true", "unwanted-header", b64=True)
    yield header("TOK-13 b64 false and critical", "unwanted-header", b64=False, crit=["b64"])
    yield Forgery(
        "TOK-13 b64 false and detached",
        "wrong-segments",
        lambda i: f"{segment(i.header() | {'b64': False, 'crit': ['b64']})}..{encoded(b'signature')}",
    )
    yield Forgery(
        "TOK-13 b64 false with a raw payload",
        "wrong-segments",
        lambda i: f"{segment(i.header() | {'b64': False})}.{json.dumps({'sub': 'a.b'})}.{encoded(b's')}",
    )


def _types() -> Iterator[Forgery]:
    kinds = ("logout+jwt", "secevent+jwt", "dpop+jwt", "oauth-authz-req+jwt", "client-authentication+jwt")
    for kind in (
        *kinds,
        "refresh+jwt",
        "Refresh",
        "JWS",
        "JWE",
        "JOSE",
        "JWT ",
        "JWT\0",
        "",
        None,
        1,
        ["JWT"],
    ):
        yield header(f"TOK-42 typ {kind!r}", "wrong-type", typ=kind)


def _encrypted() -> Iterator[Forgery]:
    for alg in ("dir", "RSA1_5", "RSA-OAEP-256", "PBES2-HS256+A128KW"):
        extra = {"enc": "A128CBC-HS256", "p2c": 2**31, "p2s": "AAAA"}
        yield header(f"TOK-46 {alg} in three segments", "unwanted-header", alg=alg, **extra)
        yield Forgery(
            f"TOK-46 {alg} in five segments",
            "wrong-segments",
            lambda i, alg=alg, extra=extra: ".".join([segment(i.header(alg=alg) | extra), *["AAAA"] * 4]),
        )
    yield header("TOK-46 zip", "unwanted-header", zip="DEF")
    yield header("TOK-47 cty JWT", "unwanted-header", cty="JWT")
    yield Forgery("TOK-47 a signed token in a signed one", "bad-claims-json", lambda i: sign(i, i.token()))
    yield Forgery(
        "TOK-47 an unsigned token in a signed one",
        "bad-claims-json",
        lambda i: sign(i, forge({"alg": "none"}, i.claims(), b"")),
    )
