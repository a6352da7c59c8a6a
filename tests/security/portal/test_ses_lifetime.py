"""SES-25 to SES-28 and SES-45: how a session ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib import portal_wiring
from chalicelib.domain.cookies import cleared
from chalicelib.domain.session import IDLE, LONGEST, NOTED
from tests.security.portal.stage import A_TOKEN, COOKIE, OPERATOR, Browser, Stage, away, set_cookies


def test_ses_25_the_limits_are_those_that_are_documented():
    assert (timedelta(minutes=30), timedelta(hours=8), timedelta(minutes=1)) == (IDLE, LONGEST, NOTED)


@pytest.mark.parametrize(("seconds", "lives"), [(29 * 60 + 55, True), (30 * 60, False), (86_400, False)])
def test_ses_25_a_session_that_idles_ends(stage, seconds, lives):
    browser = stage.signed_in()

    stage.clock.move(seconds=seconds)

    assert stage.is_session(browser.session) is lives
    assert len(stage.sessions()) == (1 if lives else 0)


def test_ses_25_use_keeps_a_session_but_not_beyond_eight_hours(stage):
    browser = stage.signed_in()

    for _ in range(19):  # every 25 minutes, 7 h 55 in all
        stage.clock.move(minutes=25)
        assert stage.is_session(browser.session)
    stage.clock.move(minutes=5, seconds=1)

    assert not stage.is_session(browser.session)
    assert stage.sessions() == []


def test_ses_25_when_someone_was_seen_is_written_once_a_minute(stage):
    browser = stage.signed_in()
    begun = stage.sessions()[0]["seenAt"]

    stage.clock.move(seconds=50)
    assert stage.is_session(browser.session)
    assert stage.sessions()[0]["seenAt"] == begun

    stage.clock.move(seconds=11)
    assert stage.is_session(browser.session)
    assert stage.sessions()[0]["seenAt"] > begun


def test_ses_25_the_database_forgets_a_session_when_it_is_over(stage):
    stage.signed_in()

    (session,) = stage.sessions()

    assert session["endsAt"] - session["createdAt"] == LONGEST
    assert isinstance(session["endsAt"], datetime)  # the TTL index is on it


def test_ses_26_after_signing_out_a_copied_cookie_is_dead(stage):
    browser = stage.signed_in()
    thief = Browser(stage, dict(browser.cookies))
    assert thief.get("/operator/tenants").status_code == 200

    response = browser.sign_out()

    assert response.status_code == 303
    assert cleared(COOKIE) in set_cookies(response)
    assert stage.sessions() == []
    assert thief.get("/operator/tenants").status_code == 303


def test_ses_26_the_provider_is_asked_to_forget_the_refresh_token(stage):
    browser = stage.signed_in()
    kept = portal_wiring.sessions("operator").find(f"{COOKIE}={browser.session}")
    tokens = portal_wiring.sessions("operator")._renewal._opened(kept.session)

    browser.sign_out()

    path, form = stage.wire.sent[-1]
    assert (path, form["token"]) == ("/application/o/revoke/", tokens.refresh_token)
    assert not stage.world.table("refresh")


def test_ses_26_signing_out_works_while_the_provider_is_away(stage):
    browser = stage.signed_in()
    stage.wire.instead.append(away)

    response = browser.sign_out()

    assert (response.status_code, stage.sessions()) == (303, [])


def test_ses_27_a_sign_out_is_a_form_of_our_own_page(stage):
    browser = stage.signed_in()
    csrf = {"csrf": browser.csrf()}

    refused = [
        browser.get("/operator/auth/logout"),
        browser.post("/operator/auth/logout", {}),
        browser.post("/operator/auth/logout", {"csrf": "x"}),
        browser.post("/operator/auth/logout", csrf, Origin="https://evil.test"),
        browser.post("/operator/auth/logout", csrf, Origin="null"),
        browser.post("/operator/auth/logout", csrf, Origin=""),
        browser.post("/operator/auth/logout", csrf, **{"Sec-Fetch-Site": "cross-site"}),
        browser.post("/operator/auth/logout", csrf, **{"Sec-Fetch-Site": "same-site"}),
        browser.post("/operator/auth/logout", csrf, **{"Content-Type": "text/plain"}),
    ]

    assert refused[0].status_code in {404, 405}  # the gateway knows no such address, Chalice no such method
    assert [each.status_code for each in refused[1:]] == [403, 403, 403, 403, 403, 403, 403, 415]
    assert stage.is_session(browser.session)


def test_ses_27_the_token_of_another_session_signs_nobody_out(stage):
    browser, other = stage.signed_in(), stage.signed_in()

    response = browser.post("/operator/auth/logout", {"csrf": other.csrf()})

    assert response.status_code == 403
    assert len(stage.sessions()) == 2


def test_signing_out_twice_is_signed_out(stage):
    browser = stage.browser()

    response = browser.post("/operator/auth/logout", {"csrf": "x"})

    assert (response.status_code, response.headers["Location"]) == (303, "/operator/auth/signed-out")
    page = browser.get("/operator/auth/signed-out")
    assert "You are signed out" in page.text


def test_ses_28_the_way_out_is_fixed_and_carries_no_token(stage):
    browser = stage.signed_in()

    response = browser.sign_out()

    assert response.headers["Location"] == f"{stage.issuer}end-session/"
    for each in stage.seen:
        assert not A_TOKEN.search(each.text + str(each.headers))


def test_ses_28_the_browser_may_follow_the_form_to_the_provider(stage):
    """Chromium applies form-action to the redirect that answers a form."""
    browser = stage.signed_in()

    policy = browser.get("/operator/tenants").headers["Content-Security-Policy"]

    assert f"form-action 'self' {stage.provider_url}" in policy


def test_ses_28_the_provider_forgets_its_session_and_asks_the_next_time(stage):
    browser = stage.signed_in()
    assert "code=" in browser.at_the_provider(browser.begin())  # it lets the person in without asking

    left = browser.at_provider.get(browser.sign_out().headers["Location"], timeout=10)

    assert "signed out" in left.text
    page = browser.at_provider.get(browser.begin(), allow_redirects=False, timeout=10)
    assert 'name="password"' in page.text


def test_ses_28_when_the_provider_says_nothing_of_itself_the_way_out_is_our_own_page(stage):
    browser = stage.signed_in()
    stage.clock.move(hours=2)  # its metadata is too old by then
    stage.mongo.collection("sessions").update_many({}, {"$set": {"seenAt": stage.now()}})
    stage.break_provider()

    response = browser.sign_out()

    assert response.headers["Location"] == "/operator/auth/signed-out"


def test_ses_45_a_disabled_operator_is_out_when_the_token_has_to_be_renewed(stage):
    browser = stage.signed_in()
    _disable(stage)
    stage.clock.move(minutes=14.5)  # of the 15 that an access token lives; it is renewed a minute early

    assert browser.get("/operator/tenants").status_code == 303
    assert stage.sessions() == []


def test_ses_45_a_session_that_an_admin_ends_at_the_provider_ends_here_at_once(stage):
    browser = stage.signed_in()

    with stage.world.changing():
        stage.world.sessions.end_all_of(_user(stage)["pk"])
    stage.announce()

    assert not stage.is_session(browser.session)


def _user(stage: Stage) -> dict:
    return next(user for user in stage.world.users.rows.values() if user["username"] == OPERATOR)


def _disable(stage: Stage) -> None:
    with stage.world.changing():
        _user(stage)["is_active"] = False
