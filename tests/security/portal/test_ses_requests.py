"""SES-34 to SES-37, SES-43, SES-44: who may make a browser do what, and what the API hears of it."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
import requests

from tests.security.portal.stage import ASKED, DONE, FORM, TIMEOUT, Browser, Stage

FORMS = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json",
    "",
)
ELSEWHERE = {
    "another site": {"Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site"},
    "another site, as an old browser says it": {"Origin": "https://evil.test", "Sec-Fetch-Site": ""},
    "a page without origin": {"Origin": "null"},
    "no origin, cross-site": {"Origin": "", "Sec-Fetch-Site": "cross-site"},
    "no origin at all": {"Origin": "", "Sec-Fetch-Site": ""},
    "our host with another port": {"Origin": "http://127.0.0.1:1"},
    "our host by https": {"Origin": "https://127.0.0.1"},
    "our origin within another": {"Origin": "http://127.0.0.1.evil.test"},
    "SES-35 a sibling host": {"Origin": "http://blog.127.0.0.1", "Sec-Fetch-Site": "same-site"},
    "SES-35 a sibling that lies about its origin": {"Sec-Fetch-Site": "same-site"},
}


def a_form(browser: Browser) -> dict[str, str]:
    return {"csrf": browser.csrf(), "name": "acme"}


def test_a_form_of_our_own_page_is_done(stage):
    browser = stage.signed_in()

    response = browser.post("/operator/tenants", a_form(browser))

    assert (response.status_code, DONE) == (303, ["acme"])


@pytest.mark.parametrize("kind", FORMS)
def test_ses_34_a_form_of_another_site_does_nothing_whatever_its_type(stage, kind):
    browser = stage.signed_in()
    body = f"csrf={browser.csrf()}&name=acme"
    headers = {"Origin": "https://evil.test", "Sec-Fetch-Site": "cross-site"}

    response = browser.call(
        "POST", "/operator/tenants", data=body, headers=headers | ({"Content-Type": kind} if kind else {})
    )

    assert response.status_code in {400, 403, 415}
    assert DONE == []


@pytest.mark.parametrize("place", ELSEWHERE)
def test_ses_34_and_ses_35_a_request_from_elsewhere_does_nothing(stage, place):
    browser = stage.signed_in()

    response = browser.post("/operator/tenants", a_form(browser), **ELSEWHERE[place])

    assert (response.status_code, DONE) == (403, [])
    assert "did not come from this page" in response.text


@pytest.mark.parametrize("token", ["", "x", None, "another's"])
def test_ses_34_a_form_without_our_token_does_nothing(stage, token):
    browser = stage.signed_in()
    form = a_form(browser) | {"csrf": stage.signed_in().csrf() if token == "another's" else token}

    response = browser.post(
        "/operator/tenants", {name: value for name, value in form.items() if value is not None}
    )

    assert (response.status_code, DONE) == (403, [])


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "POST"])
def test_ses_36_no_header_and_no_field_makes_another_method(stage, method):
    browser = stage.signed_in()
    over = {"X-HTTP-Method-Override": method, "X-HTTP-Method": method, "X-Method-Override": method}

    for query in ("", f"?_method={method}&csrf={browser.csrf()}&name=acme"):
        response = browser.get(f"/operator/tenants{query}", headers=over)
        assert response.status_code == 200
    assert DONE == []
    browser.post("/operator/tenants", a_form(browser) | {"_method": "DELETE"}, **over)
    assert DONE == ["acme"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_ses_37_no_other_site_includes_a_part_of_a_page(stage, site):
    browser = stage.signed_in()

    taken = browser.get(
        "/operator/parts/tenants", headers={"Sec-Fetch-Site": site, "Sec-Fetch-Dest": "script"}
    )
    ours = browser.get("/operator/parts/tenants", headers={"Sec-Fetch-Site": "same-origin"})

    assert taken.status_code == 403
    assert ours.status_code == 200
    for response in (taken, ours):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert browser.get("/operator/parts/tenants?callback=alert").text == ours.text  # no JSONP


ODD_PATHS = (
    "/operator/api/tenants",
    "/operator/api/..%2f..%2fhealth",
    "/operator/..%2ftenants",
    "/operator//evil.test/",
    "/operator/http://evil.test/",
    "/operator/http:%2f%2fevil.test%2f",
    "/operator/proxy?url=http://evil.test/",
    "/operator/%2e%2e/health",
)


@pytest.mark.parametrize("path", ODD_PATHS)
def test_ses_43_there_is_no_way_through_the_portal_to_another_address(stage, path):
    browser = stage.signed_in()

    status = _raw(browser, path).status

    assert status == 404
    assert ASKED == []


@pytest.mark.parametrize(
    "slug", ["..%2f..%2fusers", "acme%2f..%2fother", "@evil.test", "acme%3fa=b", "acme%23", "%0d%0aX:y"]
)
def test_ses_43_what_stands_in_a_path_stays_one_part_of_it(stage, slug):
    from urllib.parse import unquote

    browser = stage.signed_in()

    _raw(browser, f"/operator/tenants/{slug}")

    assert [asked for asked, _ in ASKED] in ([unquote(slug)], [])
    assert all(headers["host"] == urlsplit(stage.url).netloc for _, headers in ASKED)


def test_ses_43_the_api_hears_the_token_and_nothing_else_of_the_browser(stage):
    browser = stage.signed_in()
    extra = {
        "Authorization": "Bearer planted",
        "Connection": "keep-alive, x-evil",
        "X-Evil": "1",
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-For": "10.0.0.1",
        "Idempotency-Key": "k",
        "Referer": "https://evil.test",
    }

    assert browser.get("/operator/tenants/acme", headers=extra).status_code == 200

    ((_, heard),) = ASKED
    assert heard["authorization"].startswith("Bearer eyJ")
    assert "cookie" not in heard
    assert {"x-evil", "referer", "idempotency-key"}.isdisjoint(heard)
    assert "evil" not in str(heard)
    assert "planted" not in str(heard)


def seen_everywhere(stage: Stage) -> list[requests.Response]:
    """Every kind of answer that a portal gives."""
    browser, nobody = stage.signed_in(), stage.browser()
    nobody.get("/operator/auth/login")
    nobody.get("/operator/auth/signed-out")
    nobody.get("/operator/auth/oidc/callback?error=access_denied")
    nobody.get("/operator")
    nobody.post("/operator/auth/logout", {})
    browser.get("/operator")
    browser.post("/operator/tenants", a_form(browser))
    browser.post("/operator/tenants", {}, Origin="https://evil.test")
    browser.get("/operator/parts/tenants", headers={"Sec-Fetch-Site": "cross-site"})
    browser.sign_out()
    return stage.seen


def test_ses_44_every_page_and_every_redirect_tells_the_browser_to_be_strict(stage):
    for response in seen_everywhere(stage):
        headers = response.headers
        policy = {
            part.split()[0]: part.split()[1:] for part in headers["Content-Security-Policy"].split("; ")
        }
        for name in ("default-src", "object-src", "base-uri", "frame-ancestors"):
            assert policy[name] == ["'none'"]
        assert policy["script-src"] == policy["style-src"] == ["'self'"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert (
            int(headers["Strict-Transport-Security"].removeprefix("max-age=").partition(";")[0]) >= 31_536_000
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"


def test_ses_44_what_chalice_refuses_by_itself_is_not_cached_nor_guessed_at(stage):
    response = requests.post(f"{stage.url}/operator/auth/logout", json={}, timeout=TIMEOUT)

    assert response.status_code == 415
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "application/problem+json"


def _raw(browser: Browser, path: str) -> http.client.HTTPResponse:
    """The path as it is written: other clients tidy it up."""
    connection = http.client.HTTPConnection(urlsplit(browser.stage.url).netloc, timeout=TIMEOUT)
    try:
        connection.request("GET", path, headers=browser._cookie_header() | FORM)
        response = connection.getresponse()
        response.read()
        return response
    finally:
        connection.close()
