"""What the API serves, read from its blueprints."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy, deepcopy
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from chalice.app import Blueprint, Chalice

from chalicelib.config import SERVICE
from chalicelib.handlers.operation import Operation, operation_of


@dataclass(frozen=True, slots=True)
class Served:
    """
    method   in upper case
    view     the name of the function that answers
    noun     the module that it stands in
    """

    path: str
    method: str
    view: str
    noun: str
    operation: Operation

    @property
    def is_public(self) -> bool:
        return self.operation.guard.kind == "public"


def served() -> tuple[Served, ...]:
    """Every operation, in the order of the nouns."""
    return tuple(each for noun in _nouns() for each in _operations(noun))


def _operations(noun: ModuleType) -> Iterator[Served]:
    for path, methods in app_of(noun.routes).routes.items():
        for method, route in methods.items():
            view = route.view_function
            declared = operation_of(view)
            if declared and view.__module__ == noun.__name__:  # one without an operation is never served
                yield Served(path, method, view.__name__, noun.__name__.rpartition(".")[2], declared)


def app_of(blueprint: Blueprint) -> Chalice:
    """The app that answers with this blueprint; in a container of other parts, one made to be read."""
    try:
        return blueprint.current_app
    except RuntimeError:
        app = _Reader(SERVICE, configure_logs=False)
        app.register_blueprint(copy(blueprint))
        return app


class _Reader(Chalice):
    """Leaves a blueprint as it was: Chalice takes the methods out of it, so that it registers only once."""

    def _register_handler(self, *given: Any) -> None:
        super()._register_handler(*deepcopy(given))


def _nouns() -> tuple[ModuleType, ...]:
    """What app.py serves as API; imported late: only who asks for the document pays for all of it."""
    from chalicelib.handlers import (  # noqa: PLC0415
        attention,
        audit,
        docs,
        domains,
        health,
        integrations,
        members,
        mrr,
        openapi,
        partners,
        plans,
        runs,
        statements,
        stats,
        subscriptions,
        tenants,
        tickets,
        users,
    )

    of_tenants = (tenants, members, domains, integrations, runs, plans, subscriptions)
    of_all = (attention, stats, mrr, audit, tickets)
    return *of_tenants, *of_all, partners, statements, users, health, openapi, docs
