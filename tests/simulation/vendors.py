"""The three vendors in this process: the emulators' own rules, without sockets or a web framework."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote

from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from infra.local.emulators.ocis.installation import Installation
from infra.local.emulators.ocis.world import World as FilesWorld
from infra.local.emulators.stalwart import jmap
from infra.local.emulators.stalwart.world import World as MailWorld
from infra.local.identity.api import Api as IdentityApi
from infra.local.identity.api import Call
from infra.local.identity.query import Query
from infra.local.identity.settings import IdentitySettings
from infra.local.identity.world import World as IdentityWorld
from tests.simulation.files_api import FilesApi
from tests.simulation.past import Lagging

Seconds = Callable[[], float]


@dataclass(frozen=True)
class Sent:
    """A request on the wire; `path` is with its query."""

    method: str
    path: str
    body: bytes | None
    headers: Mapping[str, str]


@dataclass
class Reply:
    """What a vendor sends back; `is_cut` ends the connection in the middle of it."""

    status: int
    content: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    is_cut: bool = False


class Vendor(Protocol):
    url: str

    def answer(self, request: Sent) -> Reply: ...

    def pretending(self) -> AbstractContextManager[None]:
        """Whatever happens inside is undone at the end."""

    def remember(self) -> None:
        """A write is about to come."""

    def answer_late(self, request: Sent) -> Reply:
        """As was true a moment ago."""


class Identity(Lagging):
    url = "http://identity.test"

    def __init__(self, seconds: Seconds) -> None:
        super().__init__(seconds)
        self.world = IdentityWorld(IdentitySettings(self.url, "token", None, {}), seconds)
        self._api = IdentityApi(self.world)

    def answer(self, request: Sent) -> Reply:
        path, query = _address(request, "/api/v3")
        parameters = Query(parse_qs(query, keep_blank_values=True))
        with self.world.changing():
            answer = self._api.answer(Call(request.method, path, parameters, _body(request)))
        return Reply(404, b"<h1>Not Found</h1>", "text/html") if answer is None else _reply(*answer)

    def held(self) -> Any:
        return self.world.state

    def become(self, state: Any) -> None:
        self.world.restore(state)

    def pretending(self) -> AbstractContextManager[None]:
        return self.world.pretending()


class Mail(Lagging):
    url = "http://mail.test"

    def __init__(self, seconds: Seconds) -> None:
        super().__init__(seconds)
        self.world = MailWorld(dkim_delay=1.0, clock=seconds)

    def answer(self, request: Sent) -> Reply:
        try:
            return _reply(200, jmap.answer(self.world, _body(request)))
        except jmap.RequestRefused as refusal:
            return _reply(400, refusal.problem)

    def held(self) -> Any:
        return self.world._kept._state

    def become(self, state: Any) -> None:
        self.world._kept._state = state

    def pretending(self) -> AbstractContextManager[None]:
        return self.world.pretending()


class Files(Lagging):
    url = "http://files.test"

    def __init__(self, seconds: Seconds) -> None:
        super().__init__(seconds)
        self.world = FilesWorld(Installation(None, "platform", seconds), self.url)
        self._api = FilesApi(self.world)

    def answer(self, request: Sent) -> Reply:
        path, query = _address(request, "/graph")
        parameters = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        asked = {"query": parameters, "body": _body(request), "headers": request.headers}
        return _reply(*self._api.answer(request.method, path, asked))

    def held(self) -> Any:
        return self.world.installation.kept._state

    def become(self, state: Any) -> None:
        self.world.installation.kept._state = state

    def pretending(self) -> AbstractContextManager[None]:
        return self.world.pretending()


KINDS: dict[Integration, Callable[[Seconds], Vendor]] = {
    "authentik": Identity,
    "stalwart": Mail,
    "ocis": Files,
}


def vendor(integration: Integration, seconds: Seconds) -> Vendor:
    """A fresh installation."""
    return KINDS[integration](seconds)


def vendors(seconds: Seconds) -> dict[Integration, Vendor]:
    """Three fresh installations."""
    return {each: vendor(each, seconds) for each in INTEGRATIONS}


def _address(request: Sent, prefix: str) -> tuple[str, str]:
    path, _, query = request.path.partition("?")
    # oCIS's ids hold a `$` and are sent quoted; its own table unquotes each part of the path.
    return (path if prefix == "/graph" else unquote(path)).removeprefix(prefix), query


def _body(request: Sent) -> Any:
    return json.loads(request.body) if request.body else {}


def _reply(status: int, body: Any) -> Reply:
    if body is None:
        return Reply(status)
    return Reply(
        status, json.dumps(body).encode(), "application/problem+json" if status >= 400 else "application/json"
    )
