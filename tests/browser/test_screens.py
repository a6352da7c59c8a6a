"""Every screen: usable by everyone, light enough, narrow enough; dialogs behave as people expect."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import grave_issues
from tests.browser.weight import Scales

TABS = ("", "/users", "/resources", "/billing", "/audit", "/support", "/danger")
SCREENS = (
    "",
    "/tenants",
    *(f"/tenants/acme{tab}" for tab in TABS),
    "/partners",
    "/partners/nordlicht",
    "/partners/nordlicht/statement",
    "/attention",
    "/support",
    "/users",
    "/audit",
)
DIALOGS = {
    "/tenants": "New tenant",
    "/tenants/acme/danger": "Suspend",
    "/partners": "New partner",
    "/partners/nordlicht": "Terminate",
}
HEAVIEST = 60_000  # bytes before compression
screen = pytest.mark.parametrize("path", SCREENS)
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("look", [{}, {"dark": True}, {"width": 380}], ids=["light", "dark", "narrow"])
def test_axe_finds_nothing_grave_on_any_screen(look, signed_in):
    page, found = signed_in(**look), {}

    for path in SCREENS:
        assert page.goto(f"/operator{path}").ok
        found[path] = grave_issues(page)

    assert {path: issues for path, issues in found.items() if issues} == {}


@pytest.mark.parametrize(("path", "opener"), DIALOGS.items())
def test_axe_finds_nothing_grave_in_a_dialog(path, opener, signed_in):
    page = signed_in()
    page.goto(f"/operator{path}")

    page.get_by_role("button", name=opener).first.click()

    assert grave_issues(page) == []


@screen
def test_a_screen_is_light_and_asks_for_little(path, signed_in):
    scales = Scales(signed_in())

    cold, warm = scales.visit(f"/operator{path}"), scales.visit(f"/operator{path}")

    assert cold.status == 200
    assert cold.size < HEAVIEST
    assert len(cold.requests) <= 4, cold.requests
    assert len(warm.requests) == 1, warm.requests


@pytest.mark.parametrize("width", [380, 768, 1280])
def test_nothing_sticks_out_at_the_side(width, signed_in):
    page, wide = signed_in(width=width), {}

    for path in SCREENS:
        assert page.goto(f"/operator{path}").ok
        wide[path] = page.evaluate(WIDER)

    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}


@pytest.mark.parametrize(("path", "opener"), DIALOGS.items())
def test_escape_and_a_press_beside_it_close_a_dialog_and_the_focus_returns(path, opener, signed_in):
    page = signed_in()
    page.goto(f"/operator{path}")
    button, dialog = page.get_by_role("button", name=opener).first, page.get_by_role("dialog")

    button.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    button.click()
    expect(dialog).to_be_visible()
    page.mouse.click(5, 5)

    expect(dialog).to_have_count(0)


def test_the_keyboard_alone_reaches_the_content_and_a_dialog(signed_in):
    page = signed_in()
    page.goto("/operator/tenants")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="New tenant")).to_be_focused()
    page.keyboard.press("Space")

    expect(page.get_by_role("dialog", name="New tenant").get_by_label("Name")).to_be_focused()


def test_ses_44_every_answer_carries_the_headers_that_keep_others_out(signed_in):
    page = signed_in()

    answer = page.goto("/operator/tenants")
    headers = answer.headers

    policy = headers["content-security-policy"]
    for rule in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "max-age=31536000" in headers["strict-transport-security"]
    assert headers["referrer-policy"] in {"no-referrer", "same-origin"}
