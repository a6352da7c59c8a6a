"""The pages of users."""

from __future__ import annotations

import pytest

from tests.builders import OPERATOR_ISSUER
from tests.http.portal.portal import Browser, Portal, location, text_of


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.as_(portal.api.operator())


def test_the_list_tells_people_apart_and_counts_them(portal, browser):
    portal.api.customer(name="Olga Owner")
    portal.api.support()

    page, operators = text_of(browser.get("/users")), text_of(browser.get("/users?platformAdmin=true"))

    assert "all 3 active 3 deactivated 0 operators 1" in page
    assert "Olga Owner" in page
    assert "dezky-portal" in page
    assert "Olga Owner" not in operators


def test_rights_are_granted_and_taken(portal, browser):
    other = portal.api.support().user
    path = f"/users/{other.id}"

    granted = browser.post(f"{path}/rights", {"platformAdmin": "true", "version": "1"})
    has = portal.api.document("users", _id=other.id)["platformAdmin"]
    taken = browser.post(f"{path}/rights", {"platformAdmin": "false", "version": "2"})

    assert (granted.status_code, location(granted)) == (303, f"/operator{path}?done=user-changed")
    assert (has, taken.status_code) == (True, 303)
    assert portal.api.document("users", _id=other.id)["platformAdmin"] is False


def test_nobody_takes_the_rights_of_the_last_operator(portal, browser):
    me = browser.person.user

    answer = browser.post(f"/users/{me.id}/rights", {"platformAdmin": "false", "dialog": "change-rights"})

    assert answer.status_code == 409
    assert "the last platform admin" in text_of(answer)


def test_a_customer_cannot_become_an_operator(portal, browser):
    customer = portal.api.customer().user

    answer = browser.post(
        f"/users/{customer.id}/rights", {"platformAdmin": "true", "dialog": "change-rights"}
    )

    assert answer.status_code == 409
    assert "Only users of the operator application" in text_of(answer)


def test_a_user_is_deactivated_and_activated(portal, browser):
    user = portal.api.customer().user

    browser.post(f"/users/{user.id}/access", {"active": "false"})
    off = portal.api.document("users", _id=user.id)["active"]
    browser.post(f"/users/{user.id}/access", {"active": "true"})

    assert (off, portal.api.document("users", _id=user.id)["active"]) == (False, True)


def test_a_users_page_names_their_tenants(portal, browser):
    customer = portal.api.customer()
    portal.api.post("/tenants", customer, {"slug": "acme", "name": "Acme"})

    page = browser.get(f"/users/{customer.user.id}")

    assert "Acme · owner" in text_of(page)
    assert 'href="/operator/tenants/acme/users"' in page.text
    assert OPERATOR_ISSUER not in page.text


def test_a_user_that_is_not_there_is_a_page_that_says_so(browser):
    assert browser.get("/users/nobody").status_code == 404
