"""The customer portal as its people use it: an owner, whom they invite, and a member who only looks."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import grave_issues
from tests.browser.visitor import fill_in_at_provider

OWNER, MEMBER = "owner@acme.test", "member@acme.test"
USERS = "/customer/tenants/acme/users"
A_PASSWORD = "a password of their own"
SET_UP = 120_000  # milliseconds until an account is there: whoever loses a race waits for the next message
SCREENS = (
    "",
    "/tenants/acme",
    "/tenants/acme/users",
    "/tenants/acme/users/import",
    "/tenants/acme/users?dialog=invite",
    "/tenants/acme/domains",
    "/tenants/acme/subscription",
    "/tenants/acme/support",
    "/tenants/acme/audit",
    "/account",
)
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def sign_in(page, person, password=None):
    page.goto("/customer")
    page.get_by_role("link", name="Sign in").or_(page.get_by_role("button", name="Sign in")).first.click()
    fill_in_at_provider(page, person, **({"password": password} if password else {}))
    expect(page.get_by_role("heading", name="My tenants", level=1)).to_be_visible()


@pytest.fixture
def customer(open_page):
    """A page of a customer who has just signed in: `customer(MEMBER)`."""

    def page(person=OWNER, **look):
        opened = open_page(**look)
        sign_in(opened, person)
        return opened

    return page


def row_of(page, address):
    page.goto(f"{USERS}?q={address.partition('@')[0]}")
    return page.get_by_role("row").filter(has_text=address)


def invite(page, address):
    page.goto(USERS)
    page.get_by_role("button", name="Invite someone").click()
    dialog = page.get_by_role("dialog", name="Invite someone")
    dialog.get_by_label("E-mail").fill(address)
    dialog.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("status")).to_contain_text("invited")


def test_an_invited_person_sets_a_password_signs_in_and_is_seen(customer, open_page):
    page, address = customer(), f"ada-{uuid4().hex[:8]}@acme.test"
    invite(page, address)

    row = row_of(page, address)
    expect(row.get_by_role("button", name="Link")).to_be_visible(timeout=SET_UP)  # the page follows by itself
    row.get_by_role("button", name="Link").click()
    page.get_by_role("dialog").get_by_role("button", name="Make the link").click()
    text = page.locator("#passed-on").input_value()
    link = re.search(r"https?://\S+", text)[0]

    guest = open_page()
    guest.goto(link)
    for label in ("New password", "The same again"):
        guest.get_by_label(label).fill(A_PASSWORD)
    guest.get_by_role("button", name="Set password").click()
    expect(guest.get_by_text("Password set").first).to_be_visible()
    sign_in(guest, address, A_PASSWORD)
    expect(guest.get_by_role("main")).to_contain_text("Acme")

    row = row_of(page, address)
    expect(row).to_contain_text("active")
    expect(row.get_by_role("time")).to_be_visible()
    expect(row.get_by_role("button", name="Link")).to_have_count(0)
    assert guest.goto(link).status == 404  # it works once


def test_a_role_is_changed_and_a_person_removed(customer, api):
    page, address = customer(), f"bob-{uuid4().hex[:8]}@acme.test"
    invite(page, address)

    row = row_of(page, address)
    row.get_by_role("button", name="Role").click()
    dialog = page.get_by_role("dialog", name="Change a role")
    expect(dialog).to_contain_text(address)
    dialog.get_by_role("combobox").select_option("admin")
    dialog.get_by_role("button", name="Change role").click()
    expect(page.get_by_role("status")).to_contain_text("changed")
    expect(row_of(page, address)).to_contain_text("admin")

    row_of(page, address).get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()

    expect(page.get_by_role("status")).to_contain_text("removed")
    assert api.get(f"/tenants/acme/users?q={address}").json()["items"] == []


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_two_hundred_rows_with_three_bad_ones_are_imported(javascript, customer, api, tmp_path):
    slug = f"i-{uuid4().hex[:8]}"
    body = {"slug": slug, "name": "Imports", "plan": "business", "owner": {"email": OWNER}}
    api.post("/tenants", json=body)
    api.put(f"/tenants/{slug}/subscription", json={"plan": "business", "seats": 300})
    rows = [f"p{n:03}@{slug}.example;Pérson {n};member" for n in range(200)]
    rows[10], rows[99], rows[150] = "no address;X;member", f"x@{slug}.example;=1+1;member", rows[3]
    file = "E-Mail;Name;Role\r\n" + "\r\n".join(rows)
    page = customer(javascript=javascript)

    page.goto(f"/customer/tenants/{slug}/users")
    page.get_by_role("link", name="Import a file").click()
    if javascript:
        (tmp_path / "people.csv").write_bytes(file.encode("windows-1252"))
        page.locator("#import-file").set_input_files(tmp_path / "people.csv")
        expect(page.locator("#import-csv")).to_have_value(re.compile("Pérson 199"))
    else:
        page.locator("#import-csv").fill(file)
    page.get_by_role("button", name="Show what would be done").click()
    expect(page.get_by_role("region", name="What would be done")).to_contain_text("197")
    left_out = page.get_by_role("table", name="Rows that are left out")
    expect(left_out.get_by_role("row")).to_have_count(4)
    assert api.get(f"/tenants/{slug}/users/counts").json()["invited"] == 0
    assert grave_issues(page) == [] if javascript else True

    page.get_by_role("button", name="Invite 197 people").click()
    while page.get_by_role("button", name="Go on").count():
        page.get_by_role("button", name="Go on").click()

    expect(page.get_by_role("region", name="What was done")).to_be_visible()
    assert api.get(f"/tenants/{slug}/users/counts").json()["invited"] == 197
    page.get_by_role("link", name="See the users").click()
    expect(page.get_by_role("main")).to_contain_text("1 signed in, 197 invited")


def test_a_ticket_is_opened_and_the_operators_answer_is_read(customer, api):
    page, subject = customer(), f"Mail bounces {uuid4().hex[:8]}"
    page.goto("/customer/tenants/acme/support")
    page.get_by_role("button", name="Open a ticket").click()
    dialog = page.get_by_role("dialog", name="Open a ticket")
    dialog.get_by_label("Subject").fill(subject)
    dialog.get_by_label("What is it about?").fill("Since this morning")
    dialog.get_by_role("button", name="Open ticket").click()
    expect(page.get_by_role("status")).to_contain_text("opened")

    ticket = page.url.partition("/support/")[2].partition("?")[0]
    api.post(f"/tickets/{ticket}/messages", json={"text": "Your MX was gone; it is back."})
    api.post(f"/tickets/{ticket}/messages", json={"text": "hush-hush", "internal": True})
    page.reload()

    expect(page.get_by_role("main")).to_contain_text("Your MX was gone; it is back.")
    expect(page.get_by_role("main")).not_to_contain_text("hush-hush")


def test_a_member_sees_but_is_offered_no_change(customer):
    page = customer(MEMBER)

    page.goto(USERS)
    expect(page.get_by_role("main")).to_contain_text("Alma Owner")
    for name in ("Invite someone", "Role", "Remove", "Deactivate", "Link"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Import a file")).to_have_count(0)

    assert page.goto(f"{USERS}/import").status == 403
    assert page.goto("/customer/tenants/acme/audit").status == 403
    assert page.goto("/customer/tenants/bergbahn").status == 404


def test_a_session_elsewhere_is_ended_one_by_one_and_all_at_once(customer):
    here, there, third = customer(MEMBER), customer(MEMBER), customer(MEMBER)

    here.goto("/customer/account")
    before = here.get_by_role("button", name="Sign out", exact=True).count()
    here.locator("main").get_by_role("button", name="Sign out", exact=True).first.click()
    here.get_by_role("dialog").get_by_role("button", name="Sign out there").click()
    expect(here.get_by_role("status")).to_contain_text("has to sign in again")
    expect(here.get_by_role("button", name="Sign out", exact=True)).to_have_count(before - 1)

    here.get_by_role("button", name="Sign out everywhere else").click()
    here.get_by_role("dialog").get_by_role("button", name="Sign out there").click()
    expect(here.get_by_role("status")).to_contain_text("everywhere else")

    for gone in (there, third):
        gone.goto("/customer")
        assert "/customer/auth/login" in gone.url
    here.goto("/customer")
    expect(here.get_by_role("heading", name="My tenants", level=1)).to_be_visible()


@pytest.mark.parametrize("width", [380, 1280])
def test_axe_finds_nothing_grave_and_nothing_sticks_out_on_any_screen(width, customer):
    page, found = customer(width=width), {}

    for path in SCREENS:
        assert page.goto(f"/customer{path}").ok
        for look in ("light", "dark"):
            page.emulate_media(color_scheme=look)
            found[path, look] = [*grave_issues(page), f"{page.evaluate(WIDER)} pixels too wide"]

    said = {
        where: [each for each in issues if each != "0 pixels too wide"] for where, issues in found.items()
    }
    assert {where: issues for where, issues in said.items() if issues} == {}
