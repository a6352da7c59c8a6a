"""Which versions of each vendor our calls were written and tested for, and which one is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.model import Model
from chalicelib.domain.provisioning import Integration

NUMBERS = re.compile(r"v?(\d{1,6}(?:\.\d{1,6}){0,3})")
LONGEST = 40  # characters of a version that are kept


@dataclass(frozen=True, slots=True)
class SupportedVersions:
    """From `first` on, up to but without `below`; no end when that is empty."""

    first: str
    below: str = ""

    def admits(self, version: str) -> bool:
        """A version that cannot be read is none of these."""
        numbers = _numbers(version)
        is_early = not numbers or numbers < _numbers(self.first)
        return not is_early and (not self.below or numbers < _numbers(self.below))

    def __str__(self) -> str:
        return f"{self.first} up to, but without, {self.below}" if self.below else f"{self.first} or later"


# What the contract tests were written from. Outside of it people are warned, and nothing stops.
SUPPORTED: Mapping[Integration, SupportedVersions] = {
    "authentik": SupportedVersions("2026.5", "2027.0"),
    "stalwart": SupportedVersions("0.16"),
    "ocis": SupportedVersions("7.0", "9.0"),
}


class SeenVersion(Model):
    """What the vendor said last."""

    id: Integration
    version: str
    seen_at: datetime

    @property
    def is_supported(self) -> bool:
        return SUPPORTED[self.id].admits(self.version)


class VersionStore(Protocol):
    def put(self, seen: SeenVersion) -> None: ...

    def all(self) -> tuple[SeenVersion, ...]:
        """Of those integrations that were ever asked."""


class VersionSource(Protocol):
    integration: Integration

    def version(self) -> str:
        """As the vendor words it. Raises any IntegrationFailure."""


def told(version: str) -> str:
    """What is kept of a vendor's words, which people see."""
    return "".join(each for each in version if each.isascii() and each.isprintable()).strip()[:LONGEST]


def _numbers(version: str) -> tuple[int, ...]:
    found = NUMBERS.match(version)
    return tuple(map(int, found[1].split("."))) if found else ()
