"""SES-13 to SES-18: who is let in, where they come out, and that they come in anew."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from chalicelib import portal_wiring
from chalicelib.auth.surface import Surface
from tests.security.portal.stage import COOKIE, OPERATOR, OWNER, SUPPORT, Stage, query_of


def test_ses_13_userinfo_is_not_asked_so_it_cannot_speak_for_somebody_else(stage):
    """All that we go by stands in the id token, which is bound to this sign-in and signed."""
    stage.signed_in()

    assert [path for path, _ in stage.wire.sent] == ["/application/o/token/"]


def test_ses_14_a_user_outside_of_the_operators_group_gets_no_session(stage, caplog):
    caplog.set_level(logging.INFO)
    browser = stage.browser()
    arrived = browser.at_the_provider(browser.begin(), SUPPORT)
    _leave_group(stage, SUPPORT)

    response = browser.get(arrived)

    assert response.status_code == 403
    assert "may not use this portal" in response.text
    assert "prompt=login" in response.text  # else the provider would let the same person in again, silently
    assert (browser.session, stage.sessions()) == (None, [])
    (line,) = [each for each in caplog.records if each.message == "sign-in refused"]
    assert (line.surface, line.reason) == ("operator", "not-in-group")
    assert line.request_id
    assert line.subject == _user(stage, SUPPORT)["uid"]
    assert SUPPORT not in str(vars(line))
    assert [form["token_type_hint"] for path, form in stage.wire.sent if path.endswith("/revoke/")] == [
        "refresh_token"
    ]


def test_ses_14_the_provider_itself_keeps_a_customer_out(stage):
    browser = stage.browser()

    with pytest.raises(AssertionError, match="No access"):
        browser.at_the_provider(browser.begin(), OWNER)

    assert stage.sessions() == []


def test_ses_14_an_operator_without_rights_has_a_session_and_the_api_decides(stage):
    assert stage.is_session(stage.signed_in(SUPPORT).session)


@pytest.mark.parametrize("email", [OPERATOR, "operator@dezky.local@evil.test", "OPERATOR@DEZKY.LOCAL"])
def test_ses_15_an_address_like_an_operators_gives_nothing(stage, email):
    owner = _user(stage, OWNER)
    with stage.world.changing():
        owner["email"] = email
        for binding in list(stage.world.bindings.rows):
            del stage.world.bindings.rows[binding]  # even if the provider let everybody in
    browser = stage.browser()

    response = browser.sign_in(OWNER)

    assert (response.status_code, stage.sessions()) == (403, [])


def test_ses_15_a_group_of_the_same_name_at_another_issuer_gives_nothing(stage):
    """The customers' application signs for the same people with the same groups; it is not our issuer."""
    token = _tokens_of(stage, "dezky-portal")

    with pytest.raises(Exception, match="unknown-issuer"):
        portal_wiring.provider("operator")._id_tokens.renewed(token, "x")


ELSEWHERE = [
    "https://evil.test/",
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "\\/evil.test",
    "https:evil.test",
    "https:/evil.test",
    "/%2f/evil.test",
    "/%2F%2Fevil.test",
    "/%5cevil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "\t//evil.test",
    "/tenants\r\nSet-Cookie: a=b",
    "/tenants%0d%0aSet-Cookie:a=b",
    "/@evil.test",
    "https://localhost@evil.test/",
    "javascript:alert(1)",
    "data:text/html,x",
    "tenants",
    "evil.test",
    "/.",
    "/..",
    "/../..//evil.test",
    "/tenants/../../evil",
    "/./tenants",
    "/tenants//evil.test",
    "/tenants?a=\r\nX: y",
    "/tenants#//evil.test",
    "/tenants?next=https%zz",
    "/auth/logout",
    "/auth/login?return_to=/auth/login",
    "/auth/oidc/login",
    "/auth",
    "/tenants/\u0430cme",
    "/tenants\u2028",
    "/" + "a" * 2000,
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_ses_16_a_way_back_that_leads_elsewhere_leads_home(stage, wanted):
    surface = portal_wiring.surface("operator")

    assert surface.page_within(wanted) == ""


@pytest.mark.parametrize(
    "wanted", ["https://evil.test/", "//evil.test", "/\\evil.test", "/t\r\nSet-Cookie: a=b"]
)
def test_ses_16_also_through_the_whole_sign_in(stage, wanted):
    from urllib.parse import urlencode

    browser = stage.browser()

    page = browser.get(f"/operator/auth/login?{urlencode({'return_to': wanted})}")
    response = browser.sign_in(query=f"?{urlencode({'return_to': wanted})}")

    assert "evil" not in page.text
    assert response.headers["Location"] == "/operator"
    assert "a=b" not in str(response.headers)


@pytest.mark.parametrize(
    "wanted", ["", "/tenants", "/tenants/acme/resources", "/tenants?status=active&q=a%20b", "/partners/"]
)
def test_ses_16_a_page_of_ours_is_gone_back_to(stage, wanted):
    from urllib.parse import urlencode

    browser = stage.browser()
    page = browser.get(f"/operator/auth/login?{urlencode({'return_to': wanted})}")
    assert page.status_code == 200

    response = browser.sign_in(query=f"?{urlencode({'return_to': wanted})}")

    assert response.headers["Location"] == f"/operator{wanted}"


def test_ses_16_behind_a_stage_path_the_way_back_is_below_it():
    surface: Surface = replace(_any_surface(), public_url="https://api.example/prod")

    assert surface.link("/tenants") == "/prod/operator/tenants"
    assert surface.address("/auth/oidc/callback") == "https://api.example/prod/operator/auth/oidc/callback"


def test_ses_17_a_transaction_that_was_tampered_with_is_none(stage):
    browser = stage.browser()
    address = browser.begin("?return_to=/tenants")
    (name,) = browser.transactions
    arrived, sealed = browser.at_the_provider(address), browser.cookies[name]

    for changed in (sealed[:-1], sealed[:-1] + "A", sealed.replace("k1.", "k2."), "", sealed + "A"):
        browser.cookies[name] = changed
        assert browser.get(arrived).status_code == 400
        assert stage.wire.sent == []


def test_ses_17_another_ones_sealed_transaction_does_not_fit(stage):
    browser = stage.browser()
    address = browser.begin("?return_to=/tenants")
    (mine,) = browser.transactions
    browser.begin("?return_to=/partners")
    (other,) = (name for name in browser.transactions if name != mine)
    browser.cookies[mine] = browser.cookies[other]

    response = browser.get(browser.at_the_provider(address))

    assert response.status_code == 400
    assert stage.wire.sent == []


def test_ses_18_a_session_cookie_from_before_the_sign_in_is_not_taken_over(stage):
    browser = stage.browser()
    browser.cookies[COOKIE] = "k1.planted"

    browser.sign_in()

    assert browser.session != "k1.planted"
    assert stage.is_session(browser.session)
    assert not stage.is_session("k1.planted")


def test_ses_18_signing_in_again_makes_a_new_session_and_ends_the_old_one(stage):
    browser = stage.signed_in()
    before, session = browser.session, stage.sessions()[0]["_id"]

    browser.sign_in()

    assert browser.session != before
    assert [each["_id"] for each in stage.sessions()] != [session]
    assert not stage.is_session(before)
    assert stage.is_session(browser.session)


def test_somebody_else_can_sign_in_though_the_provider_knows_the_first(stage):
    assert query_of(stage.browser().begin("?prompt=login"))["prompt"] == "login"
    assert "prompt" not in query_of(stage.browser().begin("?prompt=none"))
    assert "prompt" not in query_of(stage.browser().begin("?prompt=consent"))


def _any_surface() -> Surface:
    from tests.http.portal.portal import a_surface

    return a_surface("http://localhost:8000")


def _user(stage: Stage, name: str) -> dict:
    return next(user for user in stage.world.users.rows.values() if user["username"] == name)


def _leave_group(stage: Stage, name: str) -> None:
    with stage.world.changing():
        user = _user(stage, name)
        for group in stage.world.groups.rows.values():
            group["users"] = [each for each in group["users"] if each != user["pk"]]


def _tokens_of(stage: Stage, application: str) -> str:
    from infra.local.identity.sign_in import sign_in

    return sign_in(stage.provider_url, application, OWNER, "dezky-demo")["id_token"]
