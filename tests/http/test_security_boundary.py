"""The boundary between operators and customers: token audience and database flag, both, on every request."""

from __future__ import annotations

import time

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.http.api import CUSTOMERS, OPERATORS
from tests.security.tokens.issuing import forge, hmac_with

NORDIC = {"slug": "nordic", "name": "Nordic IT", "domain": "nordic.test", "marginPct": 12.5}


def test_an_operator_creates_a_partner_once(api):
    operator = api.operator()

    first, second = api.post("/partners", operator, NORDIC), api.post("/partners", operator, NORDIC)

    assert (first.status_code, first.json()["slug"]) == (201, "nordic")
    assert second.status_code == 409
    assert "already exists" in second.json()["detail"]


def test_a_customer_token_is_told_that_it_lacks_the_operator_scope(api):
    customer = api.customer(platform_admin=True)  # even with the flag: either alone is nothing

    answer = api.post("/partners", customer, NORDIC)

    assert answer.status_code == 403
    assert answer.json()["detail"] == "This endpoint requires an operator-scoped token."
    assert api.documents("partners") == []


def test_an_operator_token_without_the_flag_is_refused(api):
    support = api.support()

    answer = api.post("/partners", support, NORDIC)

    assert (answer.status_code, answer.json()["code"]) == (403, "operator-rights-required")
    assert api.documents("partners") == []


def test_aut_12_taking_the_flag_away_works_on_the_next_request_with_the_same_token(api):
    operator = api.operator()
    assert api.get("/partners", operator).status_code == 200

    api.mongo.collection("users").update_one({"_id": operator.user.id}, {"$set": {"platformAdmin": False}})

    assert api.get("/partners", operator).status_code == 403


def forged() -> dict[str, str]:
    now = int(time.time())
    good = {"iat": now, "exp": now + 300}
    header, claims = OPERATORS.header(), OPERATORS.claims(**good)
    public_key = OPERATORS.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "garbage": "garbage",
        "empty": "",
        "alg none": forge(header | {"alg": "none"}, claims, b""),
        "HS256 with the public key": forge(header | {"alg": "HS256"}, claims, hmac_with(public_key)),
        "expired": OPERATORS.token(iat=now - 600, exp=now - 60),
        "an issuer nobody configured": OPERATORS.token(**good, iss="http://localhost:1/application/o/evil/"),
        "the operators' issuer for the portal": OPERATORS.token(
            **good, aud="dezky-portal", azp="dezky-portal"
        ),
        "the portal's issuer for operators": CUSTOMERS.token(
            **good, aud="dezky-operator", azp="dezky-operator"
        ),
        "an ID token": OPERATORS.token(**good, uid=None, nonce="n", at_hash="h"),
        "another's key": forge(header, claims, CUSTOMERS.signature),
    }


@pytest.mark.parametrize("kind", forged())
def test_a_forged_token_is_a_plain_401_and_no_handler_runs(api, commands, kind):
    api.operator("5f2c")  # whom the forged tokens name

    with commands.recorded() as sent:
        answer = api.get("/partners", headers={"Authorization": f"Bearer {forged()[kind]}"})

    assert (answer.status_code, answer.json()["code"], sent) == (401, "unauthorized", [])
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_token_of_either_issuer_passes_where_it_should(api):
    assert api.get("/partners", api.operator()).status_code == 200
    assert api.get("/me", api.customer()).status_code == 200
