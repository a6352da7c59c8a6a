"""Into the operator portal and out of it again, through the provider's own pages."""

from __future__ import annotations

import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.visitor import fill_in_at_provider, sign_in

OPERATOR, SUPPORT, OWNER = "operator@dezky.local", "support@dezky.local", "owner@acme.test"
SESSION = "__Host-operator_session"
script = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])


def session_cookie(page):
    (cookie,) = [each for each in page.context.cookies() if each["name"] == SESSION]
    return cookie


@script
def test_from_the_start_page_through_the_provider_to_the_dashboard(javascript, open_page, stack):
    page = open_page(javascript=javascript)

    page.goto("/operator")
    at_sign_in = page.url
    page.get_by_role("link", name="Sign in").click()
    at_provider = page.url
    fill_in_at_provider(page, OPERATOR)

    expect(page.get_by_role("heading", name="Dashboard", level=1)).to_be_visible()
    expect(page.locator(".who")).to_contain_text("Olivia Operator")
    assert "/operator/auth/login" in at_sign_in
    assert at_provider.startswith(stack.identity_url)


def test_whoever_wanted_a_page_is_led_to_it_after_the_sign_in(open_page):
    page = open_page()

    page.goto("/operator/tenants?status=suspended")
    page.get_by_role("link", name="Sign in").click()
    fill_in_at_provider(page, OPERATOR)

    expect(page).to_have_url(re.compile(r"/operator/tenants\?status=suspended$"))


def test_ses_19_the_cookie_can_be_read_by_no_script_and_sent_by_no_other_site(signed_in):
    page = signed_in()
    page.goto("/operator")

    cookie = session_cookie(page)

    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (
        True,
        True,
        "Lax",
        "/",
    )
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@script
def test_ses_26_after_the_sign_out_the_copied_cookie_is_dead(javascript, open_page, stack):
    page = open_page(javascript=javascript)
    sign_in(page, OPERATOR)
    copied = {SESSION: session_cookie(page)["value"]}
    before = requests.get(f"{stack.gateway_url}/operator", cookies=copied, allow_redirects=False, timeout=20)

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").or_(page.get_by_text("signed out")).first).to_be_visible()
    after = requests.get(f"{stack.gateway_url}/operator", cookies=copied, allow_redirects=False, timeout=20)

    assert before.status_code == 200
    assert after.status_code == 303
    assert "/operator/auth/login" in after.headers["Location"]
    assert [each for each in page.context.cookies() if each["name"] == SESSION] == []


def test_a_sign_out_is_one_at_the_provider_too(open_page, stack):
    page = open_page()
    sign_in(page, OPERATOR)
    page.get_by_role("button", name="Sign out").click()

    page.goto("/operator")
    page.get_by_role("link", name="Sign in").click()

    expect(page.get_by_label("Password")).to_be_visible()  # nobody is signed in silently again


def test_ses_14_who_lost_the_rights_is_told_so_and_sees_nothing(open_page):
    page = open_page()

    sign_in(page, SUPPORT)

    expect(page.get_by_role("heading", name="You are signed in, but you are not an operator")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_have_count(0)
    assert page.goto("/operator/tenants").status == 403


def test_a_customer_is_refused_by_the_provider(open_page, stack):
    page = open_page()

    sign_in(page, OWNER)

    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    assert page.url.startswith(stack.identity_url)
    page.goto("/operator")
    assert "/operator/auth/login" in page.url


@pytest.mark.parametrize(
    ("at_home", "abroad", "person"), [("operator", "customer", OPERATOR), ("customer", "operator", OWNER)]
)
def test_a_session_of_one_portal_is_none_at_the_other(at_home, abroad, person, open_page):
    """Neither under its own name nor under the one that the other portal looks for."""
    page = open_page()
    sign_in(page, person, at_home)
    page.get_by_role("button", name="Sign out").wait_for()
    (cookie,) = [each for each in page.context.cookies() if each["name"] == f"__Host-{at_home}_session"]
    page.goto(f"/{abroad}")
    under_its_own_name = page.url

    page.context.add_cookies([{**cookie, "name": f"__Host-{abroad}_session"}])
    page.goto(f"/{abroad}")

    assert f"/{abroad}/auth/login" in under_its_own_name
    assert f"/{abroad}/auth/login" in page.url
    page.goto(f"/{at_home}")
    assert page.get_by_role("button", name="Sign out").is_visible()


def test_ses_20_a_cookie_that_somebody_changed_is_no_session(signed_in, open_page):
    known, page = signed_in(), open_page()
    known.goto("/operator")
    cookie = session_cookie(known)
    page.context.add_cookies([{**cookie, "value": cookie["value"][:-8] + cookie["value"][-8:][::-1]}])

    page.goto("/operator")

    assert "/operator/auth/login" in page.url
    assert page.context.cookies() == []
