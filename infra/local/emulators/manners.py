"""The manners that all vendor emulators share: faults that can be switched on, and a journal of requests.

POST   /_faults    {"fault", "method"?, "path"?, "call"?, "times"?, "seconds"?}  ->  201 {"id"}, 422
GET    /_faults    ->  {"faults": [...]}
DELETE /_faults    all, or only ?id=
GET    /_requests  ->  {"requests": [{"sequence", "method", "path", "status", "kind", "calls", "fault"}]};
                   ?after=<sequence> and ?kind=read|write narrow it
DELETE /_requests

An app may set `app.extensions[PRETEND]` to a context manager factory that undoes what happens inside it:
"lie" then answers what the vendor would, and does nothing. Without it the lie is an echo of what was sent.
"""

import json
import socket
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request
from werkzeug.wrappers import Response as PlainResponse

from infra.local.emulators import distortions
from infra.local.emulators.bodies import body_of
from infra.local.emulators.faults import ANSWERS, Fault, Faults, NotAFault, parsed
from infra.local.emulators.journal import Arrival, Journal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PRETEND = "emulator-pretend"
OWN = "/_"


class ConnectionDropped(ConnectionError):
    """The connection ended without an answer.

    A server in between has closed the socket by then. A caller in the same process (Flask's test client) gets
    this error, where a client on the wire would get its own kind of connection error.
    """


def add_manners(app: Flask, *, unguarded: tuple[str, ...] = ()) -> None:
    """Give `app` the faults and the journal of this file's docstring.

    Faults never strike a path that starts with a prefix in `unguarded`, nor one that starts with `/_`. The
    journal leaves out the latter, and notes the former without its query, which may carry tokens.
    """
    faults, journal = Faults(), Journal()
    _add_fault_routes(app, faults)
    _add_journal_routes(app, journal)
    manners = Manners(app, faults, journal, unguarded)
    # Flask documents this very assignment as the way to wrap an app and keep its own methods.
    app.wsgi_app = manners.answer  # type: ignore[method-assign, assignment]


def _add_fault_routes(app: Flask, faults: Faults) -> None:
    @app.post("/_faults")
    def switch_on() -> tuple[Response, int]:
        try:
            fault = parsed(request.get_json(silent=True))
        except NotAFault as error:
            return jsonify(error=str(error)), 422
        return jsonify(id=faults.add(fault)), 201

    @app.get("/_faults")
    def list_faults() -> Response:
        return jsonify(faults=faults.listed())

    @app.delete("/_faults")
    def switch_off() -> tuple[str, int]:
        faults.clear(request.args.get("id"))
        return "", 204


def _add_journal_routes(app: Flask, journal: Journal) -> None:
    @app.get("/_requests")
    def list_requests() -> Response:
        after = request.args.get("after", 0, type=int)
        return jsonify(requests=journal.entries(after, request.args.get("kind")))

    @app.delete("/_requests")
    def forget_requests() -> tuple[str, int]:
        journal.clear()
        return "", 204


class Manners:
    """Stands between the server and the app: lets requests pass, holds them back or answers for it."""

    def __init__(self, app: Flask, faults: Faults, journal: Journal, unguarded: tuple[str, ...]) -> None:
        self._app, self._inner = app, app.wsgi_app
        self._faults, self._journal, self._unguarded = faults, journal, unguarded

    def answer(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path, body = environ["PATH_INFO"], body_of(environ)
        if path.startswith(OWN):
            return self._inner(environ, start)
        if path.startswith(self._unguarded):
            return self._noted(Arrival(environ["REQUEST_METHOD"], path), environ, start)
        arrival = Arrival(environ["REQUEST_METHOD"], _with_query(environ), _jmap_calls(body))
        fault = self._faults.strike(arrival)
        if fault is None:
            return self._noted(arrival, environ, start)
        return self._struck(_Strike(fault, arrival, environ, body))(environ, start)

    def _noted(self, arrival: Arrival, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        answer = self._answer_of(environ)
        self._journal.add(arrival, answer.status_code)
        return answer(environ, start)

    def _answer_of(self, environ: "WSGIEnvironment") -> PlainResponse:
        return PlainResponse.from_app(self._inner, environ, buffered=True)

    def _struck(self, strike: "_Strike") -> "WSGIApplication":
        answer = self._faulty_answer(strike)
        status = None if answer is None else answer.status_code
        self._journal.add(strike.arrival, status, strike.fault.kind)
        if answer is None:
            _close(strike.environ)
            raise ConnectionDropped(f"{strike.fault.kind}: no answer")
        return _cut_short(answer) if strike.fault.kind == "truncate" else answer

    def _faulty_answer(self, strike: "_Strike") -> PlainResponse | None:
        kind = strike.fault.kind
        if kind in {"down", "drop-before-commit"}:
            return None
        if kind in ANSWERS:
            return distortions.error_answer(strike.fault)
        if kind == "html":
            return distortions.html_answer()
        if kind == "lie":
            return self._lie(strike)
        return self._distorted(kind, self._answer_of(strike.environ))

    def _distorted(self, kind: str, answer: PlainResponse) -> PlainResponse | None:
        if kind == "drop-after-commit":
            return None
        return distortions.emptied(answer) if kind == "empty-list" else answer

    def _lie(self, strike: "_Strike") -> PlainResponse:
        pretend = self._app.extensions.get(PRETEND)
        if pretend is None:
            return distortions.echo(strike.arrival.method, strike.body)
        with pretend():
            return self._answer_of(strike.environ)


class _Strike:
    """A request, and the fault that hits it."""

    def __init__(self, fault: Fault, arrival: Arrival, environ: "WSGIEnvironment", body: bytes) -> None:
        self.fault, self.arrival, self.environ, self.body = fault, arrival, environ, body


def _with_query(environ: "WSGIEnvironment") -> str:
    query = environ.get("QUERY_STRING", "")
    return f"{environ['PATH_INFO']}?{query}" if query else str(environ["PATH_INFO"])


def _jmap_calls(body: bytes) -> tuple[str, ...]:
    if b'"methodCalls"' not in body:
        return ()
    try:
        calls: Any = json.loads(body)["methodCalls"]
        return tuple(str(call[0]) for call in calls)
    except (ValueError, TypeError, LookupError):
        return ()  # not JMAP after all: the app will refuse it


def _cut_short(answer: PlainResponse) -> "WSGIApplication":
    """Promises the whole body, sends half of it and closes the connection."""
    whole = answer.get_data()

    def application(environ: "WSGIEnvironment", start: "StartResponse") -> Iterator[bytes]:
        start(answer.status, [*answer.headers.to_wsgi_list()])
        yield whole[: len(whole) // 2]
        _close(environ)

    return application


def _close(environ: "WSGIEnvironment") -> None:
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
