"""Random callbacks and logout tokens: each is refused in an orderly way, and nobody is asked anything."""

from __future__ import annotations

import random

import pytest

from chalicelib import portal_wiring
from chalicelib.errors import ProviderAway, SignInRefused, TokenRefused
from tests.security.portal.stage import Browser, Stage, query_of

SEED = 20_261_122
CALLBACKS, LOGOUT_TOKENS = 3_000, 3_000
NAMES = ("state", "code", "iss", "error", "error_description", "session_state", "id_token", "", "\0")
ODD = (
    "",
    "A" * 43,
    "null",
    "true",
    "[]",
    "\0",
    "\r\n",
    "é",
    "\ud800",
    "..",
    "%00",
    "<b>",
    "access_denied",
    "x" * 9_000,
)


def test_ses_02_random_callbacks_sign_nobody_in(stage: Stage):
    browser, chance = stage.browser(), random.Random(SEED)  # noqa: S311 - no secret is made of it
    good = query_of(browser.at_the_provider(browser.begin()))
    header = browser._cookie_header()["Cookie"]
    flow = portal_wiring.sign_in("operator")

    for _ in range(CALLBACKS):
        query = _mutated(good, chance)
        with pytest.raises((SignInRefused, ProviderAway)):
            flow.arrival(
                query, chance.choice((header, header, None, header[:-3], "\0", header + "; " + header))
            )
        flow.cleared_cookie(query)

    assert (stage.wire.sent, stage.sessions()) == ([], [])


def test_ses_30_random_logout_tokens_end_nothing(stage: Stage):
    browser, chance = stage.signed_in(), random.Random(SEED)  # noqa: S311 - as above
    (session,) = stage.sessions()
    now = int(stage.clock.time())
    claims = {
        "iss": stage.issuer,
        "aud": "dezky-operator",
        "iat": now,
        "exp": now + 60,
        "sub": session["subject"],
    }
    token = stage.world.keys.signed(claims, "logout+jwt")  # genuine, but without its event
    tokens = portal_wiring.logout_tokens("operator")

    for _ in range(LOGOUT_TOKENS):
        at, many = chance.randrange(len(token)), chance.randrange(1, 9)
        noise = "".join(chr(chance.randrange(1, 256)) for _ in range(many))
        with pytest.raises(TokenRefused):
            tokens.accepted(token[:at] + noise + token[at + chance.randrange(9) :])

    assert stage.is_session(browser.session)


def test_the_sign_in_page_and_its_start_take_any_address(stage: Stage):
    browser, chance = Browser(stage), random.Random(SEED)  # noqa: S311 - as above

    for _ in range(40):
        noise = "".join(chr(chance.randrange(33, 127)) for _ in range(20))
        page = browser.get("/operator/auth/login", params={"return_to": noise, noise: noise})
        start = browser.get("/operator/auth/oidc/login", params={"return_to": noise, "prompt": noise})
        assert (page.status_code, start.status_code) == (200, 303)
        assert start.headers["Location"].startswith(f"{stage.provider_url}/application/o/authorize/?")


def _mutated(good: dict[str, str], chance: random.Random) -> dict[str, list[str]]:
    """The genuine callback with one to four things wrong; never the genuine one."""
    query = {name: [value] for name, value in good.items()}
    for _ in range(chance.randrange(1, 5)):
        name, what = chance.choice(NAMES), chance.randrange(4)
        if what == 0:
            query.pop(name, None)
        elif what == 1:
            query[name] = [chance.choice(ODD)]
        elif what == 2:
            query[name] = [*query.get(name, []), chance.choice(ODD)]
        else:
            query[name] = []
    unharmed = all(query.get(name) == [value] for name, value in good.items()) and "error" not in query
    return {**query, "state": ["x"]} if unharmed else query
