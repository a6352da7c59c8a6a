"""What keeps a tenant from being whole though everything else was done: the last steps, which raise.

So nobody who is to be locked out waits until a person has cleared up a name conflict elsewhere.
"""

from __future__ import annotations

from typing import NoReturn

from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Person
from chalicelib.errors import IntegrationFailure, NeedsPerson, WaitsFor

KINDS: dict[str, type[IntegrationFailure]] = {
    "name-conflict": NeedsPerson,
    "mass-delete-guard": NeedsPerson,
    "no-such-application": NeedsPerson,
    "last-binding": NeedsPerson,
    "waits-for-home-tenant": WaitsFor,
}


def meet(step: Step) -> NoReturn:
    """Raises what the step stands for: NeedsPerson or WaitsFor, with its action as the code."""
    raise KINDS[step.action](step.action, step.sentence)


def foreign_group(name: str) -> Step:
    sentence = f"A group {name} that is not ours exists in Authentik"
    return Step(action="name-conflict", sentence=sentence, target=name)


def foreign_user(name: str) -> Step:
    sentence = f"An account {name} that is not ours exists in Authentik"
    return Step(action="name-conflict", sentence=sentence, target=name)


def too_many(count: int) -> Step:
    sentence = f"{count} accounts would lose access because nobody knows them; a person has to look"
    return Step(action="mass-delete-guard", sentence=sentence)


def no_application(slug: str) -> Step:
    sentence = f"The shared application {slug} does not exist in Authentik"
    return Step(action="no-such-application", sentence=sentence, target=slug)


def last_binding(slug: str) -> Step:
    sentence = f"Without this group the application {slug} would be open to everybody; bind another one first"
    return Step(action="last-binding", sentence=sentence, target=slug)


def no_account_yet(guest: Person) -> Step:
    sentence = f"The account of the guest {guest.address} is made by their home tenant first"
    return Step(action="waits-for-home-tenant", sentence=sentence, target=guest.address)
