"""Who may call what: routes, the authorizer, and the gateway's right to call a function."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from infra.aws.manifest import AUTHORIZER_TTL, PUBLIC_ROUTES
from infra.aws.rules.reading import INTEGRATION, Deployed, function_in, referred, text

LONGEST_TTL = 60  # seconds
AUTHORIZER = "x-amazon-apigateway-authorizer"


def dep_01_only_listed_routes_are_public(deployed: Deployed) -> Iterator[str]:
    open_routes = {
        route for route, operation in deployed.operations() if not _is_guarded(deployed, operation)
    }
    for route in sorted(open_routes):
        if not any(fnmatchcase(route, public) for public in PUBLIC_ROUTES):
            yield f"{route} has no authorizer, and is not on the list of public routes"
    for public in sorted(PUBLIC_ROUTES):
        if not any(fnmatchcase(route, public) for route in open_routes):
            yield f"{public} is on the list of public routes, but no such route is public"


def _is_guarded(deployed: Deployed, operation: Any) -> bool:
    schemes = deployed.definition.get("securityDefinitions", {})
    named = [name for each in operation.get("security") or [] for name in each]
    return bool(named) and all(AUTHORIZER in schemes.get(name, {}) for name in named)


def dep_03_a_revocation_is_felt_in_time(deployed: Deployed) -> Iterator[str]:
    for name, scheme in deployed.definition.get("securityDefinitions", {}).items():
        ttl = scheme.get(AUTHORIZER, {}).get("authorizerResultTtlInSeconds", 300)
        if ttl > LONGEST_TTL or ttl != AUTHORIZER_TTL:
            yield f"{name} keeps an answer for {ttl} s; the documented bound is {AUTHORIZER_TTL} s"


def dep_06_the_gateway_may_call_each_function_for_its_own_routes_only(deployed: Deployed) -> Iterator[str]:
    for name, each in deployed.of("Lambda::Permission").items():
        if "*" in each["Principal"] or not each.get("SourceArn"):
            yield f"{name} lets anyone call {referred(each['FunctionName'])}"
        elif each["Principal"] == "apigateway.amazonaws.com" and _is_wide(text(each["SourceArn"])):
            yield f"{name} is not for one method and path: {text(each['SourceArn'])}"
    for route, operation in deployed.operations():
        if operation[INTEGRATION]["type"] == "aws_proxy" and not _may_be_called(deployed, route, operation):
            yield f"{route}: the gateway may not call {deployed.function_of(operation)}"
    for name, scheme in deployed.definition.get("securityDefinitions", {}).items():
        if not _permitted(deployed, function_in(scheme[AUTHORIZER]["authorizerUri"]), "authorizers/x"):
            yield f"{name}: the gateway may not call its function"


def _is_wide(source: str) -> bool:
    """`…/stage/METHOD/path`, with stars for what callers fill in, or for a portal's whole path."""
    target = source.rpartition("${RestAPI}/")[2].split("/")
    is_authorizer = target[0] == "authorizers"
    return not is_authorizer and (len(target) < 3 or "*" in "".join(target[:3]))


def _may_be_called(deployed: Deployed, route: str, operation: Any) -> bool:
    method, path = route.split(" ")
    called = "/".join("x" if part.startswith("{") else part for part in path.split("/"))
    return _permitted(deployed, deployed.function_of(operation), f"${{Stage}}/{method}{called}")


def _permitted(deployed: Deployed, function: str, called: str) -> bool:
    return any(
        referred(each["FunctionName"]) == function
        and fnmatchcase(called, text(each.get("SourceArn", "")).rpartition("${RestAPI}/")[2])
        for each in deployed.of("Lambda::Permission").values()
    )


def dep_14_nothing_of_development_is_deployed(deployed: Deployed) -> Iterator[str]:
    parameters = deployed.template["Parameters"]
    if parameters["Stage"].get("AllowedPattern") != "dev|prod":
        yield "Stage may be something else than dev or prod: local would let http:// in"
    for route, _ in deployed.operations():
        if any(word in route.lower() for word in ("debug", "_faults", "/test", "graphiql")):
            yield f"{route} belongs to development"


def dep_16_no_foreign_page_may_call_with_credentials(deployed: Deployed) -> Iterator[str]:
    """The portals and the API need no CORS: pages come from the host that they call."""
    for route, operation in deployed.operations():
        if route.startswith("OPTIONS") or "Access-Control" in str(operation):
            yield f"{route} answers other origins"
    responses = deployed.definition.get("x-amazon-apigateway-gateway-responses", {})
    for name, each in responses.items():
        if "Access-Control" in str(each):
            yield f"the gateway's {name} answers other origins"
