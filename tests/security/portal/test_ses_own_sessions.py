"""A person sees where else they are signed in, and ends it there; of others nothing is seen or ended."""

from __future__ import annotations

import pytest

from chalicelib import portal_wiring
from chalicelib.repositories.indexes import create_indexes
from tests.security.portal.stage import OPERATOR, OWNER, Browser, Stage

CUSTOMER = "__Host-customer_session"


def a_customer(stage: Stage, who: str = OWNER) -> Browser:
    browser = stage.browser()
    begun = browser.get("/customer/auth/oidc/login").headers["Location"]
    assert browser.get(browser.at_the_provider(begun, who)).status_code == 303
    return browser


def opened(browser: Browser):
    found = portal_wiring.sessions("customer").find(f"{CUSTOMER}={browser.cookies[CUSTOMER]}")
    assert found
    return found


@pytest.fixture
def sessions(stage: Stage):
    create_indexes(stage.mongo)  # the list of one person's sessions names its index
    return portal_wiring.sessions("customer")


def test_all_of_a_persons_sessions_are_listed_and_nobody_elses(stage, sessions):
    here, there = a_customer(stage), a_customer(stage)
    a_customer(stage, "member@acme.test")
    stage.signed_in(OPERATOR)

    found = {each.id for each in sessions.of(opened(here))}

    assert found == {opened(here).session.id, opened(there).session.id}


def test_one_other_session_ends_at_once_and_the_rest_goes_on(stage, sessions):
    here, there, third = a_customer(stage), a_customer(stage), a_customer(stage)

    sessions.end_one(opened(here), opened(there).session.id)

    assert [each.get("/customer").status_code for each in (here, there, third)] == [200, 303, 200]
    assert stage.wire.sent[-1][0].endswith("/revoke/")


def test_azt_the_id_of_somebody_elses_session_ends_nothing(stage, sessions):
    here, other = a_customer(stage), a_customer(stage, "member@acme.test")
    operator = stage.signed_in(OPERATOR)
    before = stage.sessions()

    for session in before:
        if session["_id"] != opened(here).session.id:
            sessions.end_one(opened(here), session["_id"])
    sessions.end_one(opened(here), opened(here).session.id)  # to end this one is to sign out
    sessions.end_one(opened(here), "")

    assert len(stage.sessions()) == len(before)
    assert other.get("/customer").status_code == 200
    assert stage.is_session(operator.session)


def test_everywhere_else_leaves_this_one_and_other_people(stage, sessions):
    here, there, third = a_customer(stage), a_customer(stage), a_customer(stage)
    other = a_customer(stage, "member@acme.test")

    sessions.end_others(opened(here))

    assert [each.get("/customer").status_code for each in (here, there, third, other)] == [
        200,
        303,
        303,
        200,
    ]
