"""AZT-02 to 07, 20 and 24: an owner of one tenant asks for what is another's, in every way there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.domain.tenant import Tenant
from chalicelib.repositories.partners import Partners
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, a_partner, an_active_tenant
from tests.http.api import Api, Person

CANARY = "zebra"
NOBODY = "0" * 32
WISH = {"subject": "Mail bounces", "text": "All of it"}


@dataclass
class World:
    """Ann owns acme; zebra is somebody else's, with a partner, a person and a ticket."""

    api: Api
    ann: Person
    zoe: Person
    operator: Person
    zebra: Tenant
    ticket: str

    def stored(self) -> dict[str, Any]:
        """All there is, but for the record of what was refused."""
        names = self.api.mongo.client["dezky_test"].list_collection_names()
        kept = {name: self.api.documents(name) for name in names if not name.startswith("audit")}
        return {**kept, "hints": list(self.api.queue.hints)}


@pytest.fixture
def world(api: Api) -> World:
    partner = a_partner(slug="zebra-partner", name="zebra partner")
    Partners(api.mongo).add(partner)
    acme = an_active_tenant()
    zebra = an_active_tenant(slug="zebra", name="zebra name", domains=("zebra.test",), partner_id=partner.id)
    for each in (acme, zebra):
        Tenants(api.mongo).add(each)
    ann = api.customer("ann", memberships=(a_membership(acme, "owner"),))
    zoe = api.customer("zoe", name="zebra owner", memberships=(a_membership(zebra, "owner"),))
    people = (ann, zoe, operator := api.operator())
    for each in people:
        api.get("/me", each)  # the first visit notes the sign-in
    ticket = api.post("/tenants/zebra/tickets", zoe, {**WISH, "subject": "zebra subject"})
    return World(api, ann, zoe, operator, zebra, ticket.json()["id"])


OBJECTS = [
    ("GET", "/tenants/{tenant}", None),
    ("PATCH", "/tenants/{tenant}", {"name": "Mine"}),
    ("GET", "/tenants/{tenant}/users", None),
    ("POST", "/tenants/{tenant}/users", {"email": "x@acme.test"}),
    ("POST", "/tenants/{tenant}/users/import", {"csv": "x@acme.test", "dryRun": False}),
    ("PATCH", "/tenants/{tenant}/users/{user}", {"role": "member"}),
    ("DELETE", "/tenants/{tenant}/users/{user}", None),
    ("POST", "/tenants/{tenant}/users/{user}/invitation", None),
    ("GET", "/tenants/{tenant}/domains", None),
    ("POST", "/tenants/{tenant}/domains", {"name": "mine.test"}),
    ("DELETE", "/tenants/{tenant}/domains/zebra.test", None),
    ("GET", "/tenants/{tenant}/tickets", None),
    ("POST", "/tenants/{tenant}/tickets", WISH),
    ("GET", "/tickets/{ticket}", None),
    ("PATCH", "/tickets/{ticket}", {"status": "solved"}),
    ("POST", "/tickets/{ticket}/messages", {"text": "Hello"}),
    ("GET", "/tenants/{tenant}/subscription", None),
    ("GET", "/tenants/{tenant}/runs", None),
    ("GET", "/tenants/{tenant}/integrations", None),
    ("GET", "/tenants/{tenant}/audit", None),
    ("POST", "/tenants/{tenant}/reconcile", None),
]


@pytest.mark.parametrize(("method", "path", "body"), OBJECTS, ids=[f"{m} {p}" for m, p, _ in OBJECTS])
def test_azt_02_what_is_anothers_answers_like_what_is_not_there(world: World, method, path, body):
    theirs = path.format(tenant="zebra", user=world.zoe.user.id, ticket=world.ticket)
    nowhere = path.format(tenant="nowhere", user=NOBODY, ticket=NOBODY)
    before = world.stored()

    foreign = world.api.call(method, theirs, world.ann, body)
    missing = world.api.call(method, nowhere, world.ann, body)

    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() | {"requestId": ""} == missing.json() | {"requestId": ""}
    assert (CANARY in foreign.text, world.stored()) == (False, before)


def test_azt_03_the_path_alone_says_whose_it_is(world: World):
    other, before = world.zebra.id, world.stored()

    for method, path, body in (
        ("PATCH", "/tenants/acme", {"name": "Mine", "slug": "zebra"}),
        ("PATCH", "/tenants/acme", {"name": "Mine", "id": other}),
        ("POST", "/tenants/acme/users", {"email": "x@acme.test", "tenantId": other}),
        ("POST", "/tenants/acme/tickets", WISH | {"tenantId": other}),
        ("POST", "/tenants/acme/reconcile?tenant=zebra", None),
        ("GET", "/tenants/acme?tenant=zebra", None),
        ("GET", "/tenants/acme/users?tenantId=" + other, None),
        ("GET", "/tenants/acme/tickets?tenant=zebra", None),
    ):
        answer = world.api.call(method, path, world.ann, body)
        assert (path, answer.status_code in {400, 422}) == (path, True)
    assert world.stored() == before


@pytest.mark.parametrize("name", ["X-Tenant", "X-Tenant-Id", "X_Tenant", "X-User", "X-Forwarded-User"])
def test_aut_19_and_azt_03_no_header_names_a_tenant_or_a_person(world: World, name):
    for value in ("zebra", world.zebra.id, world.zoe.user.id):
        headers = {name: value}
        assert world.api.get("/tenants/acme", world.ann, headers=headers).json()["slug"] == "acme"
        assert world.api.get("/me", world.ann, headers=headers).json()["id"] == world.ann.user.id
        assert world.api.get("/tenants/zebra", world.ann, headers=headers).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/tenants?q=zebra",
        "/tenants?q=zebra.test",
        "/tenants?partner={partner}",
        "/tenants?sort=-slug&limit=200",
        "/tenants/acme/users?q=zebra",
        "/tenants/acme/tickets?q=zebra",
    ],
)
def test_azt_04_a_filter_that_names_anothers_finds_nothing_of_it(world: World, path):
    answer = world.api.get(path.format(partner=world.zebra.partner_id), world.ann)

    assert CANARY not in answer.text
    assert answer.status_code == 422 or {each.get("slug", "acme") for each in answer.json()["items"]} <= {
        "acme"
    }


def test_azt_04_and_05_a_cursor_of_anothers_list_is_refused(world: World):
    for number in range(2):
        made = world.api.post("/tenants/zebra/users", world.zoe, {"email": f"z{number}@zebra.test"})
        assert made.status_code == 201
    cursor = world.api.get("/tenants/zebra/users?limit=1", world.zoe).json()["nextCursor"]

    for by, path in ((world.ann, "/tenants/acme/users"), (world.operator, "/tenants/acme/users")):
        answer = world.api.get(path, by, params={"limit": 1, "cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")
    assert world.api.get("/tenants/zebra/users", world.zoe, params={"cursor": cursor}).status_code == 200


def test_azt_06_what_belongs_to_another_is_not_found_below_ones_own(world: World, links):
    zoe, before = f"/tenants/acme/users/{world.zoe.user.id}", world.stored()

    for by in (world.ann, world.operator):
        for method, path, body in (
            ("PATCH", zoe, {"role": "member"}),
            ("DELETE", zoe, None),
            ("POST", f"{zoe}/invitation", None),
            ("DELETE", "/tenants/acme/domains/zebra.test", None),
        ):
            answer = world.api.call(method, path, by, body)
            assert (path, answer.status_code, CANARY in answer.json()["detail"]) == (path, 404, False)
    assert world.stored() == before


def test_azt_07_nobody_chooses_an_id_and_a_taken_name_tells_nothing_of_its_owner(world: World):
    before = world.stored()

    chosen = world.api.post("/tenants", world.ann, {"slug": "mine", "name": "Mine", "id": world.zebra.id})
    taken = world.api.post("/tenants", world.ann, {"slug": "zebra", "name": "Mine"})

    assert (chosen.status_code, taken.status_code) == (422, 409)
    told = taken.text.replace('"zebra"', "").replace("'zebra'", "").replace('\\"zebra\\"', "")
    assert CANARY not in told
    assert world.zebra.id not in taken.text
    assert world.stored() == before


def test_azt_20_a_taken_domain_tells_nothing_of_who_has_it(world: World):
    answers = [
        world.api.post("/tenants/acme/domains", world.ann, {"name": "zebra.test"}),
        world.api.post("/tenants", world.ann, {"slug": "mine", "name": "Mine", "domains": ["zebra.test"]}),
    ]

    for each in answers:
        assert each.status_code == 409
        assert CANARY not in each.text.replace("zebra.test", "")
        assert world.zebra.id not in each.text


def test_azt_24_an_export_holds_the_rows_of_its_reader(world: World):
    world.api.patch("/tenants/acme", world.ann, {"name": "Acme 2"})
    world.api.patch("/tenants/zebra", world.zoe, {"name": "zebra 2"})

    mine = world.api.get("/tenants/acme/audit?format=ndjson", world.ann)

    assert (mine.status_code, CANARY in mine.text, '"tenant.change"' in mine.text) == (200, False, True)
    assert world.api.get("/tenants/zebra/audit?format=ndjson", world.ann).status_code == 404
    assert world.api.get("/audit?format=ndjson", world.ann).status_code == 403
