"""Lists over HTTP: search, filters, counts, order, cursors, and that pages stay stable."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.repositories.partners import Partners
from chalicelib.repositories.tenants import Tenants
from chalicelib.repositories.users import Users
from tests.builders import NOON, a_membership, a_partner, a_tenant, a_user, an_active_tenant


@pytest.fixture
def operator(api):
    return api.operator()


def slugs(answer):
    return [each["slug"] for each in answer.json()["items"]]


def all_pages(api, path, by, **params):
    seen, cursor = [], None
    while True:
        page = api.get(path, by, params={**params, **({"cursor": cursor} if cursor else {})})
        assert page.status_code == 200, page.text
        seen += page.json()["items"]
        cursor = page.json()["nextCursor"]
        if cursor is None:
            return seen


@pytest.fixture
def fleet(api):
    partner = a_partner()
    Partners(api.mongo).add(partner)
    tenants = [
        an_active_tenant(slug="acme", name="Zeta Works", domains=("acme.test",), partner_id=partner.id),
        a_tenant(
            slug="acorn", name="Oak", domains=("oak.test",), plan="business", created_at=NOON + timedelta(1)
        ),
        an_active_tenant(slug="birch", name="acme trading", domains=(), created_at=NOON - timedelta(1)),
        an_active_tenant(slug="cedar", name="Cedar", domains=("c.acme.test",), lifecycle="suspended"),
        an_active_tenant(slug="dogwood", name="Dog", domains=(), lifecycle="terminated"),
    ]
    for each in tenants:
        Tenants(api.mongo).add(each)
    return partner


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["acme", "acorn", "birch", "cedar", "dogwood"]),
        ({"q": "ac"}, ["acme", "acorn", "birch"]),
        ({"q": "ACME"}, ["acme", "birch"]),
        ({"q": "trad"}, ["birch"]),
        ({"q": "c.acme"}, ["cedar"]),
        ({"q": ".*"}, []),
        ({"q": "(a+)+$"}, []),
        ({"status": "active"}, ["acme", "birch"]),
        ({"status": "pending"}, ["acorn"]),
        ({"status": "suspended", "q": "c"}, ["cedar"]),
        ({"plan": "business"}, ["acorn"]),
        ({"integration": "ocis"}, ["acorn"]),
        ({"integration": "ocis:ok"}, ["acme", "birch", "cedar", "dogwood"]),
        ({"integration": "ocis:pending", "plan": "starter"}, []),
        ({"sort": "-slug"}, ["dogwood", "cedar", "birch", "acorn", "acme"]),
        ({"sort": "name"}, ["birch", "cedar", "dogwood", "acorn", "acme"]),
        ({"sort": "createdAt", "status": "active"}, ["birch", "acme"]),
    ],
)
def test_tenants_are_found_filtered_and_ordered(api, operator, fleet, query, expected):
    assert slugs(api.get("/tenants", operator, params=query)) == expected
    assert [each["slug"] for each in all_pages(api, "/tenants", operator, limit=1, **query)] == expected


def test_the_counts_are_those_of_the_search_whatever_the_status(api, operator, fleet):
    everything = api.get("/tenants", operator, params={"status": "active"}).json()["counts"]
    searched = api.get("/tenants", operator, params={"q": "ac"}).json()["counts"]

    assert everything == {"pending": 1, "active": 2, "suspended": 1, "terminated": 1}
    assert searched == {"pending": 1, "active": 2, "suspended": 0, "terminated": 0}


def test_a_partner_filter_and_the_partners_own_list_agree(api, operator, fleet):
    assert slugs(api.get("/tenants", operator, params={"partner": fleet.id})) == ["acme"]
    assert slugs(api.get("/partners/nordic/tenants", operator)) == ["acme"]
    assert slugs(api.get("/partners/nordic/tenants", operator, params={"status": "suspended"})) == []
    assert api.get("/partners/nobody/tenants", operator).status_code == 404


def test_customers_of_a_partner_are_its_live_tenants(api, operator, fleet):
    gone = an_active_tenant(slug="gone", domains=(), lifecycle="terminated", partner_id=fleet.id)
    Tenants(api.mongo).add(gone)
    Partners(api.mongo).add(a_partner(slug="alone", name="Alone", domain="alone.test"))

    rows = api.get("/partners", operator).json()["items"]

    assert [(each["slug"], each["customers"]) for each in rows] == [("alone", 0), ("nordic", 1)]
    assert slugs(api.get("/partners", operator, params={"q": "nord"})) == ["nordic"]
    assert slugs(api.get("/partners", operator, params={"status": "terminated", "sort": "-name"})) == []


def test_a_tenants_users_come_by_last_sign_in_and_those_who_never_did_last(api, operator, fleet):
    tenant = Tenants(api.mongo).get("acme")
    for name, days in (("Ada", 1), ("Bob", None), ("Cid", 3), ("Dan", None)):
        seen = None if days is None else NOON + timedelta(days)
        member = a_user(name=name, last_sign_in_at=seen, memberships=(a_membership(tenant),))
        Users(api.mongo).add(member)

    names = [each["name"] for each in all_pages(api, "/tenants/acme/users", operator, limit=1)]

    assert (names[:2], sorted(names[2:])) == (["Cid", "Ada"], ["Bob", "Dan"])


def test_operators_list_all_users_with_counts(api, operator):
    Users(api.mongo).add(a_user(name="Zoe", email="zoe@acme.test", active=False))

    answer = api.get("/users", operator, params={"q": "zoe"}).json()
    admins = api.get("/users", operator, params={"platformAdmin": "true"}).json()

    assert [each["email"] for each in answer["items"]] == ["zoe@acme.test"]
    assert answer["counts"] == {"active": 0, "inactive": 1, "platformAdmin": 0}
    assert [each["id"] for each in admins["items"]] == [operator.user.id]
    assert len(api.get("/users", operator, params={"active": "false"}).json()["items"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=x",
        "limit=1000000000",
        "sort=_id",
        "status=ok",
        "q=",
        "colour=red",
    ],
)
def test_inp_16_a_wrong_query_is_unprocessable(api, operator, query):
    answer = api.get(f"/tenants?{query}", operator)

    assert (answer.status_code, answer.json()["code"]) == (422, "unprocessable")


def test_inp_03_a_repeated_or_unknown_parameter_is_refused(api, operator):
    assert api.get("/tenants?status=active&status=pending", operator).status_code == 400
    assert api.get("/tenants?status[$ne]=active", operator).status_code == 422
    assert api.get("/me?verbose=1", operator).status_code == 400


def test_azt_05_a_cursor_works_for_its_own_list_and_reader_only(api, operator, fleet):
    other = api.operator("op-2")
    cursor = api.get("/tenants?limit=1", operator).json()["nextCursor"]

    assert api.get("/tenants", operator, params={"cursor": cursor}).status_code == 200
    changed = cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB")
    for by, path, wrong in [
        (other, "/tenants", cursor),
        (operator, "/tenants?status=active", cursor),
        (operator, "/partners", cursor),
        (operator, "/tenants", changed),
        (operator, "/tenants", "nonsense"),
        (operator, "/tenants", "%%%"),
    ]:
        answer = api.get(path, by, params={"cursor": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")


names = st.sampled_from([f"row-{number:02}" for number in range(24)])
acts = st.lists(st.tuples(st.sampled_from(["insert", "remove"]), names), max_size=6)


@settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    start=st.sets(names, min_size=1),
    between=st.lists(acts, max_size=6),
    limit=st.integers(1, 7),
    sort=st.sampled_from(["slug", "-slug", "name", "createdAt"]),
)
def test_pages_stay_stable_while_rows_come_and_go(api, start, between, limit, sort):
    """Whoever is there the whole time is seen exactly once, and nobody twice."""
    collection = api.mongo.collection("partners")
    collection.delete_many({})
    api.mongo.collection("users").delete_many({})
    operator, partners = api.operator(), Partners(api.mongo)
    for slug in start:
        partners.add(a_partner(slug=slug, name=f"Name {slug[-1]}", domain="x.test"))
    untouched, seen, cursor, turns = set(start), [], None, iter(between)
    while True:
        page = api.get("/partners", operator, params={"limit": limit, "sort": sort, "cursor": cursor}).json()
        seen += [each["slug"] for each in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
        for act, slug in next(turns, []):
            untouched.discard(slug)
            collection.delete_one({"slug": slug})
            if act == "insert":
                partners.add(a_partner(slug=slug, name=f"Name {slug[-1]}", domain="x.test"))

    assert untouched <= set(seen)
    assert all(seen.count(slug) == 1 for slug in untouched)
    if sort in {"slug", "-slug"}:
        assert seen == sorted(seen, reverse=sort == "-slug")
