"""Partners over HTTP: terms, changes, soft termination."""

from __future__ import annotations

import pytest

NORDIC = {
    "slug": "nordic",
    "name": "Nordic IT",
    "domain": "Nordic.test",
    "marginPct": 12.5,
    "contact": {"name": "Nina", "email": "Nina@nordic.test", "phone": "+45 12 34 56 78"},
    "billing": {
        "company": "Nordic IT ApS",
        "address": "Havnegade 1, Aarhus",
        "country": "DK",
        "vatId": "DK12345678",
    },
}


@pytest.fixture
def operator(api):
    return api.operator()


def test_a_partner_is_kept_in_canonical_form_with_its_margin_in_basis_points(api, operator):
    answer = api.post("/partners", operator, NORDIC)

    assert answer.json() | NORDIC | {"domain": "nordic.test"} == answer.json() | {
        "contact": NORDIC["contact"],
        "billing": NORDIC["billing"],
    }
    assert answer.json()["contact"]["email"] == "nina@nordic.test"
    assert api.document("partners", slug="nordic")["marginBps"] == 1250
    assert answer.headers["ETag"] == '"1"'


def test_a_change_sets_and_unsets_and_leaves_the_rest(api, operator):
    api.post("/partners", operator, NORDIC)

    answer = api.patch("/partners/nordic", operator, {"marginPct": 7, "billing": None})

    assert (answer.json()["marginPct"], answer.json()["billing"]) == (7, None)
    assert answer.json()["contact"]["name"] == "Nina"
    assert "billing" not in api.document("partners", slug="nordic")
    assert api.document("auditEvents", action="partner.change")["changes"]["marginBps"] == {
        "before": 1250,
        "after": 700,
    }


@pytest.mark.parametrize("margin", [-1, 100.01, 12.345, "12", True, None])
def test_a_margin_that_cannot_be_is_refused(api, operator, margin):
    answer = api.post("/partners", operator, NORDIC | {"marginPct": margin})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "marginPct")
    assert api.documents("partners") == []


def test_termination_is_soft_and_final(api, operator):
    api.post("/partners", operator, NORDIC)

    answer = api.delete("/partners/nordic", operator)

    assert (answer.json()["status"], answer.json()["terminatedAt"] is None) == ("terminated", False)
    assert api.get("/partners/nordic", operator).status_code == 200
    assert api.delete("/partners/nordic", operator).status_code == 409
    assert api.patch("/partners/nordic", operator, {"name": "No"}).json()["code"] == "impossible-move"


def test_a_stale_change_is_refused(api, operator):
    api.post("/partners", operator, NORDIC)
    api.patch("/partners/nordic", operator, {"name": "A"})

    assert (
        api.patch("/partners/nordic", operator, {"name": "B"}, headers={"If-Match": '"1"'}).status_code == 412
    )


@pytest.mark.parametrize("path", ["/partners", "/partners/nordic", "/partners/nordic/tenants", "/users"])
def test_customers_and_support_see_nothing_of_the_operators_side(api, path):
    assert api.get(path, api.customer()).json()["code"] == "operator-scope-required"
    assert api.get(path, api.support()).json()["code"] == "operator-rights-required"
    assert api.get(path).status_code == 401


def test_a_partner_that_is_not_there(api, operator):
    for method, path in [("GET", ""), ("GET", "/tenants"), ("DELETE", "")]:
        answer = api.call(method, f"/partners/nobody{path}", operator)
        assert (answer.status_code, answer.json()["code"]) == (404, "partner-not-found")


def test_a_partner_is_found_by_the_id_that_its_tenants_name(api, operator):
    made = api.post("/partners", operator, NORDIC).json()
    api.post("/partners", operator, {"slug": "other", "name": "Other", "domain": "other.test"})

    found = api.get("/partners", operator, params={"id": made["id"], "status": "active"}).json()["items"]
    nobody = api.get("/partners", operator, params={"id": "f" * 32}).json()["items"]
    nonsense = api.get("/partners", operator, params={"id": "nordic"})

    assert ([each["slug"] for each in found], nobody, nonsense.status_code) == (["nordic"], [], 422)
