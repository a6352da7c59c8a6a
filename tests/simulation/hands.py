"""Hands: what administrators of the vendors change beside us, though nobody wished so."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.provisioning import Integration
from chalicelib.domain.tenant import Tenant


def meddle(integration: Integration, vendor: Any, tenant: Tenant) -> None:
    """Change something of the tenant's that a look has to notice."""
    {"authentik": _empty_group, "stalwart": _change_quotas, "ocis": _change_space}[integration](
        vendor, tenant
    )


def _empty_group(vendor: Any, tenant: Tenant) -> None:
    with vendor.world.changing():
        for group in vendor.world.table("groups").values():
            if group["name"] == f"dezky-t-{tenant.slug}":
                group["users"] = []


def _change_quotas(vendor: Any, tenant: Tenant) -> None:
    with vendor.world.changing() as state:
        domains = state["objects"]["Domain"]
        ours = {key for key, each in domains.items() if each["description"] == f"dezky:{tenant.slug}"}
        for account in state["objects"]["Account"].values():
            if account["domainId"] in ours:
                account["quotas"] = {"maxDiskQuota": 1}


def _change_space(vendor: Any, tenant: Tenant) -> None:
    with vendor.world.installation.changing() as state:
        for space in state["spaces"].values():
            if space["description"] == f"dezky:{tenant.slug}":
                space["quota"] = 1
        for group in state["groups"].values():
            if group["displayName"] == f"dezky-t-{tenant.slug}":
                group["members"] = []
