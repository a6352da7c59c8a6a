"""Identifiers that come out the same in every run: counters, and UUIDs made from them."""

import uuid
from dataclasses import dataclass
from typing import Any

NAMESPACE = uuid.UUID("5b0a4c0e-7d1c-5f0e-9a52-6f1d3a1b2c4d")


@dataclass(frozen=True)
class Ids:
    """Hands out the next identifier of a kind; its counters are stored with everything else."""

    state: dict[str, Any]

    def number(self, kind: str) -> int:
        counters: dict[str, int] = self.state["counters"]
        counters[kind] = counters.get(kind, 0) + 1
        return counters[kind]

    def uuid(self, kind: str) -> str:
        return named_uuid(kind, str(self.number(kind)))


def named_uuid(kind: str, name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{name}"))
