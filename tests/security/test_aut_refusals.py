"""What the authorizer refuses, in which words, and what of it is written down."""

from __future__ import annotations

import logging

import pytest

from tests.security.tokens.gateway import refusals, refuse
from tests.security.tokens.header_forgeries import Forgery, header_forgeries
from tests.security.tokens.issuing import NOW, a_world, an_issuer, fingerprint_of, sign


@pytest.mark.parametrize(
    "shape",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic x",
        "{token}",
        "Bearer\t{token}",
        "Bearer\n{token}",
        "Bearer\u00a0{token}",
        " Bearer {token}",
        "Bearer {token} ",
        "Bearer {token} x",
        "Bearer {token}\n",
        "Bearer {token}, Bearer {token}",
        "Bearer {token},{token}",
        "Bearer: {token}",
        "Bearer={token}",
        "Token {token}",
        "DPoP {token}",
        "B\u0435arer {token}",
        "Bearer Bearer {token}",
    ],
    ids=lambda shape: f"AUT-02 {shape!r}",
)
def test_any_other_header_is_refused(shape: str, caplog: pytest.LogCaptureFixture):
    world = a_world()
    caplog.set_level(logging.INFO)

    refuse(world, shape.format(token=world.operator.token()))

    assert refusals(caplog) == [{"reason": "no-bearer-token"}]


@pytest.mark.parametrize("odd", [None, 1, [], {}], ids=lambda odd: f"AUT-01 {odd!r}")
def test_a_header_that_is_no_text_is_refused(odd: object):
    refuse(a_world(), odd)


def test_tok_48_a_header_of_a_megabyte_is_refused_unread(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)

    refuse(a_world(), "Bearer " + "a" * 1_000_000)

    assert refusals(caplog) == [{"reason": "too-large"}]


@pytest.mark.parametrize("forgery", list(header_forgeries()), ids=lambda forgery: forgery.id)
def test_a_forged_token_is_refused_in_the_gateways_words_and_leaves_no_trace_of_itself(
    forgery: Forgery, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    world = a_world()
    token = forgery.made(world.operator)

    refuse(world, f"Bearer {token}")

    written = "\n".join(str(vars(record)) for record in caplog.records)
    [entry] = refusals(caplog)
    assert entry["reason"] == ("no-bearer-token" if " " in token else forgery.reason)
    assert all(part not in written for part in token.split(".") if len(part) > 12)
    assert "ann@example.com" not in written


def test_aut_33_a_refusal_names_reason_issuer_and_key_and_nothing_else(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    world = a_world()
    stranger = an_issuer("RS256", "stranger", kid="../../etc/passwd")

    refuse(world, f"Bearer {world.operator.token(sub='ann', exp=int(NOW) - 3600, iat=int(NOW) - 7200)}")
    refuse(world, f"Bearer {stranger.token()}")

    assert refusals(caplog) == [
        {"reason": "expired", "issuer": world.operator.trusted.issuer, "key": fingerprint_of("key-1")},
        {"reason": "unknown-issuer", "key": fingerprint_of(stranger.kid)},
    ]
    assert "stranger" not in caplog.text


def test_aut_14_and_32_every_refusal_looks_the_same_from_outside():
    world = a_world()
    good = world.operator
    tokens = [
        sign(good, good.claims(), good.header(kid="unknown")),
        good.token()[:-4] + "AAAA",
        good.token(aud="other"),
        good.token(iss="https://evil.test/"),
    ]

    for token in tokens:
        refuse(world, f"Bearer {token}")
