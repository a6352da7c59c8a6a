"""From a form's text to what the API takes. What is not understood goes on as it is: the API refuses it."""

from __future__ import annotations

from collections.abc import Mapping

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
