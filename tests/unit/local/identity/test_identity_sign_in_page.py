"""The page where people sign in: its form, its errors, its silence when somebody is signed in already."""

import re
from urllib.parse import urljoin

import pytest
import requests

from tests.unit.local.identity.stage import TIMEOUT, App, Provider, csrf_token, returned

CUSTOMERS = ["owner@acme.test", "member@acme.test"]


def test_the_form_is_plain_accessible_html_that_loads_nothing(portal: App):
    page = portal.authorize()

    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    assert '<label for="username">' in page.text
    assert '<label for="password">' in page.text
    assert 'autocomplete="current-password"' in page.text
    assert "Dezky portal" in page.text
    assert not re.search(r"<script|src=|<link|@import|url\(", page.text)
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


def test_cookies_are_out_of_reach_of_scripts(portal: App):
    answer = portal.sign_in("member@acme.test")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("authentik_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("who", ["member@acme.test", "nobody@acme.test", "", "<b>x</b>"])
def test_a_wrong_name_and_a_wrong_password_look_the_same(portal: App, who: str):
    answer = portal.sign_in(who, "wrong")

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "The name or the password is wrong." in answer.text
    assert "authentik_session" not in portal.browser.cookies
    assert "<b>x</b>" not in answer.text


def test_what_was_typed_stays_in_the_form_but_not_the_password(portal: App):
    answer = portal.sign_in("member@acme.test", "a-wrong-password")

    assert 'value="member@acme.test"' in answer.text
    assert "a-wrong-password" not in answer.text


def test_after_an_error_the_same_form_works(portal: App):
    wrong = portal.sign_in("member@acme.test", "wrong")

    answer = portal.fill_in(wrong, "member@acme.test")

    assert "code" in returned(answer)


def test_the_case_of_the_address_does_not_matter(portal: App):
    assert "code" in returned(portal.sign_in(" Member@ACME.test "))


@pytest.mark.parametrize("token", ["", "forged", None])
def test_a_form_from_elsewhere_is_refused(portal: App, token: str | None):
    page = portal.authorize()
    filled = {"username": "member@acme.test", "password": "dezky-demo", "csrf_token": token}

    answer = portal.browser.post(page.url, data=filled, allow_redirects=False, timeout=TIMEOUT)

    assert answer.status_code == 400
    assert "authentik_session" not in portal.browser.cookies


def test_the_token_of_another_browser_is_refused(provider: Provider):
    mine, theirs = App(provider), App(provider)
    page, foreign = theirs.authorize(), csrf_token(mine.authorize())
    filled = {"username": "member@acme.test", "password": "dezky-demo", "csrf_token": foreign}

    answer = theirs.browser.post(page.url, data=filled, allow_redirects=False, timeout=TIMEOUT)

    assert answer.status_code == 400


def test_the_second_sign_in_is_silent_for_every_application(provider: Provider):
    operator = App(provider, "dezky-operator")
    operator.sign_in("operator@dezky.local")

    answer = App(provider, browser=operator.browser).authorize()

    assert "code" in returned(answer)


def test_prompt_none_never_shows_a_form(portal: App):
    before = returned(portal.authorize(prompt="none"))
    portal.sign_in("member@acme.test")
    after = returned(portal.authorize(prompt="none"))

    assert (before["error"], before["state"]) == ("login_required", "the-state")
    assert before["iss"] == portal.provider.issuer("dezky-portal")
    assert "code" in after


def test_prompt_login_asks_again_and_proves_it_afresh(portal: App):
    first = portal.claims(portal.tokens()["access_token"])
    portal.provider.clock.now += 100

    form = portal.authorize(prompt="login")
    code = returned(portal.fill_in(form, "member@acme.test"))["code"]
    second = portal.claims(portal.redeem(code).json()["access_token"])

    assert form.status_code == 200
    assert second["auth_time"] == first["auth_time"] + 100
    assert second["sid"] == first["sid"]


def test_max_age_asks_again_when_it_is_too_long_ago(portal: App):
    portal.sign_in("member@acme.test")
    portal.provider.clock.now += 100

    assert portal.authorize(max_age="101").status_code == 302
    assert portal.authorize(max_age="100").status_code == 200
    assert returned(portal.authorize(max_age="100", prompt="none"))["error"] == "login_required"


def test_somebody_else_in_the_same_browser_gets_a_session_of_their_own(portal: App):
    first = portal.claims(portal.tokens("member@acme.test")["access_token"])

    second = portal.claims(portal.tokens("owner@acme.test", prompt="login")["access_token"])

    assert second["email"] == "owner@acme.test"
    assert second["sid"] != first["sid"]
    assert first["sid"] not in portal.provider.world.sessions.rows


def test_a_session_ends_by_itself(portal: App):
    portal.sign_in("member@acme.test")

    portal.provider.clock.now += 12 * 3600 + 1

    assert portal.authorize().status_code == 200


def test_a_made_up_session_cookie_is_nobody(portal: App):
    portal.browser.cookies.set("authentik_session", "made-up")

    assert portal.authorize().status_code == 200


@pytest.mark.parametrize("customer", CUSTOMERS)
def test_the_operator_application_refuses_customers_without_a_code(operator: App, customer: str):
    answer = operator.sign_in(customer)

    assert answer.status_code == 403
    assert "You have no access to this application" in answer.text
    assert "Location" not in answer.headers
    assert not operator.provider.world.state["codes"]


def test_it_refuses_customers_who_are_signed_in_already_too(provider: Provider):
    portal = App(provider)
    portal.sign_in("member@acme.test")

    answer = App(provider, "dezky-operator", browser=portal.browser).authorize()

    assert answer.status_code == 403


def test_from_the_refusal_one_can_sign_in_as_somebody_else(operator: App):
    refused = operator.sign_in("member@acme.test")
    link = re.search(r'<a href="([^"]+)"', refused.text)
    assert link

    address = urljoin(refused.url, link[1].replace("&amp;", "&"))
    form = operator.browser.get(address, timeout=TIMEOUT)
    answer = operator.fill_in(form, "operator@dezky.local")

    assert form.status_code == 200
    assert "code" in returned(answer)


@pytest.mark.parametrize("staff", ["operator@dezky.local", "support@dezky.local"])
def test_the_operator_application_lets_the_group_in(operator: App, staff: str):
    assert "code" in returned(operator.sign_in(staff))


@pytest.mark.parametrize("anybody", ["operator@dezky.local", *CUSTOMERS])
def test_an_application_without_a_binding_is_open_to_all(portal: App, anybody: str):
    assert "code" in returned(portal.sign_in(anybody))


def test_an_inactive_user_is_refused_with_the_right_password(portal: App):
    user = portal.provider.world.users.named("member@acme.test")
    portal.provider.world.users.change(str(user["pk"]), {"is_active": False})

    answer = portal.sign_in("member@acme.test")

    assert answer.status_code == 400
    assert "This account is not active." in answer.text


def test_a_user_without_a_password_cannot_sign_in(portal: App):
    portal.provider.world.users.create({"username": "new@acme.test", "name": "New"})

    answers = [portal.sign_in("new@acme.test", guess) for guess in ("", "nobody has this password")]

    assert [answer.status_code for answer in answers] == [400, 400]


def test_a_wrong_link_says_so_on_a_page(provider: Provider):
    answer = requests.get(f"{provider.url}/application/o/authorize/", timeout=TIMEOUT)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/html")
