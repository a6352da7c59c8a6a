"""Fields with their types in words, and the shapes that they make up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chalicelib.handlers.docs_page.markup import Html, element, joined, prose, separated
from chalicelib.handlers.openapi.schemas import NULL, REF, Json, without_null

LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} long",
    "maxLength": "at most {} long",
    "maxItems": "at most {} of them",
}
SELF_EVIDENT = {("minLength", 1)}
BREAK = Html("<br>")
CALLED = {"string": "text", "integer": "whole number", "boolean": "true or false", "date-time": "moment"}


def field(name: str, schema: Json, *, is_required: bool = False, where: str = "") -> Html:
    """A row of a list of fields."""
    words = [_where(where), type_of(schema), *_limits(schema), *_default(schema)]
    required = element("strong", "required") if is_required else Html()
    about = joined(separated([each for each in [*words, required] if each], ", "))
    text = schema.get("description")
    return joined(
        element("dt", element("code", name)),
        element("dd", about, *((BREAK, prose(text)) if text else ())),
    )


def fields_of(schema: Json) -> Html:
    required = schema.get("required", ())
    rows = (field(name, of, is_required=name in required) for name, of in schema["properties"].items())
    return element("dl", *rows)


def type_of(schema: Json) -> Html:
    """What a value is, in words; a shape is a link to it."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return element("a", name, href=f"#{name}")
    if NULL in schema.get("anyOf", ()):
        return joined(type_of(without_null(schema)), " or null")
    if "anyOf" in schema:
        return separated([type_of(each) for each in schema["anyOf"]], " or ")
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return separated([element("code", str(value)) for value in values], " | ")
    if "items" in schema:
        return joined("list of ", type_of(schema["items"]))
    kind = str(schema.get("format", schema["type"]))
    return joined(CALLED.get(kind, kind))


def example(value: Any) -> Html:
    written = json.dumps(value, indent=2, ensure_ascii=False)
    return element("details", element("summary", "Example"), element("pre", element("code", written)))


def _limits(schema: Json) -> Iterator[Html]:
    inner = without_null(schema)
    for name, words in LIMITS.items():
        if name in inner and (name, inner[name]) not in SELF_EVIDENT:
            yield joined(words.format(f"{inner[name]:g}"))
    if "pattern" in inner:
        yield joined("like ", element("code", inner["pattern"]))


def _default(schema: Json) -> Iterator[Html]:
    default = schema.get("default")
    if default is not None:
        yield joined(
            "default ", element("code", default if isinstance(default, str) else json.dumps(default))
        )


def _where(where: str) -> Html:
    return joined(f"in the {where}") if where else Html()
