"""The boundary between operators and customers: token audience and database flag, both, on every request."""

from __future__ import annotations

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


def test_taking_the_flag_away_works_on_the_next_request_with_the_same_token(api):
    operator = api.operator()
    assert api.get("/partners", operator).status_code == 200

    api.mongo.collection("users").update_one({"_id": operator.user.id}, {"$set": {"platformAdmin": False}})

    assert api.get("/partners", operator).status_code == 403
