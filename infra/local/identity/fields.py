"""How a request body is read: field by field, all complaints at once, unknown fields ignored.

Source   Django REST framework, serializer fields and their messages
"""

import copy
import re
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.identity.refusals import RefusedError, invalid, invalid_as_a_whole

Record = dict[str, Any]
Check = Callable[[Any], Any]

REQUIRED = object()
EMAIL = re.compile(r"[^@\s]+@(localhost|[^@\s.]+(\.[^@\s.]+)+)")
SLUG = re.compile(r"[-a-zA-Z0-9_]+")
LARGEST_INTEGER = 2**31 - 1


class WrongValueError(ValueError):
    """A value is not accepted: a sentence for the caller, or one complaint for each item of a list."""

    def __init__(self, complaint: str | list[Any]) -> None:
        super().__init__("a value is not accepted")
        self.complaints = [complaint] if isinstance(complaint, str) else complaint


@dataclass(frozen=True)
class Field:
    """One writable field: how it is checked, and what stands there when it is not sent."""

    check: Check
    default: Any = REQUIRED
    nullable: bool = False

    def cleaned(self, value: Any) -> Any:
        if value is None:
            if self.nullable:
                return None
            raise WrongValueError("This field may not be null.")
        return self.check(value)


def read(fields: Mapping[str, Field], body: Any, *, partial: bool) -> Record:
    """The cleaned values of `body`; a partial one leaves out what was not sent.

    Raises   RefusedError 400 that names every wrong field
    """
    if not isinstance(body, dict):
        raise invalid_as_a_whole(f"Invalid data. Expected a dictionary, but got {type(body).__name__}.")
    values: Record = {}
    errors: dict[str, list[Any]] = {}
    for name, field in fields.items():
        if name in body:
            _take(name, field, body[name], (values, errors))
        elif field.default is REQUIRED and not partial:
            errors[name] = ["This field is required."]
        elif not partial:
            values[name] = copy.deepcopy(field.default)
    if errors:
        raise invalid(errors)
    return values


def _take(name: str, field: Field, value: Any, into: tuple[Record, dict[str, list[Any]]]) -> None:
    values, errors = into
    try:
        values[name] = field.cleaned(value)
    except WrongValueError as error:
        errors[name] = error.complaints


def text(*, blank: bool = False, longest: int | None = None) -> Check:
    def check(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise WrongValueError("Not a valid string.")
        stripped = str(value).strip()
        if not stripped and not blank:
            raise WrongValueError("This field may not be blank.")
        if longest is not None and len(stripped) > longest:
            raise WrongValueError(f"Ensure this field has no more than {longest} characters.")
        return stripped

    return check


def flag(value: Any) -> bool:
    if value in (True, "true", "True", "1"):
        return True
    if value in (False, "false", "False", "0"):
        return False
    raise WrongValueError("Must be a valid boolean.")


def number(*, least: int = -LARGEST_INTEGER - 1) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not re.fullmatch(r"-?\d+", str(value)):
            raise WrongValueError("A valid integer is required.")
        if int(value) < least:
            raise WrongValueError(f"Ensure this value is greater than or equal to {least}.")
        if int(value) > LARGEST_INTEGER:
            raise WrongValueError(f"Ensure this value is less than or equal to {LARGEST_INTEGER}.")
        return int(value)

    return check


def email(value: Any) -> str:
    given: str = text(blank=True, longest=254)(value)
    if given and not EMAIL.fullmatch(given):
        raise WrongValueError("Enter a valid email address.")
    return given


def web_address(value: Any) -> str:
    given: str = text(blank=True)(value)
    if given and not re.match(r"https?://[^\s/]+", given):
        raise WrongValueError("Enter a valid URL.")
    return given


def slug(value: Any) -> str:
    given: str = text()(value)
    if not SLUG.fullmatch(given):
        raise WrongValueError("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.")
    return given


def choice(*allowed: str) -> Check:
    def check(value: Any) -> str:
        if value not in allowed:
            raise WrongValueError(f'"{value}" is not a valid choice.')
        return str(value)

    return check


def dictionary(value: Any) -> Record:
    if not isinstance(value, dict):
        raise WrongValueError("Value must be a dictionary, and not have any duplicate keys.")
    return copy.deepcopy(value)


def list_of(check: Check) -> Check:
    def check_all(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise WrongValueError(f'Expected a list of items but got type "{type(value).__name__}".')
        return [check(item) for item in value]

    return check_all


def list_with(fields: Mapping[str, Field]) -> Check:
    """A list of objects with these fields; what is wrong is said item by item."""

    def check_all(value: Any) -> list[Any]:
        items = [_item(fields, item) for item in list_of(lambda item: item)(value)]
        if any(isinstance(item, RefusedError) for item in items):
            raise WrongValueError([item.body if isinstance(item, RefusedError) else {} for item in items])
        return items

    return check_all


def _item(fields: Mapping[str, Field], item: Any) -> Record | RefusedError:
    try:
        return read(fields, item, partial=False)
    except RefusedError as error:
        return error


def any_uuid(value: Any) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError as error:
        raise WrongValueError(f"“{value}” is not a valid UUID.") from error


def uuid_of(known: Collection[str]) -> Check:
    """The key of an existing object whose keys are UUIDs."""

    def check(value: Any) -> str:
        key = any_uuid(value)
        if key not in known:
            raise WrongValueError(f'Invalid pk "{value}" - object does not exist.')
        return key

    return check


def integer_key_of(known: Collection[str]) -> Check:
    """The key of an existing object whose keys are integers (stored as text)."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not re.fullmatch(r"\d+", str(value)):
            raise WrongValueError(f"Incorrect type. Expected pk value, received {type(value).__name__}.")
        if str(value) not in known:
            raise WrongValueError(f'Invalid pk "{value}" - object does not exist.')
        return int(value)

    return check
