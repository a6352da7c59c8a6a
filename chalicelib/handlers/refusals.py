"""Refusals on record: who was told that they may not."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from chalice.app import Chalice, Request, Response

from chalicelib import wiring
from chalicelib.auth.principal import Principal
from chalicelib.domain.names import SLUG
from chalicelib.errors import Forbidden, TenantNotFound, Unauthenticated
from chalicelib.handlers.problems import Next, request_id_of
from chalicelib.services.refusals import Attempt

Middleware = Callable[[Request, Next], Response]
EVER = 0.0  # a time at which no token has expired: the caller was let in already

log = logging.getLogger(__name__)


def refusals_on_record(app: Chalice) -> Middleware:
    """Middleware, around admission: a 403 is an audit event; a 404 of a stranger, a line in the log."""

    def witness(request: Request, get_response: Next) -> Response:
        try:
            return get_response(request)
        except Forbidden as error:
            attempt = _attempt(app, request, error.code)
            _log(attempt)
            _record(request, attempt)
            raise
        except TenantNotFound as error:
            _log(_attempt(app, request, error.code))
            raise

    return witness


def _record(request: Request, attempt: Attempt) -> None:
    try:
        person = Principal.from_context(request.context.get("authorizer") or {}, EVER)
    except Unauthenticated:
        return
    wiring.refusals().record(person, attempt)


def _attempt(app: Chalice, request: Request, code: str) -> Attempt:
    """Only what we declared ourselves, and a slug that can be one: nothing that a caller chooses freely."""
    path, method = str(request.context.get("resourcePath")), str(request.method)
    route = app.routes.get(path, {}).get(method)
    slug = str((request.uri_params or {}).get("slug", ""))
    of_tenant = path.startswith("/tenants/{slug}") and re.fullmatch(SLUG, slug)
    context = request.context.get("authorizer") or {}
    return Attempt(
        operation=route.view_function.__name__ if route else "unknown",
        route=f"{method} {path}",
        slug=slug if of_tenant else None,
        audience=str(context.get("audience", "")),
        code=code,
        request_id=request_id_of(request),
    )


def _log(attempt: Attempt) -> None:
    told = {"operation": attempt.operation, "code": attempt.code, "request_id": attempt.request_id}
    log.info("refused", extra=told)
