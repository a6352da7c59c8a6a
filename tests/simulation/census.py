"""The census: every object of ours in the three vendors is counted against what people want."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.domain.tenant import Tenant
from tests.simulation.estate import contents
from tests.simulation.people import People, pool
from tests.simulation.workers import Workshop


def miscounts(shop: Workshop, people: People) -> list[str]:
    """What is there and should not be, or the other way round, or twice; and what a purge left behind."""
    tenants = [each for each in people.last.values() if not each.purging]
    wanted = Counter(
        name for each in tenants if each.lifecycle == "active" for name in _names(each, each.domains)
    )
    # A tenant that is locked keeps what it has, and gets nothing that it has not.
    kept = Counter(
        name for each in tenants if each.lifecycle != "active" for name in _names(each, pool(each.slug))
    )
    found = _found(shop.vendors)
    return [
        f"{name}: {found[name]} instead of {wanted[name]}"
        for name in sorted({*wanted, *found})
        if not wanted[name] <= found[name] <= wanted[name] + kept[name]
    ] + _remains(shop, people)


def _counted(holders: Iterable[tuple[Tenant, Sequence[str]]]) -> Counter[str]:
    return Counter(name for tenant, domains in holders for name in _names(tenant, domains))


def _names(tenant: Tenant, domains: Sequence[str]) -> list[str]:
    return [
        f"group dezky-t-{tenant.slug}",
        f"space dezky:{tenant.slug}",
        *(f"domain {name}" for name in domains),
    ]


def _remains(shop: Workshop, people: People) -> list[str]:
    """Objects that still name a purged tenant, in whatever field."""
    purged = [tenant.slug for tenant in people.last.values() if tenant.purging]
    # Whoever was a member of another tenant, too, may have an account there with the address that they had.
    others = [shop.roster.addresses(each.id) for each in people.last.values() if not each.purging]
    theirs = re.compile("|".join(map(re.escape, set().union(*others))) or "$")
    return [
        f"{kind} of the purged {slug} in {integration}: {held}"
        for slug in purged
        for integration, vendor in shop.vendors.items()
        for kind, objects in contents(vendor).items()
        for held in objects.values()
        if re.search(rf"(dezky:|dezky-t-|'dezky_tenant': '|@){slug}\b(?!-)", theirs.sub("", str(held)))
    ]


def _found(vendors: Any) -> Counter[str]:
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
