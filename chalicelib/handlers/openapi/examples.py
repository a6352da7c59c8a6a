"""An example for each schema: the same few people and names everywhere, so that a reader knows them again."""

from __future__ import annotations

from typing import Any

from chalicelib.handlers.openapi.schemas import NULL, REF, Json

ID = "5f0c8a52b7d94e0c9a3f6d1e2b4c7a90"
MOMENT = "2026-11-22T09:30:00.000Z"
TYPES = {"string": str, "integer": int, "number": float, "boolean": bool, "array": list, "object": dict}
FIRST = {"integer": 1, "number": 1.0, "boolean": True}

# By the name of the field, where the type fits.
SAMPLES: dict[str, Any] = {
    "slug": "acme",
    "name": "Acme",
    "email": "anna@acme.example",
    "domain": "acme.example",
    "domains": ["acme.example"],
    "phone": "+45 33 12 34 56",
    "company": "Acme ApS",
    "address": "Havnegade 1, 1058 København K",
    "country": "DK",
    "vatId": "DK12345678",
    "reason": "The invoice of October is not paid",
    "issuer": "https://auth.example/application/o/operator/",
    "marginPct": 12.5,
    "version": 3,
    "service": "dezky-platform-api",
    "openapi": "3.1.0",
    "dependencies": {"database": "ok"},
}
USUALLY_NULL = {"authentik", "stalwart", "ocis", "suspendedReason", "terminatedAt", "nextCursor"}


def example_of(schema: Json, components: dict[str, Json], name: str = "") -> Any:
    """A value that fits `schema`; `name` is the field that it stands in."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].removeprefix(REF)], components, name)
    if "anyOf" in schema:
        is_null = NULL in schema["anyOf"] and name in USUALLY_NULL
        first = next(each for each in schema["anyOf"] if each != NULL)
        outer = {each: value for each, value in schema.items() if each not in {"anyOf", "default"}}
        return None if is_null else example_of(outer | first, components, name)
    if isinstance(SAMPLES.get(name), TYPES[schema["type"]]) and "enum" not in schema:
        return SAMPLES[name]
    if schema["type"] == "object":
        fields = schema.get("properties", {})
        return {each: example_of(described, components, each) for each, described in fields.items()}
    if schema["type"] == "array":
        return [example_of(schema["items"], components, name)]
    return _single(schema, name)


def _single(schema: Json, name: str) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] != "string":
        return FIRST[schema["type"]]
    if schema.get("format") == "date-time":
        return MOMENT
    return ID if name == "id" or name.endswith("Id") else "…"
