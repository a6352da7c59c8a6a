"""Every route, every caller, every state of the tenant: what the gateway answers is what is published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from chalice.app import Response

from app import app
from chalicelib.handlers import operation
from chalicelib.repositories.partners import Partners
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, a_membership, a_partner, an_active_tenant
from tests.http.api import Api, Person
from tests.security.permissions.oracle import CALLERS, At, Caller, Outcome, expected
from tests.security.permissions.published import PAGE, Guarded, guarded, page

CANARY = "zebra"  # in every field of the tenant that strangers must not learn of
REACHED = 299  # what a probe answers in the place of a view that would change something
# A refused attempt is on record, and who verifies the records seals them first; nothing else may change.
NOTED = {"auditEvents", "auditHeads", "auditSeals", "auditSealed"}
STATES: tuple[At, ...] = ("active", "suspended", "terminated", "missing")
ROUTES = guarded()


def test_azt_01_the_published_table_is_the_one_of_today():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.security.permissions"


@pytest.mark.parametrize("at", STATES)
def test_azt_01_every_caller_gets_what_is_published_and_a_refusal_changes_and_tells_nothing(api: Api, at: At):
    """One world for all routes: nothing that is asked here may change it."""
    world = World(api, at)
    before = world.snapshot()

    for route in ROUTES if at == "active" else [each for each in ROUTES if each.of_tenant]:
        for caller in CALLERS:
            answer = world.ask(route, caller)
            wanted = expected(str(route.guard), caller, at, writes=route.guard.writes)
            assert _outcome(answer) == wanted, (route, caller.name, answer.text)
            if wanted != "yes":
                assert CANARY not in answer.text, (route, caller.name)
        assert world.snapshot() == before, route


def test_both_tables_know_refusals_of_every_kind():
    """Else a mistake of the oracle could make everything one answer."""
    cells = [
        expected(str(each.guard), caller, at, writes=each.guard.writes)
        for each in ROUTES
        for caller in CALLERS
        for at in STATES
    ]

    assert all(cells.count(outcome) > 100 for outcome in ("yes", "401", "403", "404"))


class World:
    """A tenant with people of every kind, and a second one."""

    def __init__(self, api: Api, at: At) -> None:
        self._api = api
        self._http = requests.Session()
        self._http.trust_env = False
        Partners(api.mongo).add(a_partner(slug="zebra-partner", name=f"{CANARY} partner"))
        zebra, other = _tenant("zebra", at), an_active_tenant(slug="other", domains=("other.test",))
        for each in (zebra, other):
            Tenants(api.mongo).add(each)
        self._slug = "nowhere" if at == "missing" else "zebra"
        self._people = {each.name: self._person(each, zebra, other) for each in CALLERS}
        for person in self._people.values():
            api.get("/me", person)  # the first visit notes the sign-in

    def ask(self, route: Guarded, caller: Caller) -> Any:
        path = route.path.replace("{slug}", self._slug if route.of_tenant else "zebra-partner")
        path = path.replace("{integration}", "ocis").replace("{user_id}", "0" * 32)
        path = path.replace("{ticket_id}", "0" * 32).replace("{name}", "zebra.test")
        person = None if caller.token == "none" else self._people[caller.name]
        if _changes(route):
            return self._probed(route, path, person)
        return self._api.call(route.method, path, person)

    def _probed(self, route: Guarded, path: str, person: Person | None) -> requests.Response:
        headers = {"Authorization": f"Bearer {person.token}"} if person else {}
        with _probe(route):
            return self._http.request(route.method, self._api.url + path, headers=headers, timeout=20)

    def snapshot(self) -> str:
        database = self._api.mongo.client["dezky_test"]
        names = sorted(set(database.list_collection_names()) - NOTED)
        content = {name: sorted(map(repr, database[name].find())) for name in names}
        hints = repr(self._api.queue.hints)
        return hashlib.sha256(
            json.dumps([{k: v for k, v in content.items() if v}, hints]).encode()
        ).hexdigest()

    def _person(self, caller: Caller, zebra: Any, other: Any) -> Person:
        memberships = {
            "neighbour": (a_membership(other, "owner"),),
            "former": (a_membership(zebra, "owner", active=False),),
        }.get(caller.name, (a_membership(zebra, caller.role),) if caller.role else ())
        make = self._api.operator if caller.admin and caller.token == "operator" else None
        if make:
            return make(caller.name)
        if caller.token == "operator":
            return self._api.support()
        fields = {"memberships": memberships, "platform_admin": caller.admin, "active": caller.active}
        person = self._api.customer(caller.name, **fields)
        return Person(person.token[:-8] + "AAAAAAAA", person.user) if caller.token == "forged" else person


def _tenant(slug: str, at: At) -> Any:
    """With the canary wherever words can stand."""
    tenant = an_active_tenant(slug=slug, name=f"{CANARY} name", domains=(f"{CANARY}.test",))
    if at == "suspended":
        return tenant.with_(lifecycle="suspended", suspended_reason=f"{CANARY} reason")
    if at == "terminated":
        return tenant.with_(lifecycle="terminated", terminated_at=NOON)
    return tenant


@contextmanager
def _probe(route: Guarded) -> Iterator[None]:
    """What would change something says only that it was reached."""
    entry = app.routes[route.path][route.method]
    view = entry.view_function

    def reached(**_: str) -> Response:
        return Response("", status_code=REACHED, headers={"Content-Type": "application/json"})

    operation._declared[reached] = operation._declared[view]
    entry.view_function = reached
    try:
        yield
    finally:
        entry.view_function = view
        del operation._declared[reached]


def _changes(route: Guarded) -> bool:
    return route.method != "GET"


def _outcome(answer: Any) -> Outcome:
    """A read that was let in may still find nothing to show: that is a conflict, or an unknown object."""
    if answer.status_code in {401, 403}:
        return str(answer.status_code)  # type: ignore[return-value]
    if answer.status_code == 404 and answer.json()["code"] in {"tenant-not-found", "not-found"}:
        return "404"
    return "yes"
