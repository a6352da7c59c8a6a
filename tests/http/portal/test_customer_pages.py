"""The customer portal: what an owner runs, and what a member only sees."""

from __future__ import annotations

import pytest

from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership
from tests.http.invitations import LINK
from tests.http.portal.portal import Browser, Portal, location, text_of

A_TENANT = {"name": "Acme", "slug": "acme", "domains": "acme.test"}


@pytest.fixture
def owner(portal: Portal) -> Browser:
    browser = portal.as_(portal.api.customer("olga", name="Olga"), "customer")
    browser.post("/tenants", A_TENANT)
    return browser


@pytest.fixture
def member(portal: Portal, owner: Browser) -> Browser:
    acme = Tenants(portal.api.mongo).get("acme")
    person = portal.api.customer("max", name="Max", memberships=(a_membership(acme),))
    return portal.as_(person, "customer")


def test_whoever_creates_a_tenant_owns_it_and_sees_it_at_home(owner):
    home = text_of(owner.get())

    assert "Acme pending" in home
    assert "Your role owner" in home
    assert "Plan starter" in home


def test_services_are_told_in_plain_words(owner):
    page = text_of(owner.get("/tenants/acme"))

    assert "Sign-in being set up" in page
    assert "Mail being set up" in page
    assert "Files being set up" in page
    assert "stalwart" not in page.lower()


def test_a_service_that_needs_a_person_is_said_without_alarm(portal, owner):
    broken = {
        "provisioning.ocis.state": "blocked",
        "provisioning.ocis.error": {"code": "x", "message": "secret"},
    }
    portal.api.mongo.collection("tenants").update_one({"slug": "acme"}, {"$set": broken})

    page = text_of(owner.get("/tenants/acme"))

    assert "Files we are on it" in page
    assert "secret" not in page


def test_an_owner_asks_for_another_look(portal, owner):
    before = len(portal.api.queue.hints)

    answer = owner.post("/tenants/acme/reconcile")

    assert location(answer) == "/customer/tenants/acme?done=reconcile-started"
    assert len(portal.api.queue.hints) == before + 3


def test_an_owner_invites_changes_and_removes_people(portal, owner):
    owner.post("/tenants/acme/users", {"email": "anna@acme.test", "role": "member", "name": "Anna"})
    anna = portal.api.document("users", email="anna@acme.test")

    page = text_of(owner.get("/tenants/acme/users"))
    owner.post("/tenants/acme/users/role", {"chosen": anna["_id"], "role": "admin"})
    admin = portal.api.document("users", _id=anna["_id"])["memberships"][0]["role"]
    removed = owner.post("/tenants/acme/users/remove", {"chosen": anna["_id"]})

    assert "Anna anna@acme.test member being set up" in page
    assert admin == "admin"
    assert location(removed) == "/customer/tenants/acme/users?done=member-removed"
    assert "anna@acme.test" not in text_of(owner.get("/tenants/acme/users"))


def test_a_link_for_an_invited_person_is_shown_once_and_never_stands_in_an_address(owner, links):
    made = owner.post("/tenants/acme/users", {"email": "anna@acme.test", "role": "member"})
    anna = owner.get("/tenants/acme/users?q=anna").text.partition('data-chosen="')[2][:32]
    links.accounts.add("anna@acme.test")

    page = owner.post("/tenants/acme/users/link", {"chosen": anna})

    assert made.status_code == 303
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert LINK in page.text
    assert LINK not in owner.get("/tenants/acme/users").text


def test_a_link_of_an_account_that_is_not_there_yet_is_refused_in_its_dialog(portal, owner, links):
    owner.post("/tenants/acme/users", {"email": "anna@acme.test", "role": "member"})
    anna = portal.api.document("users", email="anna@acme.test")

    page = owner.post("/tenants/acme/users/link", {"chosen": anna["_id"], "dialog": "link"})

    assert page.status_code == 409
    assert "still being set up" in text_of(page)


def test_the_last_owner_cannot_go(portal, owner):
    me = owner.person.user

    answer = owner.post("/tenants/acme/users/remove", {"chosen": me.id, "dialog": "remove"})

    assert answer.status_code == 409
    assert "at least one owner" in text_of(answer)


def test_a_member_sees_but_is_offered_no_change(member):
    people, services = member.get("/tenants/acme/users"), member.get("/tenants/acme")

    assert people.status_code == services.status_code == 200
    assert "Invite someone" not in text_of(people)
    assert "Look again" not in text_of(services)
    assert "Audit" not in text_of(services)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/tenants/acme/users", {"email": "x@acme.test", "role": "member"}),
        ("/tenants/acme/reconcile", {}),
        ("/tenants/acme/users/role", {"chosen": "0" * 32, "role": "owner"}),
        ("/tenants/acme/users/remove", {"chosen": "0" * 32}),
    ],
)
def test_a_member_who_sends_the_form_all_the_same_is_refused(portal, member, path, form):
    before = portal.api.documents("users"), portal.api.document("tenants", slug="acme")

    answer = member.post(path, form)

    assert answer.status_code == 403
    after = portal.api.documents("users"), portal.api.document("tenants", slug="acme")
    assert [_settled(each) for each in after[0]] == [_settled(each) for each in before[0]]
    assert after[1] == before[1]


@pytest.mark.parametrize("path", ["", "/users", "/subscription", "/support", "/audit"])
def test_a_stranger_learns_nothing_about_a_tenant(portal, owner, path):
    stranger = portal.as_(portal.api.customer("eve"), "customer")

    there, nowhere = stranger.get(f"/tenants/acme{path}"), stranger.get(f"/tenants/nobody{path}")

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert text_of(there) == text_of(nowhere)


def test_the_subscription_and_its_price_are_shown_and_a_change_becomes_a_ticket(portal, owner):
    page = text_of(owner.get("/tenants/acme/subscription"))
    answer = owner.post("/tenants/acme/subscription", {"plan": "business", "seats": "20", "text": "soon"})

    assert "Seats 1 of 5 taken" in page
    assert "Free until" in page
    assert location(answer).startswith("/customer/support/")
    assert "Plan: business" in portal.api.documents("tickets")[0]["messages"][0]["text"]


def test_a_ticket_is_opened_answered_and_solved(portal, owner):
    form = {"subject": "Mail bounces", "text": "Since today", "priority": "high"}
    opened = location(owner.post("/tenants/acme/support", form)).partition("?")[0].removeprefix("/customer")

    page = text_of(owner.get(opened))
    owner.post(f"{opened}/messages", {"text": "It goes on"})
    version = str(portal.api.documents("tickets")[0]["version"])
    solved = owner.post(opened, {"chosen": "solved", "version": version})

    assert "Mail bounces" in page
    assert "It goes on" in text_of(owner.get(opened))
    assert solved.status_code == 303
    assert "Mail bounces" in text_of(owner.get("/tenants/acme/support?status=solved"))


def test_an_internal_note_never_reaches_a_customer(portal, owner):
    form = {"subject": "Mail bounces", "text": "Since today", "priority": "high"}
    opened = location(owner.post("/tenants/acme/support", form)).partition("?")[0].removeprefix("/customer")
    path = f"/tickets{opened.removeprefix('/support')}/messages"
    portal.api.post(path, portal.api.operator(), {"text": "they are slow payers", "internal": True})

    assert "slow payers" not in owner.get(opened).text


def test_an_owner_reads_what_operators_did(portal, owner):
    operator = portal.api.operator(name="Otto Operator")
    portal.api.post("/tenants/acme/suspend", operator, {"reason": "The invoice is not paid"})

    page = text_of(owner.get("/tenants/acme/audit"))

    assert "Otto Operator" in page
    assert "tenant.suspend" in page
    assert "The invoice is not paid" in page


def test_a_suspended_tenant_says_so(portal, owner):
    portal.api.post("/tenants/acme/suspend", portal.api.operator(), {"reason": "unpaid"})

    page = text_of(owner.get("/tenants/acme/users"))

    assert "This tenant is suspended" in page
    assert "Invite someone" not in page


def _settled(user: dict[str, object]) -> dict[str, object]:
    """Without what a mere visit notes."""
    return {name: value for name, value in user.items() if name not in {"lastSignInAt", "sort"}}
