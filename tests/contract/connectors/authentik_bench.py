"""Authentik's emulator with the connector at work on it, and a look at what it holds."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import requests

from chalicelib.domain.wanted import Person, Wanted
from chalicelib.integrations.authentik.client import Authentik, endpoint
from chalicelib.integrations.authentik.connector import AuthentikConnector
from chalicelib.integrations.calls import Patience
from chalicelib.integrations.downstream import Api
from infra.local.emulators.server import serve
from infra.local.identity.app import app_of
from infra.local.identity.seed import PASSWORD, follow
from infra.local.identity.settings import IdentitySettings
from infra.local.identity.sign_in import SignInFailedError, sign_in
from infra.local.identity.world import World
from tests.builders import a_person, a_wanted
from tests.contract.connectors.conftest import TIMEOUT, Bench

TOKEN = "a-token-for-tests"
GROUPS, USERS, BINDINGS = "/core/groups/", "/core/users/", "/policies/bindings/"
FILES = "dezky-files"  # an application that all tenants share
BROKEN = ["down", "html", "truncate", "500", "503", "429"]


def connector_to(url: str, token: str = TOKEN, shared: tuple[str, ...] = ()) -> AuthentikConnector:
    patience = Patience(connect=1, read=5, total=10)
    return AuthentikConnector(Authentik(Api(endpoint(url, token), patience, sleep=lambda _: None)), shared)


@contextmanager
def an_authentik(shared: tuple[str, ...] = ()) -> Iterator[AuthentikBench]:
    world = World(IdentitySettings("http://localhost:9000", TOKEN, None, {}))
    with serve(app_of(world), port=0) as server:
        world.settings = replace(world.settings, public_url=server.url)
        follow(world)  # the port is known only now
        bench = AuthentikBench(server.url, connector_to(server.url, shared=shared), _asking(server.url))
        bench.world = world
        bench.forget()
        yield bench


def _asking(url: str) -> Callable[..., requests.Response]:
    def ask(method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return requests.request(method, f"{url}/api/v3{path}", headers=headers, timeout=TIMEOUT, **more)

    return ask


class AuthentikBench(Bench):
    world: World

    def snapshot(self) -> dict[str, Any]:
        return copy.deepcopy(self.world.state)

    def restore(self, before: dict[str, Any]) -> None:
        with self.world.changing():
            self.world.restore(copy.deepcopy(before))

    def made(self, where: str, /, **fields: Any) -> dict[str, Any]:
        """An object that somebody else makes."""
        answer = self.ask("POST", where, json=fields)
        assert answer.status_code == 201, answer.text
        self.forget()
        made: dict[str, Any] = answer.json()
        return made

    def user(self, username: str) -> dict[str, Any] | None:
        found = self.ask("GET", USERS, params={"username": username}).json()["results"]
        return found[0] if found else None

    def users(self, path: str = "dezky/nova") -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        page = 1
        while page:
            answer = self.ask("GET", USERS, params={"path": path, "page": page, "page_size": 100}).json()
            found |= {each["username"]: each for each in answer["results"]}
            page = answer["pagination"]["next"]
        return found

    def active(self, path: str = "dezky/nova") -> set[str]:
        return {name for name, user in self.users(path).items() if user["is_active"]}

    def change(self, name: str, /, **fields: Any) -> None:
        """By hand, in the vendor's own pages."""
        pk = self.user(name)["pk"]
        answer = self.ask("PATCH", f"{USERS}{pk}/", json=fields)
        assert answer.status_code == 200, answer.text
        self.forget()

    def group(self, name: str = "dezky-t-nova") -> dict[str, Any] | None:
        found = self.ask("GET", GROUPS, params={"name": name}).json()["results"]
        return found[0] if found else None

    def members(self, name: str = "dezky-t-nova") -> set[str]:
        group = self.group(name)
        return {each["username"] for each in group["users_obj"]} if group else set()

    def bindings(self) -> list[dict[str, Any]]:
        key = self.ask("GET", f"/core/applications/{FILES}/").json()["pk"]
        listed: list[dict[str, Any]] = self.ask("GET", BINDINGS, params={"target": key}).json()["results"]
        return listed

    def an_application(self) -> str:
        return str(self.made("/core/applications/", name="Files", slug=FILES)["pk"])

    def give_password(self, username: str) -> None:
        pk = self.user(username)["pk"]
        self.ask("POST", f"{USERS}{pk}/set_password/", json={"password": PASSWORD})
        self.forget()

    def signs_in(self, username: str) -> bool:
        try:
            sign_in(self.url, "dezky-portal", username, PASSWORD)
        except SignInFailedError:
            return False
        return True

    def sessions(self, username: str) -> int:
        path = "/core/authenticated_sessions/"
        return len(self.ask("GET", path, params={"user__username": username}).json()["results"])

    def everything(self) -> list[Any]:
        """All that a tenant may have: for comparing before and after."""
        paths = (GROUPS, USERS, BINDINGS)
        return [self.ask("GET", path, params={"page_size": 100}).json()["results"] for path in paths]


def nova(*people: Person, **given: Any) -> Wanted:
    """A tenant that the installation does not know yet."""
    return a_wanted(*people, **{"slug": "nova", "name": "Nova", "domains": ("nova.test",), **given})


def a_novan(local: str = "ada", /, **given: Any) -> Person:
    return a_person(f"{local}@nova.test", **given)


def novans(count: int) -> tuple[Person, ...]:
    return tuple(a_novan(f"person{number:03}") for number in range(count))
