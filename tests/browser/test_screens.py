"""Every screen: usable by everyone, light enough, narrow enough; dialogs behave as people expect."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from infra.local.settings import child_environment
from tests.browser.accessibility import grave_issues
from tests.browser.weight import Scales

TABS = ("", "/users", "/resources", "/billing", "/audit", "/support", "/danger")
SCREENS = (
    "",
    "/tenants",
    *(f"/tenants/acme{tab}" for tab in TABS),
    "/tenants/donaudampfschifffahrtselektrizitaetenhau",
    "/tenants/blocked/resources",
    "/tenants/drifting/resources",
    "/partners",
    "/partners/nordlicht",
    "/partners/grosshandel",
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
WIDTHS = (380, 768, 1280)
HEAVIEST = 60_000  # bytes before compression
MOST_COLD, MOST_WARM = 4, 1  # requests
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module", autouse=True)
def crowd(stack):
    """Full pages, the longest names, what is blocked and what drifts."""
    command = [sys.executable, "-m", "infra.local.crowd", "--customers", "60"]
    subprocess.run(command, env=child_environment(stack, os.environ), check=True)  # noqa: S603 (our own)


@pytest.mark.parametrize("width", [380, 1280])
def test_axe_finds_nothing_grave_on_any_screen(width, signed_in):
    page, found = signed_in(width=width), {}

    for path in SCREENS:
        assert page.goto(f"/operator{path}").ok
        for look in ("light", "dark"):
            page.emulate_media(color_scheme=look)
            found[path, look] = grave_issues(page)

    assert {where: issues for where, issues in found.items() if issues} == {}


@pytest.mark.parametrize(("path", "opener"), DIALOGS.items())
def test_axe_finds_nothing_grave_in_a_dialog(path, opener, signed_in):
    page = signed_in()
    page.goto(f"/operator{path}")

    page.get_by_role("button", name=opener).first.click()

    assert grave_issues(page) == []


def test_every_screen_is_light_and_asks_for_little(signed_in):
    scales, costs = Scales(signed_in()), {}

    for path in SCREENS:
        scales.empty_cache()
        cold, warm = scales.visit(f"/operator{path}"), scales.visit(f"/operator{path}")
        costs[path] = (cold.status, cold.size, len(cold.requests), len(warm.requests))

    assert {path: cost for path, cost in costs.items() if not is_low(*cost)} == {}


def is_low(status, size, cold, warm):
    return status == 200 and size < HEAVIEST and cold <= MOST_COLD and warm <= MOST_WARM


def test_nothing_sticks_out_at_the_side(signed_in):
    page, wide = signed_in(), {}

    for path in SCREENS:
        assert page.goto(f"/operator{path}").ok
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wide[path, width] = page.evaluate(WIDER)

    assert {where: pixels for where, pixels in wide.items() if pixels > 0} == {}


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
