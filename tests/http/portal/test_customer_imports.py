"""Importing people in the customer portal: a preview, the import, and what is wrong row by row."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from chalicelib.repositories.tenants import Tenants
from chalicelib.services import imports
from tests.builders import a_membership, all_ok, an_active_tenant
from tests.http.portal.portal import Browser, Portal, text_of

PATH = "/tenants/acme/users/import"


@pytest.fixture
def acme(portal: Portal):
    acme = an_active_tenant()
    Tenants(portal.api.mongo).add(acme)
    return acme


def a_browser(portal: Portal, acme, role: str) -> Browser:
    return portal.as_(portal.api.customer(role, memberships=(a_membership(acme, role),)), "customer")


@pytest.fixture
def owner(portal: Portal, acme) -> Browser:
    return a_browser(portal, acme, "owner")


def two_hundred_rows_with_three_bad_ones() -> str:
    rows = [f"p{n:03}@acme.test;Person {n};member" for n in range(200)]
    rows[10], rows[99], rows[150] = "no address;X;member", "p099@acme.test;=1+1;member", rows[3]
    return "\ufeffE-Mail;Name;Role\r\n" + "\r\n".join(rows)


def carried(page) -> str:
    found = re.search(r'name="csv" value="([^"]*)"', page.text)
    assert found
    return unescape(found[1])


def people(portal: Portal) -> int:
    return portal.api.mongo.collection("users").count_documents({})


def test_two_hundred_rows_with_three_bad_ones_are_previewed_and_imported(portal, owner, monkeypatch):
    monkeypatch.setattr(imports, "PATIENCE", timedelta(minutes=1))
    preview = owner.post(PATH, {"csv": two_hundred_rows_with_three_bad_ones()})
    before = people(portal)

    done = owner.post(f"{PATH}/apply", {"csv": carried(preview)})

    says = text_of(preview)
    assert "Will be invited 197 Members already 0 Wrong, left out 3" in says
    assert "12 no address email: must be an e-mail address" in says
    assert "152 p003@acme.test is named in line 5 already" in says
    assert before == 1
    assert "Invited 197 Members already 0 Wrong, left out 3" in text_of(done)
    assert people(portal) == 198


def test_what_time_does_not_allow_goes_on_with_a_button(portal, owner, monkeypatch):
    monkeypatch.setattr(imports, "PATIENCE", timedelta(0))
    file = "\n".join(f"p{n}@acme.test" for n in range(30))

    first = owner.post(f"{PATH}/apply", {"csv": file})
    second = owner.post(f"{PATH}/apply", {"csv": carried(first)})

    assert "Not reached yet 5" in text_of(first)
    assert "Invited 5 Members already 25" in text_of(second)
    assert "Go on" not in text_of(second)


def test_a_file_that_cannot_be_read_comes_back_with_the_reason(owner):
    answer = owner.post(PATH, {"csv": 'ada@acme.test,"<b>Ada'})

    assert answer.status_code == 422
    assert "Line 1 is not CSV: look at its quotation marks" in text_of(answer)
    assert "&lt;b&gt;Ada" in answer.text
    assert "<b>" not in answer.text


def test_inp_what_stands_in_the_file_is_shown_and_never_run(owner):
    answer = owner.post(PATH, {"csv": '"<script>alert(1)</script>",X\nada@acme.test,"<img src=x>"'})

    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text
    assert "&lt;img src=x&gt;" in answer.text


def test_a_member_imports_nobody(portal, acme):
    member = a_browser(portal, acme, "member")

    answers = [member.get(PATH), member.post(PATH, {"csv": "x@acme.test"})]
    answers.append(member.post(f"{PATH}/apply", {"csv": "x@acme.test"}))

    assert [each.status_code for each in answers] == [403, 403, 403]
    assert people(portal) == 1


def test_who_is_being_set_up_is_said_and_asked_for_until_the_account_is_there(portal, owner):
    owner.post("/tenants/acme/users", {"email": "anna@acme.test", "role": "member"})
    page, early = owner.get("/tenants/acme/users?q=anna"), owner.get("/tenants/acme/users/live?q=anna")
    stored = Tenants(portal.api.mongo).get("acme")
    ready = stored.with_(provisioning=all_ok(stored.generation), version=stored.version + 1)
    Tenants(portal.api.mongo).save(ready, stored)

    late = owner.get("/tenants/acme/users/live?q=anna")

    assert 'data-live="' in page.text
    assert "/customer/tenants/acme/users/live?q=anna" in page.text
    assert "data-busy" in page.text
    assert "anna@acme.test member being set up" in text_of(early)
    assert 'data-dialog="link"' not in early.text
    assert "1 signed in, 1 invited." in text_of(late)
    assert 'data-dialog="link"' in late.text
    assert "data-busy" not in late.text
    assert "<html" not in late.text


def test_the_page_begins_with_an_empty_field_and_is_found_from_the_users(owner):
    page, users = owner.get(PATH), owner.get("/tenants/acme/users")

    assert page.status_code == 200
    assert "First you see what would be done" in text_of(page)
    assert f"/customer{PATH}" in users.text
