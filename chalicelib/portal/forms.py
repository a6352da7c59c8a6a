"""From a form's text to what the API takes. What is not understood goes on as it is: the API refuses it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

CONTACT = ("name", "email", "phone")
BILLING = ("company", "address", "country", "vatId", "email")


def number(text: str) -> float | str:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def group(form: Mapping[str, str], name: str, fields: tuple[str, ...]) -> dict[str, str] | None:
    """Fields such as `contact.email` as one object without the empty ones; None when all are empty."""
    given = {field: form.get(f"{name}.{field}", "") for field in fields}
    return {field: text for field, text in given.items() if text} or None


def if_match(form: Mapping[str, str]) -> dict[str, str]:
    """The version that the person saw: nobody overwrites what they have not read."""
    version = form.get("version", "")
    return {"If-Match": f'"{version}"'} if version else {}


def whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def first_of(day: str) -> str:
    """The beginning of a day, as the API's filters take it."""
    return f"{day}T00:00:00Z" if day else ""


def day_after(day: str) -> str:
    """The end of a day: the beginning of the next one."""
    try:
        return first_of((date.fromisoformat(day) + timedelta(days=1)).isoformat())
    except (ValueError, OverflowError):
        return first_of(day)
