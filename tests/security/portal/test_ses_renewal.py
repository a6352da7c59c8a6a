"""SES-39 and SES-40: tokens are renewed by one at a time, and what is unknown ends nothing."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib import portal_wiring
from chalicelib.errors import ProviderAway, SessionEnded
from chalicelib.services.sessions import OpenSession
from tests.security.portal.stage import COOKIE, Browser, Stage, answering, away

LIFE = 15  # minutes that an access token lives


def opened(browser: Browser) -> OpenSession:
    found = portal_wiring.sessions("operator").find(f"{COOKIE}={browser.session}")
    assert found
    return found


def token(browser: Browser) -> str:
    return portal_wiring.sessions("operator").access_token(opened(browser))


def renewals(stage: Stage) -> int:
    return len(stage.wire.grants("refresh_token"))


def a_session(stage: Stage, *, minutes: float) -> Browser:
    """Someone who signed in that long ago and was here all the time."""
    browser = stage.signed_in()
    stage.clock.move(minutes=minutes)
    return browser


def test_ses_39_a_token_that_is_good_is_used_as_it_is(stage):
    browser = a_session(stage, minutes=LIFE - 2)

    assert token(browser) == token(browser)
    assert renewals(stage) == 0


@pytest.mark.parametrize("minutes", [LIFE - 0.5, LIFE + 5])
def test_ses_39_a_token_that_is_about_to_expire_is_renewed_once(stage, minutes):
    browser = a_session(stage, minutes=minutes)

    tokens = {token(browser) for _ in range(3)}

    assert len(tokens) == 1
    assert renewals(stage) == 1


@pytest.mark.parametrize("at_once", [5, 20])
def test_ses_39_parallel_requests_with_an_expired_token_renew_it_once(stage, at_once):
    browser = a_session(stage, minutes=LIFE + 1)
    sessions, start = portal_wiring.sessions("operator"), threading.Barrier(at_once)
    found = [opened(browser) for _ in range(at_once)]  # all have read the same document

    def ask(session: OpenSession) -> str:
        start.wait()
        return sessions.access_token(session)

    with ThreadPoolExecutor(at_once) as pool:
        tokens = set(pool.map(ask, found))

    assert len(tokens) == 1
    assert renewals(stage) == 1
    stage.clock.move(minutes=LIFE)
    assert token(browser) not in tokens  # the rotated refresh token was not lost
    assert renewals(stage) == 2


def test_ses_39_who_does_not_get_to_renew_uses_what_is_still_valid(stage):
    browser = a_session(stage, minutes=LIFE - 0.5)
    before = opened(browser)
    lease = {"token": "somebody-else", "until": stage.now(seconds=10)}
    stage.mongo.collection("sessions").update_one({}, {"$set": {"lease": lease}})

    assert portal_wiring.sessions("operator").access_token(before)
    assert renewals(stage) == 0


def test_ses_39_a_lease_whose_holder_died_is_taken_over(stage):
    browser = a_session(stage, minutes=LIFE + 1)
    lease = {"token": "somebody-else", "until": stage.now(seconds=-1)}
    stage.mongo.collection("sessions").update_one({}, {"$set": {"lease": lease}})

    assert token(browser)
    assert renewals(stage) == 1
    assert "lease" not in stage.sessions()[0]


def test_ses_39_a_refused_token_is_renewed_once_for_all_who_had_it(stage):
    browser = stage.signed_in()
    sessions, found = portal_wiring.sessions("operator"), [opened(browser) for _ in range(5)]
    old = sessions.access_token(found[0])

    with ThreadPoolExecutor(5) as pool:
        newer = set(pool.map(sessions.renewed, found))

    assert len(newer) == 1
    assert old not in newer
    assert renewals(stage) == 1


def test_ses_40_invalid_grant_ends_the_session(stage):
    browser = a_session(stage, minutes=LIFE - 0.5)
    stage.wire.instead.append(answering(400, b'{"error": "invalid_grant"}'))

    with pytest.raises(SessionEnded):
        token(browser)

    assert stage.sessions() == []
    assert browser.get("/operator/tenants").status_code == 303


FAULTS = {
    "500": answering(500, b'{"error": "server_error"}'),
    "503": answering(503, b""),
    "429": answering(429, b"<p>slow down"),
    "timeout": away,
    "HTML": answering(200, b"<p>hello"),
    "our secret is wrong": answering(401, b'{"error": "invalid_client"}'),
    "no token in it": answering(200, b"{}"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_ses_40_a_provider_in_trouble_ends_nothing_while_the_token_is_valid(stage, fault):
    browser = a_session(stage, minutes=LIFE - 0.5)
    stage.wire.instead.append(FAULTS[fault])

    assert token(browser)

    assert len(stage.sessions()) == 1
    assert "lease" not in stage.sessions()[0]  # the next one may try
    assert token(browser)
    assert renewals(stage) == 2


@pytest.mark.parametrize("fault", FAULTS)
def test_ses_40_after_that_a_page_asks_to_try_again_and_the_session_is_kept(stage, fault):
    browser = a_session(stage, minutes=LIFE + 1)
    stage.wire.instead.append(FAULTS[fault])

    response = browser.get("/operator/tenants")

    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert browser.get("/operator/tenants").status_code == 200  # the provider is back


def with_other_claims(stage: Stage, name: str, **changes: object):
    """The provider's answer with that token about somebody else, genuinely signed."""

    def change(answer):
        body = json.loads(answer.content)
        claims = stage.world.keys.verified(body[name]) | changes
        if name == "access_token":
            body.pop("id_token")
        else:
            claims.pop("at_hash", None)
        body[name] = stage.world.keys.signed(claims)
        return type(answer)(200, json.dumps(body).encode())

    return change


@pytest.mark.parametrize("name", ["id_token", "access_token"])
def test_ses_40_tokens_of_somebody_else_end_the_session(stage, name):
    browser = a_session(stage, minutes=LIFE - 0.5)
    stage.wire.after = with_other_claims(stage, name, sub="somebody-else")

    with pytest.raises(SessionEnded):
        token(browser)

    assert stage.sessions() == []


def test_ses_40_without_a_new_refresh_token_the_old_one_is_kept(stage):
    browser = a_session(stage, minutes=LIFE - 0.5)
    stage.wire.after = _without("refresh_token")
    assert token(browser)
    first = stage.wire.grants("refresh_token")[0]["refresh_token"]
    stage.wire.instead.append(answering(503, b""))

    stage.clock.move(minutes=LIFE)
    with pytest.raises(ProviderAway):
        token(browser)

    assert stage.wire.grants("refresh_token")[1]["refresh_token"] == first


def test_ses_40_a_session_without_refresh_token_ends_with_its_access_token(stage):
    stage.wire.after = _without("refresh_token")
    browser = stage.signed_in()
    assert token(browser)

    stage.clock.move(minutes=LIFE - 0.5)

    with pytest.raises(SessionEnded):
        token(browser)


def _without(name: str):
    def change(answer):
        body = json.loads(answer.content)
        body.pop(name, None)
        return type(answer)(answer.status_code, json.dumps(body).encode())

    return change
