"""Models as JSON schemas: what is accepted of commands and queries, what is sent of answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from chalicelib.handlers.openapi.served import Served

Json = dict[str, Any]
REF = "#/components/schemas/"
NULL = {"type": "null"}


class Schemas:
    """The models of all operations, each once, under the name of its class."""

    def __init__(self, operations: Iterable[Served]) -> None:
        every = tuple(operations)
        inputs = sorted(set(_models(every)), key=lambda each: (each[0].__name__, each[0].__module__))
        named, made = models_json_schema(inputs, ref_template=REF + "{model}", schema_generator=Plain)
        self._names = {model: str(ref["$ref"]).removeprefix(REF) for (model, _), ref in named.items()}
        self._all: dict[str, Json] = made["$defs"]
        self._queries = {self._names[each.operation.query] for each in every if each.operation.query}
        self._forget_defaults_of_changes(every)

    def components(self) -> dict[str, Json]:
        """Everything but the queries, which are written out as parameters."""
        return {name: schema for name, schema in sorted(self._all.items()) if name not in self._queries}

    def of(self, model: type[BaseModel]) -> Json:
        return self._all[self._names[model]]

    def reference(self, model: type[BaseModel]) -> Json:
        return {"$ref": REF + self._names[model]}

    def _forget_defaults_of_changes(self, every: Iterable[Served]) -> None:
        """A field that a change leaves out stays as it is; the model's default is never used."""
        for each in every:
            if each.method == "PATCH" and each.operation.takes:
                for field in self.of(each.operation.takes)["properties"].values():
                    field.pop("default", None)


class Plain(GenerateJsonSchema):
    """No titles made up from names; what is sent is always there; moments as they travel."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # pydantic's signature
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)

    def generate_inner(self, schema: Any) -> Json:
        if schema["type"] == "datetime":  # answers send it as text, whatever serializer writes it
            return {"type": "string", "format": "date-time"}
        return super().generate_inner(schema)


def without_null(schema: Json) -> Json:
    """The schema of a value that is there: `X | None` becomes X."""
    if NULL not in schema.get("anyOf", ()):
        return schema
    outer = {name: value for name, value in schema.items() if name not in {"anyOf", "default"}}
    kept = [each for each in schema["anyOf"] if each != NULL]
    return (kept[0] if len(kept) == 1 else {"anyOf": kept}) | outer


def _models(every: Iterable[Served]) -> Iterator[tuple[type[BaseModel], JsonSchemaMode]]:
    for each in every:
        for accepted in (each.operation.takes, each.operation.query):
            if accepted:
                yield accepted, "validation"
        if each.operation.gives:
            yield each.operation.gives, "serialization"
