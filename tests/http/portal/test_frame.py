"""The frame of every page: who gets in, what a form needs, and what people see when something is refused."""

from __future__ import annotations

import pytest

from chalicelib import portal_wiring
from chalicelib.integrations.gateway import GatewayClient
from tests.http.portal.portal import Portal, location, text_of

A_TENANT = {"name": "Acme", "slug": "acme", "plan": "starter", "domains": "acme.test\r\nacme.example"}


def test_a_list_shows_what_the_api_has(portal: Portal):
    operator = portal.api.operator()
    portal.api.post("/tenants", operator, {"slug": "acme", "name": "Acme", "domains": ["acme.test"]})

    page = portal.as_(operator).get("/tenants")

    assert page.status_code == 200
    assert "Acme acme pending" in text_of(page)


def test_nobody_is_led_to_the_sign_in_and_back_to_the_page_afterwards(portal: Portal):
    answer = portal.as_nobody().get("/tenants?status=active&q=ac")

    assert answer.status_code == 303
    assert location(answer) == "/operator/auth/login?return_to=%2Ftenants%3Fstatus%3Dactive%26q%3Dac"
    assert "Max-Age=0" in answer.headers["Set-Cookie"]


def test_a_form_makes_a_tenant_and_leads_to_it(portal: Portal):
    answer = portal.as_(portal.api.operator()).post("/tenants", A_TENANT)

    assert (answer.status_code, location(answer)) == (303, "/operator/tenants/acme?done=tenant-created")
    assert portal.api.document("tenants", slug="acme")["domains"] == ["acme.test", "acme.example"]


def test_a_refused_form_comes_back_with_what_was_typed_and_the_reason_at_its_field(portal: Portal):
    answer = portal.as_(portal.api.operator()).post(
        "/tenants", {**A_TENANT, "slug": "Not a slug", "dialog": "create-tenant"}
    )

    assert answer.status_code == 422
    assert 'value="Not a slug"' in answer.text
    assert (
        '<dialog id="create-tenant" class="primary" aria-labelledby="create-tenant-title" open>'
        in answer.text
    )
    assert 'aria-describedby="create-tenant-slug-error"' in answer.text
    assert portal.api.documents("tenants") == []


def test_a_conflict_is_said_in_the_form(portal: Portal):
    browser = portal.as_(portal.api.operator())
    browser.post("/tenants", A_TENANT)

    again = {**A_TENANT, "domains": "other.test", "dialog": "create-tenant"}
    answer = browser.post("/tenants", again)

    assert answer.status_code == 409
    assert "already exists" in text_of(answer)
    assert 'id="create-tenant-slug-error"' in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_a_form_from_elsewhere_is_refused_and_does_nothing(portal: Portal, headers):
    answer = portal.as_(portal.api.operator()).post("/tenants", A_TENANT, **headers)

    assert answer.status_code == 403
    assert "This form did not come from this page" in text_of(answer)
    assert portal.api.documents("tenants") == []


@pytest.mark.parametrize("token", ["", "another", "x" * 200])
def test_a_form_without_our_token_is_refused(portal: Portal, token):
    answer = portal.as_(portal.api.operator()).post("/tenants", {**A_TENANT, "csrf": token})

    assert (answer.status_code, portal.api.documents("tenants")) == (403, [])


def test_someone_without_operator_rights_gets_an_explanation(portal: Portal):
    answer = portal.as_(portal.api.support()).get("/tenants")

    assert answer.status_code == 403
    assert "you are not an operator" in text_of(answer)


def test_an_answerless_gateway_is_a_page_to_try_again(portal: Portal, monkeypatch):
    browser = portal.as_(portal.api.operator())
    monkeypatch.setattr(portal_wiring, "gateway", lambda: GatewayClient("http://127.0.0.1:9"))

    answer = browser.get("/tenants")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "Try again" in text_of(answer)


def test_words_from_the_address_never_appear(portal: Portal):
    page = portal.as_(portal.api.operator()).get("/tenants?done=<script>alert(1)</script>&q=<b>x")

    assert "alert(1)" not in page.text
    assert "&lt;b&gt;x" in page.text


def test_every_answer_tells_the_browser_to_be_strict(portal: Portal):
    page = portal.as_(portal.api.operator()).get("/tenants")

    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
