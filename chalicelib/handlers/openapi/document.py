"""The document: paths from operations, components from models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pydantic import BaseModel

from chalicelib.auth.guards import Guard
from chalicelib.config import VERSION
from chalicelib.domain.user import ROLES
from chalicelib.handlers.http import JSON
from chalicelib.handlers.openapi.examples import example_of
from chalicelib.handlers.openapi.parameters import HEADERS, parameters_of
from chalicelib.handlers.openapi.refusals import PROBLEM_SCHEMAS, problem_response, refusals_of
from chalicelib.handlers.openapi.schemas import Json, Schemas
from chalicelib.handlers.openapi.served import Served

HTML = "text/html"
SERVICE_NOUNS = {"health", "openapi", "docs"}
ABOUT = """The control plane of dezky: partners, tenants and the people in them.

Bodies are JSON with camelCase names; an unknown field is refused with 422. Addresses use slugs, bodies \
refer by id. Answers may gain fields.

Lists take `limit` and `cursor` and answer `items` and `nextCursor`; a cursor is good for the same search \
only. What carries an `ETag` can be changed under `If-Match`. A POST accepts an `Idempotency-Key`.

Refusals are `application/problem+json`; 429 and 503 say in `Retry-After` when to come back."""

RESPONSE_HEADERS: dict[str, Json] = {
    "ETag": {"description": "The version, for If-Match", "required": True, "schema": {"type": "string"}},
    "Location": {"description": "Where the new one is", "required": True, "schema": {"type": "string"}},
    "X-Request-Id": {"description": "Finds it in our log", "required": True, "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
}


def document_of(served: Iterable[Served]) -> Json:
    operations = tuple(served)
    writer = _Writer(operations)
    paths: dict[str, Json] = defaultdict(dict)
    for each in operations:
        paths[each.path][each.method.lower()] = writer.operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "dezky platform API", "version": VERSION, "description": ABOUT},
        "tags": [{"name": name} for name in dict.fromkeys(map(_tag, operations))],
        "paths": dict(paths),
        "components": {
            "schemas": writer.components,
            "parameters": HEADERS,
            "headers": RESPONSE_HEADERS,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


class _Writer:
    """Knows all operations while it writes one: their models, and which addresses can be read."""

    def __init__(self, operations: tuple[Served, ...]) -> None:
        self._schemas = Schemas(operations)
        self._readable = {each.path for each in operations if each.method == "GET"}
        self.components = self._schemas.components() | PROBLEM_SCHEMAS

    def operation(self, served: Served) -> Json:
        takes = served.operation.takes
        body = {"requestBody": {"required": True, "content": self._json(takes)}} if takes else {}
        return {
            "operationId": served.view,
            "summary": served.operation.summary,
            "description": self._description(served),
            "tags": [_tag(served)],
            "security": [] if served.is_public else [{"bearer": []}],
            "parameters": parameters_of(served, self._schemas),
            **body,
            "responses": self._responses(served),
        }

    def _description(self, served: Served) -> str:
        query = served.operation.query
        more = self._schemas.of(query).get("description") if query else None
        return f"For {who(served.operation.guard)}." + (f" {more}" if more else "")

    def _responses(self, served: Served) -> Json:
        other = problem_response("Any other failure, such as 429 or 500")
        return {str(served.operation.status): self._success(served), **refusals_of(served), "default": other}

    def _success(self, served: Served) -> Json:
        content = self._content(served)
        headers = {name: {"$ref": f"#/components/headers/{name}"} for name in self._header_names(served)}
        return {"description": "Done", "headers": headers} | ({"content": content} if content else {})

    def _content(self, served: Served) -> Json:
        if served.operation.gives:
            others = {each: {"schema": {"type": "string"}} for each in served.operation.also}
            return self._json(served.operation.gives) | others
        return {} if served.operation.status == 204 else {HTML: {"schema": {"type": "string"}}}

    def _json(self, model: type[BaseModel]) -> Json:
        schema = self._schemas.reference(model)
        return {JSON: {"schema": schema, "example": example_of(schema, self.components)}}

    def _header_names(self, served: Served) -> list[str]:
        names = ["X-Request-Id"]
        if served.operation.versioned:
            names.append("ETag")
        if served.operation.status == 201 and self._is_read_below(served.path):
            names.append("Location")
        return names

    def _is_read_below(self, path: str) -> bool:
        """Is there an address for one of this collection?"""
        return any(each.rpartition("/")[0] == path and each.endswith("}") for each in self._readable)


def who(guard: Guard) -> str:
    """Who may call, in words."""
    if guard.kind == "public":
        return "everyone, without a token"
    if guard.kind == "signed_in":
        return "everyone who is signed in"
    if guard.kind == "operator":
        return "operators"
    roles = " and ".join(f"{role}s" for role in ROLES[ROLES.index(guard.role or ROLES[0]) :])
    people = "members" if guard.role in {None, ROLES[0]} else roles
    return f"{people} of the tenant" + (", and operators" if guard.admits_operators else "")


def _tag(served: Served) -> str:
    return "service" if served.noun in SERVICE_NOUNS else served.noun
