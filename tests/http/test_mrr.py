"""MRR over HTTP: the bridge, partners' figures and /me equal the ledger after random histories."""

from __future__ import annotations

from random import Random

import pytest

from chalicelib import wiring
from chalicelib.domain.days import day_of, month_of, shifted
from chalicelib.domain.ledger import LedgerEvent, mrr_on
from chalicelib.repositories.documents import from_document
from tests.builders import a_membership, a_tenant

TODAY = day_of(wiring.now())
MONTH = month_of(TODAY)
SLUGS = [f"tenant-{number}" for number in range(6)]


@pytest.fixture
def operator(api):
    return api.operator()


def money(amounts):
    return [{"currency": each.currency, "amount": each.amount} for each in amounts]


def histories(api):
    """Each tenant's ledger, as it is stored."""
    found = {}
    for document in api.mongo.collection("ledger").find().sort("_id", 1):
        event = from_document(LedgerEvent, document)
        found.setdefault(event.tenant_id, []).append(event)
    return found


def walk(api, operator, seed, steps=60):
    """Random wishes, accepted or not."""
    random = Random(seed)  # noqa: S311 (repeatable, not secret)
    partners = []
    for slug in ("nordic", "south"):
        wish = {"slug": slug, "name": slug, "domain": f"{slug}.test", "marginPct": 20}
        partners.append(api.post("/partners", operator, wish).json()["id"])
    for slug in SLUGS:
        api.post("/tenants", operator, {"slug": slug, "name": slug, "partnerId": random.choice(partners)})
    for _ in range(steps):
        assert deed(api, operator, random, partners).status_code in {200, 409}
    return partners


def deed(api, operator, random, partners):
    path, plan = f"/tenants/{random.choice(SLUGS)}", random.choice(("starter", "business", "enterprise"))
    what = random.choice(("agree", "agree", "agree", "plan", "move", "move", "end", "restore", "suspend"))
    if what == "agree":
        terms = {"plan": plan, "seats": random.randint(1, 40), "discountPct": random.choice((0, 5.25, 80))}
        terms |= {
            "currency": random.choice(("EUR", "EUR", "DKK")),
            "interval": random.choice(("month", "year")),
        }
        return api.call("PUT", f"{path}/subscription", operator, terms)
    if what == "end":
        return api.delete(path, operator)
    if what in {"restore", "suspend"}:
        return api.post(f"{path}/{what}", operator, {"reason": "Unpaid"} if what == "suspend" else None)
    wish = {"plan": plan} if what == "plan" else {"partnerId": random.choice([None, *partners])}
    return api.patch(path, operator, wish)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happened_me_partners_and_dashboard_show_the_ledgers_figures(api, operator, seed):
    partners = walk(api, operator, seed)
    ledgers = histories(api)
    member = api.customer(memberships=tuple(a_membership(a_tenant(id=each)) for each in ledgers))

    mrr = api.get("/stats/mrr", operator).json()
    rows = {each["id"]: each for each in api.get("/partners", operator).json()["items"]}
    mine = {
        each["tenant"]["id"]: each["subscription"] for each in api.get("/me", member).json()["memberships"]
    }

    assert mrr["mrr"] == money(mrr_on(ledgers.values(), TODAY)) != []
    for partner in partners:
        assert rows[partner]["mrr"] == money(mrr_on(ledgers.values(), TODAY, partner))
        assert api.get(f"/partners/{rows[partner]['slug']}", operator).json()["mrr"] == rows[partner]["mrr"]
    for tenant_id, subscription in mine.items():
        assert subscription["mrr"] == money([ledgers[tenant_id][-1].after.money])[0]
    for each in mrr["months"][-1]["bridges"]:
        moved = sum(each[name] for name in ("new", "expansion", "contraction", "churn", "returned"))
        assert each["opening"] + moved == each["closing"]


def test_nothing_is_paid_where_nothing_is(api, operator):
    found = api.get("/stats/mrr", operator).json()

    assert (found["day"], found["mrr"]) == (TODAY, [])
    assert [each["bridges"] for each in found["months"]] == [[]] * 12
    assert found["months"][-1]["month"] == MONTH


def test_a_day_and_months_can_be_asked_for(api, operator):
    api.post("/tenants", operator, {"slug": "acme", "name": "Acme"})

    before = api.get(f"/stats/mrr?day={shifted(TODAY, -1)}", operator).json()
    alone = api.get(f"/stats/mrr?from={MONTH}&to={MONTH}", operator).json()

    assert before["mrr"] == []
    assert alone["mrr"] == [{"currency": "EUR", "amount": 3000}]
    assert alone["months"] == [
        {"month": MONTH, "bridges": [{"currency": "EUR", "opening": 0, "new": 3000, "expansion": 0,
                                      "contraction": 0, "churn": 0, "returned": 0, "closing": 3000}]}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "field"),
    [(f"day={shifted(TODAY, 1)}", "day"), ("from=2020-01&to=2026-01", "from"),
     ("from=2026-03&to=2026-02", "from"), ("to=2199-01", "to"), ("from=2026-13", "from"),
     ("day=2026-02-30", "day"), ("month=2026-01", "month")],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused_by_name(api, operator, query, field):
    answer = api.get(f"/stats/mrr?{query}", operator)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_only_operators_see_what_everyone_pays(api):
    assert api.get("/stats/mrr", api.customer()).json()["code"] == "operator-scope-required"
    assert api.get("/stats/mrr", api.support()).json()["code"] == "operator-rights-required"
