"""What objects have to do with each other: unique names, references that lead somewhere, links that hold."""

from collections.abc import Iterator
from typing import Any

from infra.local.emulators.keeping import State
from infra.local.emulators.stalwart.refusals import ObjectRefused, linked

Stored = dict[str, Any]


def check(state: State, kind: str, identity: str | None, stored: Stored) -> None:
    """Refuse an object that collides with another or refers to none. Raises ObjectRefused."""
    _check_references(state, kind, stored)
    if kind == "Domain":
        _check_domain_names(state, identity, stored)
    if kind == "Account":
        _check_addresses(state, identity, stored)


def check_may_go(state: State, kind: str, identity: str) -> None:
    """Refuse to destroy what is not there or what others still point at. Raises ObjectRefused."""
    if identity not in state["objects"][kind]:
        raise ObjectRefused("notFound")
    holders = [
        linked(other, holder)
        for other, objects in state["objects"].items()
        for holder, stored in objects.items()
        if (kind, identity) in set(_references(other, stored)) and holder != identity
    ]
    if holders:
        raise ObjectRefused("objectIsLinked", objectId=linked(kind, identity), linkedObjects=holders)


def addresses(stored: Stored) -> Iterator[tuple[str, str]]:
    """Every (local part, domain id) that belongs to an account."""
    yield stored["name"], stored["domainId"]
    for alias in stored["aliases"].values():
        yield alias["name"], alias["domainId"]


def _references(kind: str, stored: Stored) -> Iterator[tuple[str, str]]:
    if stored.get("memberTenantId"):
        yield "Tenant", stored["memberTenantId"]
    if kind in {"Account", "DkimSignature"}:
        yield "Domain", stored["domainId"]
    if kind == "Account":
        yield from (("Domain", alias["domainId"]) for alias in stored["aliases"].values())
        yield from (("Account", group) for group in stored.get("memberGroupIds", {}))
        yield from (("Role", role) for role in stored["roles"].get("roleIds", {}))
    if kind == "Domain":
        yield from _services(stored)


def _services(stored: Stored) -> Iterator[tuple[str, str]]:
    if stored.get("directoryId"):
        yield "Directory", stored["directoryId"]
    if stored["certificateManagement"].get("acmeProviderId"):
        yield "AcmeProvider", stored["certificateManagement"]["acmeProviderId"]
    if stored["dnsManagement"].get("dnsServerId"):
        yield "DnsServer", stored["dnsManagement"]["dnsServerId"]


def _check_references(state: State, kind: str, stored: Stored) -> None:
    for target, identity in _references(kind, stored):
        found = state["objects"].get(target, {}).get(identity)
        is_group = target != "Account" or (found is not None and found["@type"] == "Group")
        if found is None or not is_group:
            raise ObjectRefused("invalidForeignKey", objectId=linked(target, identity))


def _check_domain_names(state: State, identity: str | None, stored: Stored) -> None:
    for other, domain in state["objects"]["Domain"].items():
        if other == identity:
            continue
        taken = {domain["name"], *domain["aliases"]}
        for name, where in [(stored["name"], "name"), *((alias, "aliases") for alias in stored["aliases"])]:
            if name in taken:
                raise _taken(where, linked("Domain", other))


def _check_addresses(state: State, identity: str | None, stored: Stored) -> None:
    wanted = list(addresses(stored))
    for other, account in state["objects"]["Account"].items():
        if other == identity:
            continue
        taken = set(addresses(account))
        for index, address in enumerate(wanted):
            if address in taken:
                raise _taken("aliases" if index else "name", linked("Account", other))


def _taken(where: str, holder: dict[str, str]) -> ObjectRefused:
    return ObjectRefused("primaryKeyViolation", properties=[where], objectId=holder)
