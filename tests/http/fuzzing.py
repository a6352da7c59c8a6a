"""Requests made from the document: fitting ones, and ones that differ from them in a few hostile places."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote

from chalicelib.handlers import openapi
from chalicelib.handlers.openapi.examples import example_of

METHODS = [
    (method, path, operation)
    for path, methods in openapi.document()["paths"].items()
    for method, operation in methods.items()
]
HOSTILE: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1.5, 1e-300, "", " ", "a" * 5_000, "\u0000", "\ud800", "\u202e", "Ünïcødé",
    "null", "$ne", "../..", "%00", "'\"<script>", "2026-13", [], [[]], [None], ["a"] * 200, {}, {"$gt": ""},
    {"": {}}, {"a": {"b": {"c": [{}]}}},
)  # fmt: skip
WORDS = [str(each) for each in HOSTILE if isinstance(each, str) and each.isprintable()] + [
    "0",
    "-1",
    "nan",
    "1e9",
]
TAGS = ['"1"', '"999999999999"', '"9999999999999"', "*", 'W/"1"', '"', "1", '"x"']
KEYS = ["k", "k", "a" * 255, "a" * 256, "~", "a b"]


class Requests:
    """An endless supply of requests, the same ones for the same seed."""

    def __init__(self, seed: int, slugs: list[str], ids: list[str]) -> None:
        self._random = Random(seed)  # noqa: S311 (repeatable, not secret)
        self._slugs = slugs
        self._ids = ids

    def of(self, path: str, operation: dict[str, Any]) -> dict[str, Any]:
        """What requests.request takes, beside the method."""
        given: dict[str, Any] = {"path": self._filled(path), "params": self._query(operation)}
        given["headers"] = dict(self._headers(operation))
        if "requestBody" in operation:
            given["json"] = self._body(operation["requestBody"]["content"]["application/json"]["schema"])
        return given

    def _filled(self, path: str) -> str:
        for name, known in (("{slug}", self._slugs), ("{user_id}", self._ids)):
            value = self._random.choice(known if self._mostly() else [each for each in WORDS if each.strip()])
            path = path.replace(name, quote(value, safe=""))
        return path

    def _query(self, operation: dict[str, Any]) -> dict[str, str]:
        named = [each for each in operation["parameters"] if each.get("in") == "query"]
        asked = self._random.sample(named, self._random.randint(0, len(named)))
        query = {each["name"]: self._parameter(each["schema"]) for each in asked}
        return query if self._mostly() else query | {self._random.choice(["more", "limit", "$where"]): "1"}

    def _parameter(self, schema: dict[str, Any]) -> str:
        if "enum" in schema and self._mostly():
            return str(self._random.choice(schema["enum"]))
        return str(example_of(schema, {})) if self._mostly() else self._random.choice(WORDS)

    def _headers(self, operation: dict[str, Any]) -> Iterator[tuple[str, str]]:
        references = {each.get("$ref", "").rpartition("/")[2] for each in operation["parameters"]}
        if "IfMatch" in references and not self._mostly():
            yield "If-Match", self._random.choice(TAGS)
        if "IdempotencyKey" in references and not self._mostly():
            yield "Idempotency-Key", self._random.choice(KEYS)

    def _body(self, schema: dict[str, Any]) -> Any:
        body = copy.deepcopy(example_of(schema, openapi.document()["components"]["schemas"]))
        if "slug" in body:
            body["slug"] = f"fuzz-{self._random.randrange(10**9)}"
        for _ in range(self._random.choice((0, 0, 1, 1, 2, 4))):
            self._spoil(body)
        return body

    def _spoil(self, body: dict[str, Any]) -> None:
        """Somewhere in the body: a field less, a field more, or another value."""
        name = self._random.choice([*body, "more"])
        inner = body.get(name)
        if isinstance(inner, dict) and inner and self._mostly():
            self._spoil(inner)
        elif name in body and not self._mostly():
            del body[name]
        else:
            body[name] = copy.deepcopy(self._random.choice(HOSTILE))

    def _mostly(self) -> bool:
        return self._random.random() < 0.7
