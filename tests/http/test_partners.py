"""Partners over HTTP: terms, changes, soft termination."""

from __future__ import annotations

import pytest

from chalicelib import wiring
from chalicelib.domain.days import day_of, shifted
from chalicelib.repositories.partners import Partners
from tests.builders import a_partner

TODAY = day_of(wiring.now())
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


def test_a_margin_holds_from_its_day_and_today_is_what_is_told(api, operator):
    api.post("/partners", operator, NORDIC)
    tomorrow, yesterday = shifted(TODAY, 1), shifted(TODAY, -1)

    later = api.patch("/partners/nordic", operator, {"marginPct": 30, "marginFrom": tomorrow}).json()
    earlier = api.patch("/partners/nordic", operator, {"marginPct": 5, "marginFrom": yesterday}).json()
    now = api.patch("/partners/nordic", operator, {"marginPct": 15}).json()

    assert [each["marginPct"] for each in (later, earlier, now)] == [12.5, 12.5, 15.0]
    assert [(each["since"], each["pct"]) for each in now["margins"]] == [
        (TODAY, 12.5),
        (tomorrow, 30.0),
        (yesterday, 5.0),
        (TODAY, 15.0),
    ]


@pytest.mark.parametrize("wish", [{"marginFrom": "2026-12-01"}, {"marginPct": 5, "marginFrom": "soon"},
                                  {"marginPct": 5, "marginFrom": None}])  # fmt: skip
def test_a_day_without_a_margin_or_that_is_none_is_refused(api, operator, wish):
    api.post("/partners", operator, NORDIC)

    answer = api.patch("/partners/nordic", operator, wish)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "marginFrom")
    assert api.document("partners", slug="nordic")["version"] == 1


def test_a_partner_from_before_margins_had_days_keeps_the_one_it_had(api, operator):
    Partners(api.mongo).add(a_partner(margin_bps=1_250))

    before = api.get("/partners/nordic", operator).json()
    after = api.patch("/partners/nordic", operator, {"marginPct": 20}).json()

    assert (before["marginPct"], after["marginPct"], len(after["margins"])) == (12.5, 20.0, 2)


def test_termination_decides_what_becomes_of_the_tenants(api, operator):
    nordic = api.post("/partners", operator, NORDIC).json()
    south = api.post("/partners", operator, NORDIC | {"slug": "south"}).json()
    api.post("/tenants", operator, {"slug": "acme", "name": "Acme", "partnerId": nordic["id"]})

    for wrong in (
        "tenants=reassign",
        "tenants=direct&to=south",
        "tenants=reassign&to=nobody",
        "tenants=sell",
    ):
        assert api.delete(f"/partners/nordic?{wrong}", operator).status_code == 422
    answer = api.delete("/partners/nordic?tenants=reassign&to=south", operator).json()

    farewell = answer["farewell"]
    assert (answer["status"], answer["customers"], answer["mrr"]) == ("terminated", 0, [])
    assert (farewell["tenants"], farewell["toPartnerId"], farewell["doneAt"]) == (
        "reassign",
        south["id"],
        None,
    )
    assert api.get("/tenants/acme", operator).json()["partnerId"] == south["id"]
    assert api.get("/partners/south", operator).json()["mrr"] == [{"currency": "EUR", "amount": 3000}]
    decided = api.document("auditEvents", action="partner.terminate")
    assert decided["changes"]["farewell"]["after"]["tenants"] == "reassign"


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
