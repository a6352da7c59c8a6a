"""What a mailbox should be: its quota, and what is denied to it. Pure.

`credentials` and `usedDiskQuota` are the server's and are never compared; aliases, groups, encryption and the
other quotas are left to people.
"""

from __future__ import annotations

from typing import Any

from chalicelib.domain.tenant import Plan
from chalicelib.domain.wanted import Person, Wanted
from chalicelib.integrations.stalwart.objects import Account

GIB = 2**30  # bytes
# Of tenants from before there were subscriptions; others have an allowance.
QUOTAS: dict[Plan, int] = {"starter": 5 * GIB, "business": 50 * GIB, "enterprise": 100 * GIB}
DISK = "maxDiskQuota"
LOCKED = frozenset({"authenticate", "emailSend"})
REFUSING = LOCKED | {"emailReceive"}  # senders get a permanent refusal
OPEN: frozenset[str] = frozenset()
NEW: dict[str, Any] = {
    "@type": "User",
    "roles": {"@type": "User"},
    "aliases": {},
    "credentials": {},
    "memberGroupIds": {},
    "encryptionAtRest": {"@type": "Disabled"},
}


def draft(tenant: Wanted, person: Person) -> dict[str, Any]:
    """The whole account of a person but for the id of its domain."""
    return {
        **NEW,
        "name": person.address.rpartition("@")[0],
        "description": person.name,
        "permissions": permissions(denied_to(tenant, person)),
        "quotas": {DISK: mailbox_quota(tenant)},
    }


def mailbox_quota(tenant: Wanted) -> int:
    """Bytes of each mailbox, as the tenant's plan includes them."""
    return tenant.allowance.mailbox if tenant.allowance else QUOTAS[tenant.plan]


def patch_for(tenant: Wanted, account: Account, person: Person) -> dict[str, Any]:
    """What has to change about a person's account; empty when nothing has."""
    patch = lock_for(account, denied_to(tenant, person))
    if account.description != person.name:
        patch["description"] = person.name
    if account.roles.type != "User":
        patch["roles"] = {"@type": "User"}
    if account.quotas.get(DISK) != mailbox_quota(tenant):
        patch[f"quotas/{DISK}"] = mailbox_quota(tenant)
    return patch


def patch_for_bystander(tenant: Wanted, account: Account) -> dict[str, Any]:
    """The same for what is not ours to form, a group or a guest: only the tenant's own state goes for it.

    What was given or taken by hand stays, but for exactly what we once took.
    """
    denied = denied_by(tenant)
    if denied == OPEN and account.permissions.denied not in {LOCKED, REFUSING}:
        return {}
    return lock_for(account, denied)


def lock_for(account: Account, denied: frozenset[str]) -> dict[str, Any]:
    return {} if account.permissions.denied == denied else {"permissions": permissions(denied)}


def permissions(denied: frozenset[str]) -> dict[str, Any]:
    if not denied:
        return {"@type": "Inherit"}
    taken = dict.fromkeys(sorted(denied), True)
    return {"@type": "Merge", "enabledPermissions": {}, "disabledPermissions": taken}


def denied_to(tenant: Wanted, person: Person | None) -> frozenset[str]:
    """What a person may not do; None stands for whoever is not of the tenant any more."""
    by_tenant = denied_by(tenant)
    if person is None or not tenant.may_sign_in(person):
        return by_tenant | LOCKED
    return by_tenant


def denied_by(tenant: Wanted) -> frozenset[str]:
    """What nobody of the tenant may do."""
    if tenant.lifecycle == "active":
        return OPEN
    return REFUSING if tenant.lifecycle == "terminated" else LOCKED
