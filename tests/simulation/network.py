"""The wire between the connectors and the vendors: what `requests` sends arrives in this process."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any, Protocol, cast
from urllib.parse import urlencode

import requests
import urllib3
from werkzeug.wrappers import Response as PlainResponse

from chalicelib.config import Settings
from chalicelib.domain.ports import Clock
from chalicelib.domain.provisioning import Integration
from chalicelib.domain.steps import Connector
from chalicelib.integrations.authentik import authentik_connector
from chalicelib.integrations.calls import Patience
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis import ocis_connector
from chalicelib.integrations.ocis.connector import OcisConnector
from chalicelib.integrations.stalwart import stalwart_connector
from infra.local.emulators import distortions
from infra.local.emulators.faults import Fault
from infra.local.emulators.journal import Arrival
from tests.simulation.vendors import Reply, Sent, Vendor

PATIENT = Patience(total=1e9)  # it is counted in real time, of which none passes here
Maker = Callable[[Settings], Connector[Any]]
MAKERS: dict[Integration, Maker] = {
    "authentik": authentik_connector,
    "stalwart": stalwart_connector,
    "ocis": ocis_connector,
}
OURS = "chalicelib.integrations."
ERRORS = {"500": 500, "502": 502, "503": 503, "429": 429, "busy": 429, "401": 401}


class Weather(Protocol):
    """What happens to a call on its way. Time may pass; a worker may die."""

    def before(self, integration: Integration, arrival: Arrival) -> str:
        """The fault that hits the call, or nothing."""

    def after(self, integration: Integration, arrival: Arrival) -> None: ...

    def later(self, act: Any) -> None:
        """Do it when the caller has given up."""

    def sleep(self, seconds: float) -> None: ...

    def uniform(self) -> float: ...


class Calm:
    """Nothing happens to any call; `calls` keeps those that arrived."""

    def __init__(self) -> None:
        self.calls: list[tuple[Integration, Arrival]] = []

    def before(self, integration: Integration, arrival: Arrival) -> str:
        self.calls.append((integration, arrival))
        return ""

    def after(self, integration: Integration, arrival: Arrival) -> None: ...

    def later(self, act: Any) -> None: ...

    def sleep(self, seconds: float) -> None: ...

    def uniform(self) -> float:
        return 0.5


class Line:
    """One vendor's wire. Stands in for a requests.Session: that takes longer than all else together."""

    def __init__(self, integration: Integration, vendor: Vendor, weather: Weather) -> None:
        self._integration, self._vendor, self._weather = integration, vendor, weather

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        query = f"?{urlencode(more['params'])}" if more["params"] else ""
        body = None if more["json"] is None else json.dumps(more["json"]).encode()
        return self._send(Sent(method, url.removeprefix(self._vendor.url) + query, body, more["headers"]))

    def _send(self, request: Sent) -> requests.Response:
        arrival = Arrival(request.method, request.path, _jmap_calls(request))
        fault = self._weather.before(self._integration, arrival)
        if arrival.is_write:
            self._vendor.remember()
        reply = self._struck(request, arrival, fault) if fault else self._vendor.answer(request)
        self._weather.after(self._integration, arrival)
        return _response(reply)

    def _struck(self, request: Sent, arrival: Arrival, fault: str) -> Reply:
        if fault in {"down", "drop-before-commit"}:
            raise _unreachable() if fault == "down" else requests.ReadTimeout("no answer")
        if fault in {"drop-after-commit", "late"}:
            self._lose(request, fault)
        if fault in ERRORS:
            return _error(fault)
        if fault == "html":
            return Reply(200, distortions.PAGE.encode(), "text/html")
        if fault == "stale":
            return self._vendor.answer_late(request)
        if fault == "lie" and arrival.is_write:
            with self._vendor.pretending():
                return self._vendor.answer(request)
        return _distorted(self._vendor.answer(request), arrival, fault)

    def _lose(self, request: Sent, fault: str) -> None:
        if fault == "late":
            self._weather.later(lambda: self._vendor.answer(request))
        else:
            self._vendor.answer(request)
            self._weather.after(self._integration, Arrival("", ""))
        raise requests.ReadTimeout("the answer was lost")


def connector(
    integration: Integration, vendor: Vendor, weather: Weather, clock: Clock | None = None
) -> Connector[Any]:
    """The connector as it is made for production, but for its wire and its clock."""
    made = MAKERS[integration](_settings(integration, vendor.url))
    if clock and isinstance(made, OcisConnector):
        made._look._clock = clock
    for api in _apis(made, set()):
        api._session = cast("requests.Session", Line(integration, vendor, weather))
        api._sleep, api._uniform, api._patience = weather.sleep, weather.uniform, PATIENT
    return made


def _settings(integration: Integration, url: str) -> Settings:
    names: dict[Integration, dict[str, Any]] = {
        "authentik": {"authentik_url": url, "authentik_token": "token"},
        "stalwart": {"stalwart_url": url, "stalwart_api_key": "key"},
        "ocis": {"ocis_url": url, "ocis_username": "platform", "ocis_app_token": "token"},
    }
    return Settings(stage="local", **names[integration])


def _apis(thing: object, seen: set[int]) -> Iterator[Api]:
    """Every Api that is reachable from `thing`: connectors are built as their authors like."""
    if id(thing) in seen or not type(thing).__module__.startswith(OURS):
        return
    seen.add(id(thing))
    if isinstance(thing, Api):
        yield thing
        return
    slots = [
        getattr(thing, name, None) for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())
    ]
    for part in (*getattr(thing, "__dict__", {}).values(), *slots):
        yield from _apis(part, seen)


def _jmap_calls(request: Sent) -> tuple[str, ...]:
    if request.path != "/jmap" or not request.body:
        return ()
    return tuple(call[0] for call in json.loads(request.body)["methodCalls"])


def _distorted(reply: Reply, arrival: Arrival, fault: str) -> Reply:
    reply.is_cut = fault == "truncate"
    if fault == "empty-list" and not arrival.is_write:
        plain = PlainResponse(reply.content, reply.status, content_type=reply.kind)
        reply.content = distortions.emptied(plain).get_data()
    return reply


def _error(fault: str) -> Reply:
    plain = distortions.error_answer(Fault("503"))
    headers = {"Retry-After": "7"} if fault == "busy" else {}
    return Reply(ERRORS[fault], plain.get_data(), "application/problem+json", headers)


def _unreachable() -> requests.ConnectionError:
    connection = urllib3.connection.HTTPConnection("vendor.test")
    never_sent = urllib3.exceptions.NewConnectionError(connection, "refused")
    pool = urllib3.HTTPConnectionPool("vendor.test")
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", never_sent))


def _response(reply: Reply) -> requests.Response:
    response = requests.Response()
    response.status_code = reply.status
    response.headers["Content-Type"] = reply.kind
    response.headers.update(reply.headers)
    response.raw = _Body(reply)
    return response


class _Body(io.BytesIO):
    """What urllib3 shows of a body that is read in pieces."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.content[: len(reply.content) // 2] if reply.is_cut else reply.content)
        self._is_cut = reply.is_cut

    def read1(self, size: int | None = -1, *, decode_content: bool = False) -> bytes:
        chunk = super().read1(-1 if size is None else size)
        if not chunk and self._is_cut:
            raise urllib3.exceptions.ProtocolError("the connection ended in the middle")
        return chunk
