"""Two surfaces, one code: neither opens what belongs to the other."""

from __future__ import annotations

import pytest

from chalicelib import portal_wiring
from chalicelib.auth.sealing import KeyRing
from chalicelib.auth.transactions import PURPOSE
from chalicelib.services.sessions import COOKIE as SESSION
from tests.security.portal.stage import COOKIE, OPERATOR_KEYS, Browser, Stage


@pytest.mark.parametrize("name", ["operator", "customer"])
def test_neither_surfaces_key_opens_what_the_other_has_sealed(stage, name):
    mine = portal_wiring.surface(name).keys
    other = portal_wiring.surface("customer" if name == "operator" else "operator").keys

    for purpose in (SESSION, PURPOSE, "tokens:s-1"):
        sealed = mine.seal(purpose, b"secret")
        assert mine.open(purpose, sealed) == b"secret"
        assert other.open(purpose, sealed) is None


def test_not_even_when_both_were_given_the_same_key():
    operator, customer = KeyRing("operator", OPERATOR_KEYS), KeyRing("customer", OPERATOR_KEYS)

    assert customer.open(SESSION, operator.seal(SESSION, b"x")) is None


def test_a_session_of_one_surface_is_none_at_the_other(stage: Stage):
    operator = stage.signed_in()
    customer = Browser(stage)
    arrived = customer.at_the_provider(
        customer.get("/customer/auth/oidc/login").headers["Location"], "owner@acme.test"
    )
    assert customer.get(arrived).status_code == 303
    theirs = customer.cookies["__Host-customer_session"]
    assert customer.get("/customer").status_code == 200

    for path, cookie in (
        ("/operator", f"{COOKIE}={theirs}"),
        ("/customer", f"__Host-customer_session={operator.session}"),
        ("/operator", f"__Host-customer_session={theirs}"),
        ("/customer", f"{COOKIE}={operator.session}"),
    ):
        assert Browser(stage).get(path, headers={"Cookie": cookie}).status_code == 303
    assert len(stage.sessions()) == 2


@pytest.mark.parametrize(
    "change", [{"surface": "customer"}, {"issuer": "https://id.example/application/o/dezky-operator/"}]
)
def test_a_session_that_belongs_elsewhere_is_none_here(stage, change):
    """Even with a cookie that opens: the portal moved to another provider, or the document was changed."""
    cookie = stage.signed_in().session
    assert stage.is_session(cookie)

    stage.mongo.collection("sessions").update_one({}, {"$set": change})

    assert not stage.is_session(cookie)
