"""Forgeries by the form of the text, its base64 and its JSON: TOK-14 to TOK-21 and TOK-48."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from tests.security.tokens.header_forgeries import Forgery
from tests.security.tokens.issuing import Issuer, encoded, segment, sign


def form_forgeries() -> Iterator[Forgery]:
    yield from _segments()
    yield from _spellings()
    yield from _serializations()
    yield from _duplicates()
    yield from _not_one_object()
    yield from _encodings()
    yield from _nesting()
    yield from _sizes()


def changed(row: str, reason: str, change: Callable[[str, str, str], str]) -> Forgery:
    """A genuine token of which the three segments are put together in another way."""
    return Forgery(row, reason, lambda issuer: change(*issuer.token().split(".")))


def claims_text(row: str, change: Callable[[str], str | bytes], reason: str = "bad-claims-json") -> Forgery:
    """A genuine signature over claims whose JSON text was changed."""
    return Forgery(row, reason, lambda issuer: sign(issuer, change(json.dumps(issuer.claims()))))


def header_text(row: str, change: Callable[[str], str | bytes]) -> Forgery:
    def made(issuer: Issuer) -> str:
        return sign(issuer, issuer.claims(), change(json.dumps(issuer.header())))

    return Forgery(row, "bad-header-json", made)


def _segments() -> Iterator[Forgery]:
    yield changed("TOK-14 nothing", "wrong-segments", lambda h, p, s: "")
    yield changed("TOK-14 one segment", "wrong-segments", lambda h, p, s: p)
    yield changed("TOK-14 two segments", "wrong-segments", lambda h, p, s: f"{h}.{p}")
    yield changed("TOK-14 four segments", "wrong-segments", lambda h, p, s: f"{h}.{p}.{s}.{s}")
    yield changed("TOK-14 five segments", "wrong-segments", lambda h, p, s: f"{h}.{p}.{s}.{s}.{s}")
    yield changed("TOK-14 dots only", "wrong-segments", lambda h, p, s: "..")
    yield changed("TOK-14 5,000 segments", "wrong-segments", lambda h, p, s: "a." * 4000)
    yield changed("TOK-14 50,000 segments", "too-large", lambda h, p, s: "a." * 50_000)
    yield changed("TOK-14 no header", "wrong-segments", lambda h, p, s: f".{p}.{s}")
    yield changed("TOK-14 no payload", "wrong-segments", lambda h, p, s: f"{h}..{s}")
    yield changed("TOK-14 no signature", "wrong-segments", lambda h, p, s: f"{h}.{p}.")
    yield changed("TOK-14 leading dot", "wrong-segments", lambda h, p, s: f".{h}.{p}.{s}")
    yield changed("TOK-14 trailing dot", "wrong-segments", lambda h, p, s: f"{h}.{p}.{s}.")


def _spellings() -> Iterator[Forgery]:
    for name, odd in (
        ("padding", "="),
        ("two pads", "=="),
        ("blank", " "),
        ("line break", "\n"),
        ("carriage return", "\r\n"),
        ("tab", "\t"),
        ("nul", "\0"),
        ("percent", "%41"),
        ("quote", '"'),
        ("plus", "+"),
        ("slash", "/"),
    ):
        yield changed(
            f"TOK-15 {name} after the header", "bad-base64", lambda h, p, s, o=odd: f"{h}{o}.{p}.{s}"
        )
        yield changed(
            f"TOK-15 {name} after the payload", "bad-base64", lambda h, p, s, o=odd: f"{h}.{p}{o}.{s}"
        )
        yield changed(
            f"TOK-15 {name} after the signature", "bad-base64", lambda h, p, s, o=odd: f"{h}.{p}.{s}{o}"
        )
    yield changed("TOK-15 blank in front", "bad-base64", lambda h, p, s: f" {h}.{p}.{s}")
    yield changed("TOK-15 line break within", "bad-base64", lambda h, p, s: f"{h}.{p[:9]}\n{p[9:]}.{s}")
    yield changed("TOK-15 byte order mark", "not-ascii", lambda h, p, s: f"\ufeff{h}.{p}.{s}")
    yield changed("TOK-15 zero width blank", "not-ascii", lambda h, p, s: f"{h}.{p}.{s}\u200b")
    yield changed("TOK-15 fullwidth letter", "not-ascii", lambda h, p, s: f"\uff41{h}.{p}.{s}")
    yield changed("TOK-15 stray bits in the signature", "bad-base64", lambda h, p, s: f"{h}.{p}.{_stray(s)}")
    yield changed("TOK-15 one character too many", "bad-base64", lambda h, p, s: f"{h}.{p}.{_whole(s)}A")


def _stray(text: str) -> str:
    """The same bytes, with one of the unused bits of the last character set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


def _whole(text: str) -> str:
    return text[: len(text) // 4 * 4]


def _serializations() -> Iterator[Forgery]:
    def as_json(h: str, p: str, s: str) -> str:
        return json.dumps({"protected": h, "payload": p, "signature": s})

    def general(h: str, p: str, s: str) -> str:
        return json.dumps({"payload": p, "signatures": [{"protected": h, "signature": s}]})

    yield changed("TOK-16 flattened serialization", "wrong-segments", as_json)
    yield changed("TOK-16 general serialization", "wrong-segments", general)
    yield changed(
        "TOK-16 unprotected header",
        "wrong-segments",
        lambda h, p, s: json.dumps({"header": {"alg": "none"}, "payload": p, "signature": s}),
    )
    yield changed("TOK-16 format confusion", "bad-base64", lambda h, p, s: f'{{"a":"{h}.{p}.{s}"}}')


def _duplicates() -> Iterator[Forgery]:
    for name in ("aud", "iss", "sub", "exp", "groups"):
        yield claims_text(f"TOK-17 {name} twice", lambda t, n=name: f'{{"{n}":"x",{t[1:]}')
        yield claims_text(
            f"TOK-17 {name} twice, once escaped",
            lambda t, n=name: f'{{"\\u{ord(n[0]):04x}{n[1:]}":"x",{t[1:]}',
        )
    yield claims_text("TOK-17 twice further down", lambda t: f'{t[:-1]},"x":{{"a":1,"a":2}}}}')
    for name in ("alg", "kid", "typ"):
        yield header_text(f"TOK-17 {name} twice", lambda t, n=name: f'{{"{n}":"none",{t[1:]}')
    yield header_text("TOK-17 crit twice", lambda t: f'{{"crit":[],"crit":["x"],{t[1:]}')


def _not_one_object() -> Iterator[Forgery]:
    for name, text in (
        ("null", "null"),
        ("list", "[]"),
        ("text", '"x"'),
        ("number", "1"),
        ("nothing but a blank", " "),
        ("no JSON", "x"),
    ):
        yield claims_text(f"TOK-18 {name}", lambda _, text=text: text)
        yield header_text(f"TOK-18 {name} as header", lambda _, text=text: text)
    yield claims_text("TOK-18 in a list", lambda t: f"[{t}]")
    yield claims_text("TOK-18 trailing text", lambda t: f"{t}x")
    yield claims_text("TOK-18 two objects", lambda t: t + t)
    yield claims_text("TOK-18 comment", lambda t: f"{t}//x")
    yield claims_text("TOK-18 trailing comma", lambda t: f"{t[:-1]},}}")
    yield claims_text("TOK-18 single quotes", lambda t: t.replace('"', "'"))
    yield claims_text("TOK-18 cut short", lambda t: t[:-1])


def _encodings() -> Iterator[Forgery]:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"):
        yield claims_text(f"TOK-19 {encoding}", lambda t, e=encoding: t.encode(e))
        yield header_text(f"TOK-19 {encoding} header", lambda t, e=encoding: t.encode(e))
    for name, odd in (
        ("a lone continuation byte", b"\x80"),
        ("an overlong slash", b"\xc0\xaf"),
        ("a surrogate as bytes", b"\xed\xa0\x80"),
        ("a raw line break", b"\n"),
        ("a raw nul", b"\0"),
        ("an escaped lone surrogate", rb"\ud800"),
        ("an escaped half pair", rb"\udc00x"),
        ("a wrong escape", rb"\x41"),
    ):
        yield claims_text(
            f"TOK-19 {name}", lambda t, odd=odd: t[:-1].encode() + b',"nickname":"' + odd + b'"}'
        )


def _nesting() -> Iterator[Forgery]:
    for levels in (9, 40, 1200, 2500):
        nested = "[" * levels + "]" * levels
        yield claims_text(f"TOK-20 {levels} levels of lists", lambda t, n=nested: f'{t[:-1]},"x":{n}}}')
        yield header_text(f"TOK-20 {levels} levels in the header", lambda t, n=nested: f'{t[:-1]},"x":{n}}}')
    yield claims_text("TOK-20 500 levels of objects", lambda t: f'{t[:-1]},"x":{"{" * 0}{_objects(500)}}}')
    yield claims_text("TOK-20 2,500 opened only", lambda t: "[" * 2500)
    yield claims_text("TOK-20 100,000 levels", lambda t: "[" * 100_000, reason="too-large")
    for digits in (33, 4301, 5000):
        number = "9" * digits
        yield claims_text(f"TOK-21 {digits} digits", lambda t, n=number: f'{t[:-1]},"x":{n}}}')
        yield claims_text(f"TOK-21 -{digits} digits", lambda t, n=number: f'{t[:-1]},"x":-{n}}}')
    yield claims_text("TOK-21 4,301 digits after the point", lambda t: f'{t[:-1]},"x":0.{"1" * 4301}}}')
    yield claims_text(
        "TOK-21 100,000 digits", lambda t: f'{t[:-1]},"x":{"9" * 100_000}}}', reason="too-large"
    )


def _objects(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


def _sizes() -> Iterator[Forgery]:
    for size, name in ((64 * 1024, "64 KB"), (1024 * 1024, "1 MB")):
        yield changed(f"TOK-48 {name} of payload", "too-large", lambda h, p, s, n=size: f"{h}.{'A' * n}.{s}")
        yield changed(f"TOK-48 {name} of header", "too-large", lambda h, p, s, n=size: f"{'A' * n}.{p}.{s}")
        yield changed(
            f"TOK-48 {name} of signature", "too-large", lambda h, p, s, n=size: f"{h}.{p}.{'A' * n}"
        )
        yield changed(f"TOK-48 {name} of dots", "too-large", lambda h, p, s, n=size: "." * n)
    yield Forgery(
        "TOK-48 a kid of 64 KB", "too-large", lambda i: sign(i, i.claims(), i.header(kid="k" * 65536))
    )
    yield changed(
        "TOK-48 50,000 members",
        "too-large",
        lambda h, p, s: f"{h}.{segment({str(n): n for n in range(50_000)})}.{s}",
    )
    yield Forgery(
        "TOK-48 20,000 groups", "too-large", lambda i: i.token(groups=[f"g{n}" for n in range(20_000)])
    )
    yield changed("TOK-48 one character over", "too-large", lambda h, p, s: _padded_to(8193, h, p, s))


def _padded_to(size: int, *segments: str) -> str:
    token = ".".join(segments)
    return token + encoded(b"\0" * size)[: size - len(token)]
