"""How a value becomes a document and back, and how it is saved without losing anyone's update."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from chalicelib.domain.model import Model

M = TypeVar("M", bound=Model)
Document = dict[str, Any]


def to_document(value: Model) -> Document:
    """camelCase, `id` as `_id`, and no field that is None: absent and null are one."""
    fields = value.model_dump(by_alias=True, exclude_none=True)
    return {"_id": fields.pop("id"), **fields}


def from_document(model: type[M], document: Mapping[str, Any]) -> M:
    """The value; fields that an older document lacks read as their defaults, unknown ones are ignored."""
    return model.model_validate({**_without_nulls(document), "id": document["_id"]})


def _without_nulls(document: Mapping[str, Any]) -> Document:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in document.items()
        if value is not None
    }


def optional_fields(model: type[Model]) -> tuple[str, ...]:
    """The document fields that are removed when the value has none: those whose default is None."""
    return tuple(field.alias or name for name, field in model.model_fields.items() if field.default is None)


def replacement(document: Document, optional: tuple[str, ...]) -> Document:
    """The update that makes the stored fields equal to `document` and leaves fields of other versions alone.

    optional   fields that are removed when `document` lacks them
    """
    fields = {name: value for name, value in document.items() if name != "_id"}
    gone = dict.fromkeys((name for name in optional if name not in fields), "")
    return {"$set": fields, **({"$unset": gone} if gone else {})}


def search_terms(*terms: str | None) -> list[str]:
    """Lower-case words to search by their beginning: whole terms, and each word of a name."""
    whole = {each.casefold() for each in terms if each}
    return sorted(whole | {word for each in whole for word in each.split()})


def beginning_with(text: str) -> Document:
    """The condition that some search term begins with `text`.

    A range over one element, not a regular expression: it needs no escaping and always runs on the index.
    """
    start = text.casefold()
    return {"$elemMatch": {"$gte": start, "$lt": start + "\U0010ffff"}}


def sort_key(value: str | datetime | None, unique: str) -> str:
    """A string that sorts like `value` and that no other row has: lists page by it without gaps or repeats.

    A date counts in UTC milliseconds; a missing value sorts before all others.
    """
    if isinstance(value, datetime):
        value = value.astimezone(UTC).isoformat(timespec="milliseconds")
    return f"{(value or '').casefold()}\u0000{unique}"
