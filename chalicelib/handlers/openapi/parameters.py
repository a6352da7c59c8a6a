"""What goes beside the body: path, query and headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.handlers.openapi.schemas import Json, Schemas, without_null
from chalicelib.handlers.openapi.served import Served

VARIABLE = re.compile(r"{(\w+)}")
IDEMPOTENCY_KEY = "IdempotencyKey"
IF_MATCH = "IfMatch"
REF = "#/components/parameters/"

HEADERS: dict[str, Json] = {
    IDEMPOTENCY_KEY: {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Sent twice with one key, a request takes effect once and is answered the same.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        "example": "7c1f7b4e-6c0d-4f7e-9d55-3b1c2a4d5e6f",
    },
    IF_MATCH: {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The ETag of the version last read; 412 when that is no longer the stored one.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,12}"$'},
        "example": '"3"',
    },
}


def parameters_of(served: Served, schemas: Schemas) -> list[Json]:
    return [*_path(served), *_query(served, schemas), *_headers(served)]


def accepts_if_match(served: Served) -> bool:
    return served.operation.versioned and served.method in {"PATCH", "PUT"}


def accepts_idempotency_key(served: Served) -> bool:
    return served.method == "POST" and not served.is_public and served.operation.kept


def _path(served: Served) -> Iterator[Json]:
    for name in VARIABLE.findall(served.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query(served: Served, schemas: Schemas) -> Iterator[Json]:
    if served.operation.query is None:
        return
    model = schemas.of(served.operation.query)
    for name, described in model["properties"].items():
        schema = dict(without_null(described))
        text = schema.pop("description", None)
        is_required = name in model.get("required", ())
        parameter = {"name": name, "in": "query", "required": is_required, "schema": schema}
        yield parameter | ({"description": text} if text else {})


def _headers(served: Served) -> Iterator[Json]:
    if accepts_idempotency_key(served):
        yield {"$ref": REF + IDEMPOTENCY_KEY}
    if accepts_if_match(served):
        yield {"$ref": REF + IF_MATCH}
