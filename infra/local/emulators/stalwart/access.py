"""What an address may do: permissions of its account and its tenant together."""

from typing import Any

from infra.local.emulators.keeping import State

ACTIONS = ("authenticate", "emailSend", "emailReceive")


def is_allowed(state: State, address: str, action: str) -> bool | None:
    """Whether the address may do `action`; None when nobody has that address.

    A tenant's denials are added to those of the account. A domain's `isEnabled` changes nothing.
    """
    account = _account_of(state, address.lower())
    if account is None:
        return None
    if account["@type"] == "Group" and action != "emailReceive":
        return False
    tenant = state["objects"]["Tenant"].get(account["memberTenantId"] or "")
    denied = set() if tenant is None else _denied(tenant["permissions"])
    return action in _granted(account["permissions"], _from_roles(account)) - denied


def _account_of(state: State, address: str) -> dict[str, Any] | None:
    local, _, domain_name = address.partition("@")
    for identity, domain in state["objects"]["Domain"].items():
        if domain_name == domain["name"] or domain_name in domain["aliases"]:
            return _in_domain(state, local, identity)
    return None


def _in_domain(state: State, local: str, domain: str) -> dict[str, Any] | None:
    accounts: list[dict[str, Any]] = list(state["objects"]["Account"].values())
    for account in accounts:
        aliases = [alias for alias in account["aliases"].values() if alias["enabled"]]
        if any((holder["name"], holder["domainId"]) == (local, domain) for holder in [account, *aliases]):
            return account
    return None


def _from_roles(account: dict[str, Any]) -> set[str]:
    return set() if account["roles"]["@type"] == "Custom" else set(ACTIONS)


def _granted(rules: dict[str, Any], inherited: set[str]) -> set[str]:
    if rules["@type"] == "Inherit":
        return inherited
    enabled = set(rules["enabledPermissions"])
    return (enabled if rules["@type"] == "Replace" else inherited | enabled) - _denied(rules)


def _denied(rules: dict[str, Any]) -> set[str]:
    return set(rules.get("disabledPermissions", {}))
