"""Who sees a tenant and who changes it."""

from __future__ import annotations

import pytest

from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, an_active_tenant


def stored(api, *tenants):
    for each in tenants:
        Tenants(api.mongo).add(each)
    return tenants[0]


def test_members_see_their_own_tenants_only(api):
    mine, other = an_active_tenant(), an_active_tenant(slug="other", domains=())
    stored(api, mine, other)
    member = api.customer(memberships=(a_membership(mine),))

    assert [each["slug"] for each in api.get("/tenants", member).json()["items"]] == ["acme"]
    assert api.get("/tenants/acme", member).status_code == 200
    foreign, missing = api.get("/tenants/other", member), api.get("/tenants/missing", member)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() | {"requestId": ""} == missing.json() | {"requestId": ""}


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("admin", 200), ("owner", 200)])
def test_who_may_rename_a_tenant(api, role, status):
    mine = stored(api, an_active_tenant())
    person = api.customer(memberships=(a_membership(mine, role),))

    assert api.patch("/tenants/acme", person, {"name": "Mine"}).status_code == status


def test_an_admin_may_not_change_plan_domains_or_partner(api):
    mine = stored(api, an_active_tenant())
    admin = api.customer(memberships=(a_membership(mine, "admin"),))

    for wish in ({"plan": "enterprise"}, {"domains": ["x.test"]}, {"partnerId": None}):
        assert api.patch("/tenants/acme", admin, wish).status_code == 403
    assert api.document("tenants", slug="acme")["version"] == 1


def test_members_of_a_suspended_tenant_read_but_do_not_write_and_of_a_terminated_one_see_nothing(api):
    sleeping = an_active_tenant(lifecycle="suspended", suspended_reason="unpaid")
    gone = an_active_tenant(slug="gone", domains=(), lifecycle="terminated")
    stored(api, sleeping, gone)
    owner = api.customer(memberships=(a_membership(sleeping, "owner"), a_membership(gone, "owner")))

    assert api.get("/tenants/acme", owner).status_code == 200
    assert api.patch("/tenants/acme", owner, {"name": "X"}).json()["code"] == "tenant-suspended"
    assert api.get("/tenants/gone", owner).status_code == 404


def test_a_membership_that_is_switched_off_gives_nothing(api):
    mine = stored(api, an_active_tenant())
    person = api.customer(memberships=(a_membership(mine, "owner", active=False),))

    assert api.get("/tenants/acme", person).status_code == 404
    assert api.get("/tenants", person).json()["items"] == []


@pytest.mark.parametrize("path", ["/suspend", "/resume", "/restore"])
def test_owners_cannot_make_the_moves_of_operators(api, path):
    mine = stored(api, an_active_tenant())
    owner = api.customer(memberships=(a_membership(mine, "owner"),))

    assert api.post(f"/tenants/acme{path}", owner).json()["code"] == "operator-scope-required"
    assert api.delete("/tenants/acme", owner).status_code == 403
