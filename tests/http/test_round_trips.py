"""What a request costs the database: how many round trips, and never a scan of a whole collection."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.repositories.partners import Partners
from chalicelib.repositories.tenants import Tenants
from chalicelib.repositories.users import Users
from tests.builders import a_membership, a_partner, a_user, an_active_tenant

READS = {"find", "aggregate"}


@pytest.fixture
def world(api):
    operator = api.operator()
    partner = a_partner()
    Partners(api.mongo).add(partner)
    tenants = [
        an_active_tenant(slug=f"tenant-{n:02}", domains=(f"t{n}.test",), partner_id=partner.id)
        for n in range(12)
    ]
    for each in tenants:
        Tenants(api.mongo).add(each)
        Users(api.mongo).add(a_user(memberships=(a_membership(each, "owner"),)))
    member = api.customer(memberships=tuple(a_membership(each) for each in tenants[:3]))
    # Who was seen once has their sign-in recorded; from then on only reads remain.
    for person in (operator, member):
        api.get("/me", person)
    return {"operator": operator, "member": member, "partner": partner}


LISTS = [
    f"{path}?{query}"
    for path, queries in {
        "/tenants": ["", "q=tenant", "status=active", "plan=starter", "integration=ocis:ok", "sort=-name",
                     "sort=createdAt&status=active", "status=active&plan=starter&q=t&sort=-createdAt"],
        "/partners": ["", "q=nor", "status=active", "sort=-name", "sort=createdAt"],
        "/users": ["", "q=user", "platformAdmin=true", "active=true&sort=-lastSignInAt", "sort=name"],
        "/partners/nordic/tenants": ["", "status=active", "sort=name", "q=tenant"],
        "/tenants/tenant-01/users": ["", "sort=email", "q=user"],
    }.items()
    for query in queries
]  # fmt: skip


ASKED = [("operator", path) for path in LISTS] + [
    ("member", path) for path in LISTS if path.startswith("/tenants")
]


@pytest.mark.parametrize(("who", "path"), ASKED)
def test_db_07_a_list_takes_at_most_three_round_trips_each_on_an_index(api, world, commands, who, path):
    with commands.recorded() as sent:
        first = api.get(f"{path}&limit=2", world[who])
    with commands.recorded() as sent_again:
        second = api.get(f"{path}&limit=2", world[who], params={"cursor": first.json().get("nextCursor")})

    assert (first.status_code, second.status_code) == (200, 200)
    assert len(sent) <= 3
    assert len(sent_again) <= 3
    for command in sent + sent_again:
        assert stages(api, command) & {"IXSCAN", "IDHACK", "EOF"}, command
        assert "COLLSCAN" not in stages(api, command), command


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/me", 2),
        ("/tenants/tenant-01", 2),
        ("/partners/nordic", 3),
        ("/tenants/tenant-01/users", 3),
        ("/tenants/tenant-01/subscription", 4),
        ("/tenants/tenant-01/ledger", 3),
        ("/catalogue", 1),
        ("/stats/mrr", 3),
        ("/stats/mrr?from=2023-01&to=2026-11", 3),
        ("/partners/nordic/statements", 3),
        ("/partners/nordic/statement?period=2026-11", 8),
    ],
)
def test_single_looks_are_cheap_and_on_an_index(api, world, commands, path, most):
    with commands.recorded() as sent:
        answer = api.get(path, world["operator"])

    assert answer.status_code == 200
    assert len(sent) <= most
    assert all("COLLSCAN" not in stages(api, command) for command in sent)


def test_me_takes_one_round_trip_more_for_all_subscriptions_together(api, world, commands):
    with commands.recorded() as sent:
        answer = api.get("/me", world["member"])

    assert len(answer.json()["memberships"]) == 3
    assert [next(iter(each)) for each in sent] == ["find", "find", "find"]
    assert all("COLLSCAN" not in stages(api, command) for command in sent)


def test_a_change_takes_five_round_trips_and_one_transaction(api, world, commands):
    """Two find the operator and the tenant, one changes it, three link the event to its chain."""
    api.patch("/tenants/tenant-01", world["operator"], {"name": "Newer"})
    with commands.recorded() as sent:
        answer = api.patch("/tenants/tenant-01", world["operator"], {"name": "New"})

    assert answer.status_code == 200
    names = [next(iter(each)) for each in sent]
    assert names == ["find", "find", "update", "find", "update", "insert", "commitTransaction"]


def test_who_has_no_operator_scope_costs_the_database_nothing_once_that_is_on_record(api, world, commands):
    api.get("/partners", world["member"])

    with commands.recorded() as sent:
        answer = api.get("/partners", world["member"])

    assert (answer.status_code, sent) == (403, [])


def test_db_07_every_find_of_a_change_is_on_an_index(api, world, commands):
    from chalicelib import wiring

    member = {"email": "new@acme.test", "role": "admin"}
    with commands.recorded() as sent:
        invited = api.post("/tenants/tenant-01/users", world["operator"], member)
        api.patch(f"/tenants/tenant-01/users/{invited.json()['id']}", world["operator"], {"role": "owner"})
        api.delete(f"/tenants/tenant-01/users/{invited.json()['id']}", world["operator"])
        api.call(
            "PUT", "/tenants/tenant-01/subscription", world["operator"], {"plan": "business", "seats": 9}
        )
        api.patch("/tenants/tenant-01", world["operator"], {"plan": "starter"})
        api.post("/partners/nordic/statement/close", world["operator"], {"period": "2026-01"})
        api.delete("/partners/nordic?tenants=direct", world["operator"])
        wiring.services().subscriptions.end_trials()
        wiring.services().farewells.carry_on()
        wiring.services().mrr.keep_months()
        api.patch(f"/users/{world['operator'].user.id}", world["operator"], {"platformAdmin": False})
        api.post("/partners", world["operator"], {"slug": "p-2", "name": "P", "domain": "p.test"})
        api.delete("/partners/p-2", world["operator"])

    reads = [each for each in sent if next(iter(each)) in READS]
    assert len(reads) > 10
    assert all("COLLSCAN" not in stages(api, command) for command in reads)


def test_db_07_the_sweep_walks_an_index(api, world, commands):
    from chalicelib import wiring

    with commands.recorded() as sent:
        page = Tenants(api.mongo).due(wiring.now(), 5)
        Tenants(api.mongo).due(wiring.now(), 5, after="never-seen:")

    assert len(page.items) == 5
    assert all("COLLSCAN" not in stages(api, command) for command in sent)


def stages(api, command: dict[str, Any]) -> set[str]:
    """The stages of the plan that the database chose for a find or an aggregation."""
    kept = ("find", "filter", "sort", "limit", "hint", "projection", "aggregate", "pipeline", "cursor")
    asked = {name: value for name, value in command.items() if name in kept}
    plan = api.mongo.client["dezky_test"].command({"explain": asked, "verbosity": "queryPlanner"})
    return set(_stages(plan))


def _stages(plan: Any) -> list[str]:
    if isinstance(plan, dict):
        own = [plan["stage"]] if isinstance(plan.get("stage"), str) else []
        return own + [
            each for name, value in plan.items() if name != "rejectedPlans" for each in _stages(value)
        ]
    return [each for value in plan for each in _stages(value)] if isinstance(plan, list) else []
