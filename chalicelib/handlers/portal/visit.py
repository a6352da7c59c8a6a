"""Visit: one request of someone who is signed in, and what a view answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chalicelib.handlers.portal.platform import ApiRefused, Platform

if TYPE_CHECKING:
    from chalicelib.auth.surface import Surface
    from chalicelib.services.sessions import OpenSession


class Form(dict[str, str]):
    """What was sent: text without blanks around it; a field that was not sent reads as empty."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class FormRefusal:
    """Why the API did not take a form; the page shows it again with what was typed.

    dialog   the dialog that the form stands in
    detail   one sentence for the form as a whole
    errors   a sentence by field, named as in the form
    """

    dialog: str
    detail: str
    errors: Mapping[str, str]
    values: Form
    status: int

    def error(self, name: str) -> str:
        """What is wrong with that field, or with a part of it: `domains` answers for `domains.1`."""
        found = (text for field, text in self.errors.items() if _top(field, name))
        return next(found, "")

    @property
    def elsewhere(self) -> list[str]:
        """Errors of fields that the form does not have."""
        return [f"{field}: {text}" for field, text in self.errors.items() if not self._has(field)]

    def _has(self, field: str) -> bool:
        return any(_top(field, name) for name in self.values)


@dataclass(frozen=True, slots=True)
class Visit:
    """
    api      calls the platform's API with the rights of this person
    query    of the address; `form` is what a POST sent
    refused  set when the page is shown again because its form was refused
    """

    surface: Surface
    open: OpenSession
    api: Platform
    query: Form
    form: Form = field(default_factory=Form)
    refused: FormRefusal | None = None

    @property
    def dialog(self) -> str:
        """The dialog that the page opens with: the refused form's, else the one that the address names."""
        return self.refused.dialog if self.refused else self.query["dialog"]

    def confirmed(self, name: str) -> None:
        """Raises ApiRefused unless the form's `confirm` repeats `name`: a slip must not end a tenant."""
        if self.form["confirm"] != name:
            wrong = {"confirm": f"Type {name} exactly"}
            raise ApiRefused(422, "unconfirmed", "Nothing was done: the name was not confirmed", wrong)

    @property
    def chosen(self) -> str:
        """What a dialog that stands for many rows is about."""
        return self.refused.values["chosen"] if self.refused else self.query["chosen"]

    def again(self, refused: FormRefusal) -> Visit:
        return replace(self, refused=refused)


@dataclass(frozen=True, slots=True)
class Page:
    """
    here     the page's own address within the portal, where Cancel and the filters lead
    active   the entry of the navigation that it belongs to
    shown    what the template shows
    """

    template: str
    title: str
    here: str
    active: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Go:
    """A redirect to another page of the portal; `done` names the fixed text that is shown there."""

    path: str
    done: str = ""


def _top(field: str, name: str) -> bool:
    return field == name or field.startswith(f"{name}.")
