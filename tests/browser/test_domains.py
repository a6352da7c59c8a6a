"""A domain's way: named by its owner, proven in DNS, signed, and good."""

from __future__ import annotations

from uuid import uuid4

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.accessibility import grave_issues
from tests.browser.visitor import fill_in_at_provider

OWNER = "owner@acme.test"
LOOKS_EVERY = 10_500  # milliseconds until DNS is asked again


@pytest.fixture
def zones(stack):
    """Change what DNS shows: `zones(name=…, type=…, values=…)`."""

    def change(**asked):
        with requests.Session() as session:
            session.trust_env = False
            session.post(f"{stack.zones_url}/_zones", json=asked, timeout=10).raise_for_status()

    return change


@pytest.fixture
def owner_page(open_page):
    def page(**look):
        opened = open_page(**look)
        opened.goto("/customer")
        sign_in = opened.get_by_role("link", name="Sign in").or_(opened.get_by_role("button", name="Sign in"))
        sign_in.first.click()
        fill_in_at_provider(opened, OWNER)
        opened.wait_for_url("**/customer")
        return opened

    return page


def add(page, name):
    page.goto("/customer/tenants/acme/domains")
    page.get_by_role("button", name="Add a domain").click()
    dialog = page.get_by_role("dialog", name="Add a domain")
    dialog.get_by_label("Domain").fill(name)
    dialog.get_by_role("button", name="Add", exact=True).click()
    return page.get_by_role("region", name=name)


def looked(page, card):
    page.wait_for_timeout(LOOKS_EVERY)
    card.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("status")).to_contain_text("DNS was looked at")


def value_of(card, record):
    row = card.get_by_role("row").filter(has_text=record)
    return row.locator("code").nth(0).inner_text(), row.locator("code").nth(1).inner_text()


def test_a_domain_is_proven_signed_and_good(owner_page, zones, api):
    page, name = owner_page(), f"d{uuid4().hex[:8]}.example"
    card = add(page, name)
    expect(card).to_contain_text("not proven")
    expect(card).not_to_contain_text("DKIM1")

    proof_name, proof = value_of(card, "Proves that the domain is yours")
    zones(name=proof_name, type="TXT", values=[proof])
    looked(page, card)
    expect(card).to_contain_text("being set up")

    looked(page, card)  # the mail server has it by now, and its keys
    expect(card).to_contain_text("v=DKIM1")
    expect(card).to_contain_text("no mail")

    records = api.get("/tenants/acme/domains").json()["items"]
    needed = next(each["records"] for each in records if each["name"] == name)
    for each in needed:
        if each["purpose"] != "dkim":
            zones(name=each["name"], type=each["type"], values=[each["value"]])
    looked(page, card)
    expect(card).to_contain_text("at risk")

    zones(follow=name)
    looked(page, card)
    expect(card.get_by_text("good", exact=True)).to_be_visible()

    card.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Remove a domain")
    dialog.get_by_label("Type acme to confirm").fill("acme")
    dialog.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_contain_text("removed")
    assert name not in api.get("/tenants/acme").json()["domains"]


def test_without_script_a_domain_is_proven_and_removed(owner_page, zones, api):
    page, name = owner_page(javascript=False), f"d{uuid4().hex[:8]}.example"
    card = add(page, name)
    proof_name, proof = value_of(card, "Proves that the domain is yours")

    zones(name=proof_name, type="TXT", values=[proof])
    looked(page, card)
    expect(card).to_contain_text("being set up")
    card.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog", name="Remove a domain")
    expect(dialog).to_contain_text(name)
    dialog.get_by_label("Type acme to confirm").fill("acme")
    dialog.get_by_role("button", name="Remove").click()

    expect(page.get_by_role("status")).to_contain_text("removed")
    assert name not in api.get("/tenants/acme").json()["domains"]


@pytest.mark.parametrize("look", [{}, {"dark": True}, {"width": 390, "height": 844}], ids=str)
def test_the_page_is_for_everybody_and_fits_its_window(owner_page, look):
    page = owner_page(**look)
    page.goto("/customer/tenants/acme/domains")
    card = page.get_by_role("region", name="acme.test")
    looked(page, card)
    expect(card).to_contain_text("v=DKIM1")

    issues = grave_issues(page)
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    assert (issues, sideways) == ([], 0)


def test_a_record_is_copied_and_a_domain_that_is_taken_is_refused(owner_page, api):
    page, name = owner_page(), f"d{uuid4().hex[:8]}.example"
    card = add(page, name)
    _, proof = value_of(card, "Proves that the domain is yours")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    card.get_by_role("button", name="Copy the value").click()
    expect(card.get_by_role("button", name="Copy the value")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    add(page, "kanzlei-vogt.example")

    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("not available")
    assert copied == proof
    api.delete(f"/tenants/acme/domains/{name}")
