"""oCIS's emulator with the connector that works on it, and what its administrator sees and does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from chalicelib.domain.provisioning import IntegrationStatus, Provisioning
from chalicelib.domain.wanted import Wanted
from chalicelib.integrations.calls import Patience
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.client import Ocis, endpoint
from chalicelib.integrations.ocis.connector import OcisConnector
from infra.local.emulators.ocis import OcisSettings, create_app
from infra.local.emulators.server import serve
from tests.builders import NOON
from tests.contract.connectors.conftest import TIMEOUT, Bench

USER, TOKEN = "platform", "an-app-token-for-tests"
DRIVES, USERS, GROUPS = "/graph/v1.0/drives", "/graph/v1.0/users", "/graph/v1.0/groups"
EDITOR = "58c63c02-1d89-4572-916a-870abc5a1b7d"
VIEWER = "a8d5fe5e-96e3-418d-825b-534dbdf22b99"


def connector_to(url: str, token: str = TOKEN) -> OcisConnector:
    patience = Patience(connect=1, read=1, total=3)
    return OcisConnector(Ocis(Api(endpoint(url, USER, token), patience, sleep=lambda _: None), url))


@contextmanager
def ocis_bench() -> Iterator[OcisBench]:
    with serve(create_app(OcisSettings(USER, TOKEN, "http://localhost:9002", None)), port=0) as server:
        yield OcisBench(server.url)


class OcisBench(Bench):
    def __init__(self, url: str) -> None:
        super().__init__(url, connector_to(url), self._asked)

    def held(self, goal: Wanted) -> Wanted:
        """Reconcile, and give the tenant with the ids as the engine stores them; the journal is empty."""
        ids = self.reconcile(goal)
        self.forget()
        return goal.with_(provisioning=Provisioning(ocis=IntegrationStatus(ids=ids)))

    def world(self) -> dict[str, Any]:
        """Everything that the server holds."""
        return self._asked("GET", "/_world").json()

    def spaces(self) -> list[dict[str, Any]]:
        """Project spaces, disabled ones included."""
        return self._asked("GET", f"{DRIVES}?$filter=driveType eq 'project'").json()["value"]

    def users(self) -> dict[str, dict[str, Any]]:
        """By name; the platform's own is left out."""
        every = self.world()["users"].values()
        return {
            each["onPremisesSamAccountName"]: each
            for each in every
            if each["onPremisesSamAccountName"] != USER
        }

    def members(self, slug: str = "acme") -> set[str]:
        answer = self._asked("GET", f"{GROUPS}/dezky-t-{slug}?$expand=members")
        assert answer.status_code == 200, answer.text
        return {each["onPremisesSamAccountName"] for each in answer.json()["members"]}

    def group_of(self, slug: str = "acme") -> str:
        return str(self._asked("GET", f"{GROUPS}/dezky-t-{slug}").json()["id"])

    def grants(self) -> dict[str, str]:
        """Role by member of the only space."""
        (space,) = self.world()["spaces"].values()
        return dict(space["members"])

    def can_sign_in(self, name: str) -> bool:
        return self._asked("POST", "/_login", json={"username": name}).status_code == 200

    def make_user(self, name: str, mail: str | None = None, **more: Any) -> dict[str, Any]:
        """Somebody else makes a user."""
        body = {"onPremisesSamAccountName": name, "displayName": "Ada", "mail": mail or name, **more}
        answer = self._asked("POST", USERS, json=body)
        assert answer.status_code == 201, answer.text
        self.forget()
        return answer.json()

    def make_space(self, name: str = "Acme", description: str = "dezky:acme") -> dict[str, Any]:
        answer = self._asked("POST", DRIVES, json={"name": name, "description": description})
        assert answer.status_code == 201, answer.text
        self.forget()
        return answer.json()

    def change_user(self, name: str, **fields: Any) -> None:
        assert self._asked("PATCH", f"{USERS}/{name}", json=fields).status_code == 200
        self.forget()

    def join(self, user: dict[str, Any], slug: str = "acme") -> None:
        """Somebody puts a user into a tenant's group by hand."""
        reference = {"@odata.id": f"http://localhost/graph/v1.0/users/{user['id']}"}
        path = f"{GROUPS}/{self.group_of(slug)}/members/$ref"
        assert self._asked("POST", path, json=reference).status_code == 204
        self.forget()

    def disable_space(self, identity: str) -> None:
        assert self._asked("DELETE", f"{DRIVES}/{identity}").status_code == 204
        self.forget()

    def changes(self) -> list[str]:
        """Method and kind of object of each write."""
        return [f"{each['method']} {each['path'].split('/')[3]}" for each in self.writes()]

    def _asked(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, self.url + path, auth=(USER, TOKEN), timeout=TIMEOUT, **more)


def purged(goal: Wanted) -> Wanted:
    return goal.with_(lifecycle="terminated", purging_since=NOON)
