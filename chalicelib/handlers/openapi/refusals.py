"""What an operation may refuse: the refusals that its guard, its body and its query bring, and its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from chalicelib.auth.guards import Guard
from chalicelib.domain.user import ROLES
from chalicelib.errors import (
    BadCursor,
    BadParameter,
    BadRequest,
    ConcurrentChange,
    Deactivated,
    Forbidden,
    KeyReused,
    MalformedBody,
    OperatorRightsRequired,
    OperatorScopeRequired,
    PayloadTooLarge,
    RoleRequired,
    TenantNotFound,
    TenantSuspended,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
)
from chalicelib.handlers.lists import PageQuery
from chalicelib.handlers.openapi.parameters import accepts_idempotency_key
from chalicelib.handlers.openapi.schemas import REF, Json
from chalicelib.handlers.openapi.served import Served
from chalicelib.handlers.operation import Refusal
from chalicelib.handlers.problems import PROBLEM

PROBLEM_SCHEMAS: dict[str, Json] = {
    "Problem": {
        "description": "A refusal (RFC 9457). `code` is stable; `requestId` finds the request in our log.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "code", "requestId"],
        "properties": {
            "type": {"type": "string", "description": "urn:dezky:problem: and the code"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "requestId": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {"$ref": REF + "WrongField"},
                "description": "with 422 only: each wrong field",
            },
            "moved": {
                "type": "array",
                "items": {"type": "string"},
                "description": "with plan-moved only: what differs from the plan that was approved",
            },
            "plan": {
                "type": "object",
                "required": ["digest", "steps"],
                "properties": {
                    "digest": {"type": "string"},
                    "steps": {
                        "type": "object",
                        "additionalProperties": {"type": "array", "items": {"type": "string"}},
                    },
                },
                "description": "with plan-moved only: the fresh plan",
            },
            "dependencies": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "with not-ready only: `ok`, or in plain words what is wrong, for each",
            },
        },
    },
    "WrongField": {
        "description": "One field that is wrong, and what is expected of it.",
        "type": "object",
        "required": ["field", "message"],
        "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
    },
}


def refusals_of(served: Served) -> dict[str, Json]:
    """A response for each status that the operation refuses with, in order."""
    by_status: dict[int, dict[str, Refusal]] = defaultdict(dict)
    for each in _every(served):
        by_status[each.status][each.code] = each
    return {str(status): _response(by_status[status]) for status in sorted(by_status)}


def problem_response(description: str) -> Json:
    return {"description": description, "content": {PROBLEM: {"schema": {"$ref": REF + "Problem"}}}}


def _response(refusals: dict[str, Refusal]) -> Json:
    title = next(iter(refusals.values())).title
    response = problem_response(f"{title}: {', '.join(refusals)}") | {"x-codes": list(refusals)}
    if Unavailable.code in refusals:
        response["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return response


def _every(served: Served) -> Iterator[Refusal]:
    yield from (BadRequest, MalformedBody, BadParameter, PayloadTooLarge, Unavailable)
    yield from _of_query(served)
    yield from _of_body(served)
    yield from _of_guard(served.operation.guard)
    if accepts_idempotency_key(served):
        yield from (KeyReused, ConcurrentChange)  # a rival with the same key is still at work
    yield from served.operation.refuses


def _of_query(served: Served) -> Iterator[Refusal]:
    query = served.operation.query
    if query:
        yield Unprocessable
        if issubclass(query, PageQuery):
            yield BadCursor


def _of_body(served: Served) -> Iterator[Refusal]:
    if served.operation.takes:
        yield from (UnsupportedMediaType, Unprocessable)


def _of_guard(guard: Guard) -> Iterator[Refusal]:
    if guard.kind == "public":
        return
    yield from (Unauthenticated, Forbidden, Deactivated)
    if guard.kind == "operator":
        yield from (OperatorScopeRequired, OperatorRightsRequired)
    if guard.of_tenant:
        yield TenantNotFound
    if guard.role and guard.role != ROLES[0]:
        yield RoleRequired
    if guard.kind == "tenant_member" and guard.writes:
        yield TenantSuspended
