"""The app behind the gateway: a request in, an answer out, whatever happens in between."""

import logging
import threading
import time
import uuid
from typing import Any

from chalice.app import Chalice, RouteEntry

from infra.local.gateway.authorization import Authorization
from infra.local.gateway.events import Call, answer_from, event_for
from infra.local.gateway.messages import Answer, Incoming, problem
from infra.local.gateway.refusals import FunctionFailed, NoSuchRoute, Refusal
from infra.local.gateway.routes import Match, Routes
from infra.local.lambda_context import LambdaContext

log = logging.getLogger("gateway")
FUNCTION_TIMEOUT = 29.0  # seconds: no function behind API Gateway may take longer


class RestApi:
    """All resources of one Chalice app, in one stage."""

    def __init__(self, app: Chalice) -> None:
        self._app = answering_side_by_side(app)
        self._routes = Routes(app.routes)
        self._authorization = Authorization()

    def answer(self, incoming: Incoming) -> Answer:
        """The answer to a request; never raises."""
        request_id, began = str(uuid.uuid4()), time.monotonic()
        answer = self._answer(incoming, request_id)
        log.info(
            "%s %s %s %.1f ms %s",
            incoming.method,
            incoming.path,  # without its query, which may name people
            answer.status,
            (time.monotonic() - began) * 1000,
            request_id,
        )
        return answer

    def _answer(self, incoming: Incoming, request_id: str) -> Answer:
        try:
            return self._routed(incoming, request_id).plus(("x-amzn-RequestId", request_id))
        except Refusal as refusal:
            return problem(refusal, request_id)
        except Exception:
            # Whatever broke in the gateway: a caller gets an answer, never a dropped connection.
            log.exception("gateway failed", extra={"request_id": request_id})
            return problem(Refusal(), request_id)

    def _routed(self, incoming: Incoming, request_id: str) -> Answer:
        match = self._routes.match(incoming.path)
        if match is None:
            raise NoSuchRoute
        if incoming.method == "OPTIONS" and "OPTIONS" not in self._entries(match):
            return self._preflight(match)
        return self._called(Call(incoming, match, request_id))

    def _called(self, call: Call) -> Answer:
        entry = self._entries(call.match).get(call.incoming.method)
        if entry is None:
            raise NoSuchRoute
        context = self._authorization.context_for(entry.authorizer, call)
        return answer_from(self._invoked(event_for(call, context, self._app.api.binary_types), call))

    def _invoked(self, event: dict[str, Any], call: Call) -> object:
        try:
            return self._app(event, LambdaContext(self._app.app_name, FUNCTION_TIMEOUT))
        except Exception as error:
            log.exception("function failed", extra={"request_id": call.request_id})
            raise FunctionFailed from error

    def _entries(self, match: Match) -> dict[str, RouteEntry]:
        entries: dict[str, RouteEntry] = self._app.routes[match.resource]
        return entries

    def _preflight(self, match: Match) -> Answer:
        """What Chalice deploys for OPTIONS: nothing unless a method of the resource allows other origins."""
        entries = {method: entry for method, entry in self._entries(match).items() if entry.cors}
        if not entries:
            raise NoSuchRoute
        headers = next(iter(entries.values())).cors.get_access_control_headers()
        allowed = ("Access-Control-Allow-Methods", ",".join([*entries, "OPTIONS"]))
        return Answer(200, (*((name, str(value)) for name, value in headers.items()), allowed))


def answering_side_by_side(app: Chalice) -> Chalice:
    """The same app, able to answer several requests at once: its current request is kept per thread.

    Lambda runs one request at a time in a process, so Chalice keeps the current one in a plain attribute.
    """
    if not isinstance(app, _PerThread):
        app.__class__ = type("LocalChalice", (_PerThread, type(app)), {})
    return app


class _PerThread:
    _current = threading.local()

    @property
    def current_request(self) -> Any:
        return getattr(self._current, "request", None)

    @current_request.setter
    def current_request(self, request: Any) -> None:
        self._current.request = request

    @property
    def lambda_context(self) -> Any:
        return getattr(self._current, "context", None)

    @lambda_context.setter
    def lambda_context(self, context: Any) -> None:
        self._current.context = context
