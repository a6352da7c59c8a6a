"""Plan: what a reconcile would do now, in words, with a digest that says when that is no longer so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import Integration, IntegrationError
from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Wanted

PART = 16  # hexadecimal digits of each part of a digest


class IntegrationPlan(Model):
    """One integration's share; with a `problem` nothing can be said about it now, and nothing is approved.

    needs_approval   more would be removed than a worker may do alone: only an approved plan does it
    """

    integration: Integration
    steps: tuple[Step, ...] = ()
    digest: str
    needs_approval: bool = False
    problem: IntegrationError | None = None


class Plan(Model):
    """The digest has a part for the generation and one for each integration, so that it tells what moved."""

    generation: int
    parts: tuple[IntegrationPlan, ...]

    @property
    def digest(self) -> str:
        return ".".join([f"g{self.generation}", *(each.digest for each in self.parts)])

    def moved_since(self, approved: str) -> tuple[str, ...]:
        """What differs from the plan with the digest `approved`; nothing when it is this one."""
        names = ("generation", *(each.integration for each in self.parts))
        now, then = self.digest.split("."), approved.split(".")
        if len(then) != len(now):
            return names
        return tuple(name for name, a, b in zip(names, now, then, strict=True) if a != b)

    @property
    def obscured(self) -> tuple[str, ...]:
        """The integrations of which nothing can be said now."""
        return tuple(each.integration for each in self.parts if each.problem)


def part_digest(tenant: Wanted, observed: object, steps: tuple[Step, ...]) -> str:
    """One value for what is wanted, what is there, and what would be done about it."""
    basis = [tenant.generation, _canonical(observed), [each.model_dump(mode="json") for each in steps]]
    return hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()[:PART]


def problem_digest(error: IntegrationError) -> str:
    return hashlib.sha256(f"problem:{error.code}".encode()).hexdigest()[:PART]


def _canonical(value: Any) -> Any:
    """The same JSON for the same content, in whatever order a vendor lists it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _canonical(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, BaseModel):
        return _canonical(dict(value))
    if isinstance(value, Mapping):
        return {str(name): _canonical(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return sorted((_canonical(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    return value if isinstance(value, (int, float, bool, str)) or value is None else repr(value)
