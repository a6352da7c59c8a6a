"""Admission: before a view runs, its guard is asked. A view without an operation is not served."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from chalice.app import Chalice, Request, Response

from chalicelib import wiring
from chalicelib.auth.guards import Guard, check_membership, check_rights, check_scope
from chalicelib.auth.principal import Principal
from chalicelib.config import settings
from chalicelib.domain.actor import Actor
from chalicelib.domain.names import SLUG
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import BadParameter, MalformedBody, TenantNotFound
from chalicelib.handlers.http import given_query, raw_body
from chalicelib.handlers.operation import Operation, operation_of
from chalicelib.handlers.problems import Next, request_id_of, restated

Middleware = Callable[[Request, Next], Response]


def admission(app: Chalice) -> Middleware:
    """Middleware: lets a request through to its view when the view's guard admits the caller."""

    def admit(request: Request, get_response: Next) -> Response:
        declared = _operation(app, request)
        if declared is None:
            return _undeclared(app, request, get_response)
        if declared.guard.kind == "portal":
            return get_response(request)
        _check_shape(request, declared)
        request.context["kept"] = declared.kept
        if declared.guard.needs_token:
            request.context["actor"] = _actor(request, declared.guard)
        if declared.guard.of_tenant:
            request.context["tenant"] = _tenant(request, declared.guard)
        return get_response(request)

    return admit


def protect(app: Chalice, authorizer: Any) -> None:
    """Put the authorizer before every route whose guard needs a token; nobody has to remember it."""
    for methods in app.routes.values():
        for route in methods.values():
            declared = operation_of(route.view_function)
            if declared is None or declared.guard.needs_token:
                route.authorizer = authorizer


def _operation(app: Chalice, request: Request) -> Operation | None:
    route = _route(app, request)
    return operation_of(route.view_function) if route else None


def _route(app: Chalice, request: Request) -> Any:
    return app.routes.get(str(request.context.get("resourcePath")), {}).get(request.method)


def _undeclared(app: Chalice, request: Request, get_response: Next) -> Response:
    """A method that the route lacks is Chalice's to refuse; a route without an operation is refused here."""
    return restated(500, request_id_of(request)) if _route(app, request) else get_response(request)


def _check_shape(request: Request, declared: Operation) -> None:
    """What a route does not declare is refused rather than ignored."""
    if declared.takes is None and raw_body(request):
        raise MalformedBody("This address takes no body")
    if declared.query is None and given_query(request):
        raise BadParameter("This address takes no query parameters")


def _actor(request: Request, guard: Guard) -> Actor:
    operator_audience = settings().operator_audience
    principal = Principal.from_context(request.context.get("authorizer") or {}, time.time())
    check_scope(guard, principal.audience, operator_audience)
    user = wiring.services().accounts.recognise(principal)
    is_operator = principal.audience == operator_audience and user.platform_admin
    actor = Actor(user, principal.audience, is_operator, request_id_of(request))
    check_rights(guard, actor)
    return actor


def _tenant(request: Request, guard: Guard) -> Tenant:
    slug = (request.uri_params or {}).get("slug", "")
    if not re.fullmatch(SLUG, slug):
        raise TenantNotFound
    tenant = wiring.services().tenants.get(slug)
    if guard.kind == "tenant_member":
        check_membership(guard, request.context["actor"], tenant)
    return tenant
