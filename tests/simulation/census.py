"""The census: every object of ours in the three vendors is counted against what people want."""

from __future__ import annotations

from collections import Counter
from typing import Any

from chalicelib.domain.tenant import Tenant
from tests.simulation.people import People
from tests.simulation.workers import Workshop

Counts = Counter[str]


def miscounts(shop: Workshop, people: People) -> list[str]:
    """What is there and should not be, or the other way round, or twice."""
    wanted, found = _counted(people, "active", "suspended"), _found(shop.vendors)
    kept = _counted(people, "terminated")  # what was never made is not made for a tenant that has left
    return [
        f"{name}: {found[name]} instead of {wanted[name]}"
        for name in sorted({*wanted, *found})
        if not wanted[name] <= found[name] <= wanted[name] + kept[name]
    ]


def _counted(people: People, *lifecycles: str) -> Counts:
    chosen = [each for each in people.last.values() if each.lifecycle in lifecycles and not each.purging]
    return Counter(name for tenant in chosen for name in _names(tenant))


def _names(tenant: Tenant) -> list[str]:
    domains = [f"domain {name}" for name in tenant.domains]
    return [f"group dezky-t-{tenant.slug}", f"space dezky:{tenant.slug}", *domains]


def _found(vendors: Any) -> Counts:
    groups = [row["name"] for row in vendors["authentik"].world.state["groups"].values()]
    with vendors["stalwart"].world.reading() as state:
        domains = [row["name"] for row in state["objects"]["Domain"].values()]
    with vendors["ocis"].world.installation.reading() as state:
        spaces = [row["description"] for row in state["spaces"].values() if row["driveType"] == "project"]
    return Counter(
        [
            *(f"group {name}" for name in groups if name.startswith("dezky-t-")),
            *(f"domain {name}" for name in domains),
            *(f"space {text}" for text in spaces),
        ]
    )
