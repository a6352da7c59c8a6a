"""What the other browser tests rely on: that a leak, a complaint and a grave issue are really found."""

from __future__ import annotations

import secrets

import pytest

from infra.local.identity.sign_in import sign_in
from infra.local.settings import PASSWORD, STALWART_API_KEY
from tests.browser.accessibility import grave_issues
from tests.browser.leaks import leaks
from tests.browser.visitor import Look, opened
from tests.browser.weight import Scales


@pytest.fixture(scope="module")
def tokens(stack):
    return sign_in(stack.identity_url, "dezky-operator", "operator@dezky.local", PASSWORD)


@pytest.mark.parametrize("kind", ["access_token", "id_token", "refresh_token"])
def test_ses_38_a_token_that_was_sent_or_logged_is_found(kind, stack, tokens, tmp_path):
    file = tmp_path / "said.log"
    file.write_text(f"GET /?x={tokens[kind]}&y=1\n")

    assert leaks(stack, file) != []


def test_ses_38_a_secret_is_found_and_nothing_else(stack, tmp_path):
    file = tmp_path / "said.log"

    file.write_text(f"key={STALWART_API_KEY}")
    found = leaks(stack, file)
    file.write_text(f"sealed={secrets.token_urlsafe(300)} hash={secrets.token_hex(32)}")

    assert len(found) == 1
    assert leaks(stack, file) == []


def test_an_archive_holds_what_the_browser_was_sent(browser, stack, tmp_path):
    profile = opened(browser, stack.gateway_url, tmp_path, Look())
    profile.context.new_page().goto("/docs")
    profile.close()

    assert "dezky-platform-api" in profile.archive.read_text()


@pytest.mark.parametrize(
    "script",
    ["console.error('broken')", "setTimeout(() => { throw new Error('broken') })", "fetch('/no-such-thing')"],
)
def test_a_console_that_complains_is_heard(script, browser, stack, tmp_path):
    profile = opened(browser, stack.gateway_url, tmp_path, Look())
    page = profile.context.new_page()
    page.goto(f"{stack.identity_url}/if/flow/default-authentication-flow/")

    page.evaluate(script)
    page.wait_for_timeout(200)
    profile.close()

    assert profile.problems != []


def test_a_grave_issue_is_found(open_page):
    page = open_page()

    page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><input></main>')

    assert len(grave_issues(page)) == 1


def test_the_scales_count_what_goes_out_and_what_comes(open_page):
    page = open_page()
    scales = Scales(page)

    cold, warm = scales.visit("/operator/auth/login"), scales.visit("/operator/auth/login")

    assert [len(cold.requests), len(warm.requests)] == [3, 1]  # page, style, icon
    assert cold.size == warm.size > len(page.content())
