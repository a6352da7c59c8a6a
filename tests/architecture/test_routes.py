"""Every route says who may call it, and the gateway asks for a token first wherever that is not everyone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Chalice
from chalice.test import Client

from app import app
from chalicelib import errors
from chalicelib.auth.guards import PUBLIC
from chalicelib.handlers.admission import admission, protect
from chalicelib.handlers.operation import operation, operation_of
from chalicelib.handlers.problems import RESTATED

ROOT = Path(__file__).parents[2]
ROUTES = [(path, method, route) for path, of in app.routes.items() for method, route in of.items()]

# What needs no token. A line here is a decision, not a formality.
PUBLIC_ROUTES = {"GET /health", "GET /health/ready", "GET /openapi.json", "GET /docs"}

# Pages, forms and files of the portals: their frame asks for a session, and the API behind them for a token.
PORTALS = ("/operator", "/customer")

# Who may call what, as it was designed.
GUARDS = {
    "GET /me": "signed_in",
    "GET /tenants": "signed_in",
    "POST /tenants": "signed_in",
    "GET /tenants/{slug}": "tenant member or operator",
    "PATCH /tenants/{slug}": "tenant admin or operator",
    "DELETE /tenants/{slug}": "operator",
    "POST /tenants/{slug}/suspend": "operator",
    "POST /tenants/{slug}/resume": "operator",
    "POST /tenants/{slug}/restore": "operator",
    "POST /tenants/{slug}/reconcile": "tenant admin or operator",
    "GET /tenants/{slug}/integrations": "tenant member or operator",
    "PUT /tenants/{slug}/integrations/{integration}/drift-pause": "operator",
    "DELETE /tenants/{slug}/integrations/{integration}/drift-pause": "operator",
    "GET /tenants/{slug}/runs": "tenant member or operator",
    "GET /tenants/{slug}/plan": "operator",
    "GET /tenants/{slug}/receipt": "operator",
    "GET /attention": "operator",
    "GET /audit": "operator",
    "GET /tickets": "operator",
    "GET /tickets/{ticket_id}": "signed_in",
    "PATCH /tickets/{ticket_id}": "signed_in",
    "POST /tickets/{ticket_id}/messages": "signed_in",
    "GET /tenants/{slug}/tickets": "tenant member or operator",
    "POST /tenants/{slug}/tickets": "tenant member or operator",
    "GET /audit/verify": "operator",
    "GET /tenants/{slug}/audit": "tenant owner or operator",
    "GET /tenants/{slug}/users": "tenant member or operator",
    "GET /tenants/{slug}/domains": "tenant member or operator",
    "POST /tenants/{slug}/domains": "tenant admin or operator",
    "DELETE /tenants/{slug}/domains/{name}": "tenant admin or operator",
    "POST /tenants/{slug}/domains/{name}/check": "tenant admin or operator",
    "POST /tenants/{slug}/domains/{name}/approve": "operator",
    "POST /tenants/{slug}/users": "tenant admin or operator",
    "GET /tenants/{slug}/users/counts": "tenant member or operator",
    "POST /tenants/{slug}/users/import": "tenant admin or operator",
    "PATCH /tenants/{slug}/users/{user_id}": "tenant admin or operator",
    "DELETE /tenants/{slug}/users/{user_id}": "tenant admin or operator",
    "POST /tenants/{slug}/users/{user_id}/invitation": "tenant admin or operator",
    "GET /catalogue": "signed_in",
    "GET /tenants/{slug}/subscription": "tenant member or operator",
    "PUT /tenants/{slug}/subscription": "operator",
    "GET /tenants/{slug}/ledger": "operator",
    "GET /stats/mrr": "operator",
    "GET /partners/{slug}/statement": "operator",
    "POST /partners/{slug}/statement/close": "operator",
    "GET /partners/{slug}/statement/rerun": "operator",
    "GET /partners/{slug}/statements": "operator",
    "GET /partners": "operator",
    "POST /partners": "operator",
    "GET /partners/{slug}": "operator",
    "PATCH /partners/{slug}": "operator",
    "DELETE /partners/{slug}": "operator",
    "GET /partners/{slug}/tenants": "operator",
    "GET /users": "operator",
    "GET /users/{user_id}": "operator",
    "PATCH /users/{user_id}": "operator",
}

PARTS = ("tenants", "partners", "users", "public", "operator", "customer")
# A second portal is another name, and no code.
OF_EVERY_PORTAL = {
    "chalicelib.handlers.portal.session_routes",
    "chalicelib.handlers.portal.static_files",
}
OTHER_SETS = ("authorizer", "reconcile", "schedule")
LOADED = """
import json, sys
from app import app
print(json.dumps({
    "routes": [f"{method} {path}" for path, of in app.routes.items() for method in of],
    "views": sorted({route.view_function.__module__ for of in app.routes.values() for route in of.values()}),
    "modules": [name for name in sys.modules if name.startswith("chalicelib.handlers.")],
}))
"""


@cache
def loaded(part: str) -> dict[str, list[str]]:
    """What a container of that function set serves and has imported."""
    environment = os.environ | {"FUNCTION_SET": part}
    command = [sys.executable, "-c", LOADED]
    printed = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)  # noqa: S603 (ours)
    found: dict[str, list[str]] = json.loads(printed.stdout)
    return found


@pytest.mark.parametrize(("path", "method", "route"), ROUTES)
def test_every_route_declares_its_operation(path, method, route):
    assert operation_of(route.view_function), f"{method} {path} says not who may call it"


@pytest.mark.parametrize(("path", "method", "route"), ROUTES)
def test_a_route_is_behind_the_authorizer_unless_it_is_public_or_a_portals(path, method, route):
    needs_token = operation_of(route.view_function).guard.kind not in {"public", "portal"}

    assert needs_token == (route.authorizer is not None)


@pytest.mark.parametrize(("path", "method", "route"), ROUTES)
def test_the_guard_of_portals_stands_before_their_addresses_and_no_others(path, method, route):
    is_portals = operation_of(route.view_function).guard.kind == "portal"

    assert is_portals == (f"/{path.split('/')[1]}" in PORTALS)


def test_the_public_routes_are_exactly_those_listed_here():
    without_token = {
        f"{method} {path}"
        for path, method, route in ROUTES
        if route.authorizer is None and not path.startswith(PORTALS)
    }

    assert without_token == PUBLIC_ROUTES


@pytest.mark.parametrize("address", GUARDS)
def test_a_route_of_the_design_is_served_behind_the_guard_of_the_design(address):
    method, path = address.split(" ")

    assert str(operation_of(app.routes[path][method].view_function).guard) == GUARDS[address]


@pytest.mark.parametrize(("path", "method", "route"), ROUTES)
def test_a_guard_of_a_tenant_stands_before_a_route_with_a_slug(path, method, route):
    guard = operation_of(route.view_function).guard

    assert guard.of_tenant == path.startswith("/tenants/{slug}")


def test_a_change_is_never_behind_a_guard_that_only_reads():
    reading = [
        f"{method} {path}"
        for path, method, route in ROUTES
        if method != "GET"
        and operation_of(route.view_function).guard.kind not in {"signed_in", "portal"}
        and not operation_of(route.view_function).guard.writes
    ]

    assert reading == []


def test_no_two_errors_share_a_code():
    codes = Counter(error.code for error in _errors(errors.ControlPlaneError))

    assert [code for code, times in codes.items() if times > 1] == []


def test_what_chalice_refuses_by_itself_has_the_codes_of_our_own_errors():
    ours = {error.code: (error.status, error.title) for error in _errors(errors.ControlPlaneError)}

    restated = {code: (status, title) for status, (code, title, _) in RESTATED.items() if code in ours}

    assert restated.items() <= ours.items()
    assert "unauthorized" in restated


def test_a_route_without_an_operation_is_answered_500_and_its_view_never_runs():
    small, ran = an_app_with_a_forgotten_operation()

    with Client(small, stage_name="test") as client:
        answer = client.http.get("/forgotten")

    assert (answer.status_code, answer.json_body["code"]) == (500, "internal-error")
    assert ran == []


def test_a_route_with_an_operation_runs():
    small, ran = an_app_with_a_forgotten_operation()

    with Client(small, stage_name="test") as client:
        answer = client.http.get("/declared")

    assert (answer.status_code, ran) == (200, ["declared"])


def test_a_route_without_an_operation_is_put_behind_the_authorizer_all_the_same():
    small, authorizer = an_app_with_a_forgotten_operation()[0], object()

    protect(small, authorizer)

    assert small.routes["/forgotten"]["GET"].authorizer is authorizer
    assert small.routes["/declared"]["GET"].authorizer is None


@pytest.mark.parametrize("part", PARTS)
def test_a_function_set_serves_its_own_routes_and_imports_no_others(part):
    mine = loaded(part)
    others = {view for other in PARTS if other != part for view in loaded(other)["views"]}

    assert mine["routes"]
    assert (others - set(mine["views"])).isdisjoint(mine["modules"])
    assert set(mine["views"]) & others <= OF_EVERY_PORTAL


def test_the_function_sets_together_serve_everything_once():
    served = [route for part in PARTS for route in loaded(part)["routes"]]

    assert sorted(served) == sorted(f"{method} {path}" for path, method, _ in ROUTES)


@pytest.mark.parametrize("part", OTHER_SETS)
def test_a_function_set_without_routes_imports_none(part):
    views = {view for each in PARTS for view in loaded(each)["views"]}

    assert loaded(part)["routes"] == []
    assert views.isdisjoint(loaded(part)["modules"])


def an_app_with_a_forgotten_operation() -> tuple[Chalice, list[str]]:
    small, ran = Chalice("small", configure_logs=False), []
    small.register_middleware(admission(small), "http")

    @small.route("/forgotten")
    def forgotten() -> dict[str, Any]:
        ran.append("forgotten")
        return {}

    @small.route("/declared")
    @operation(PUBLIC, "A route as it should be")
    def declared() -> dict[str, Any]:
        ran.append("declared")
        return {}

    return small, ran


def _errors(root: type[errors.ControlPlaneError]) -> Iterator[type[errors.ControlPlaneError]]:
    yield root
    for each in root.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from _errors(each)
