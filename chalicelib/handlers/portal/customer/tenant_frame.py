"""What the pages of one tenant share: its head, the way between them, and what this person may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.handlers.portal.platform import ApiRefused, reading, segment
from chalicelib.handlers.portal.visit import Page, Visit
from chalicelib.integrations.gateway import Ask

TABS = {
    "Services": "",
    "Users": "/users",
    "Domains": "/domains",
    "Subscription": "/subscription",
    "Support": "/support",
    "Audit": "/audit",
}
ADMINS = frozenset({"owner", "admin"})
OWNERS_ONLY = frozenset({"Audit"})


def path_of(slug: str) -> str:
    """Of a tenant, in the API and in the portal."""
    return f"/tenants/{segment(slug)}"


def tenant_and(visit: Visit, slug: str, *asked: Ask) -> tuple[dict[str, Any], list[Any]]:
    """The tenant with this person's role in it, and the bodies of further reads.

    Raises   ApiRefused, SessionEnded, GatewayAway
    """
    me, tenant, *bodies = visit.api.together(reading("/me"), reading(path_of(slug)), *asked)
    role = next((each["role"] for each in me["memberships"] if each["tenant"]["slug"] == slug), "")
    if not role:
        raise ApiRefused(404, "tenant-not-found", "", {})
    return tenant | {"role": role, "admin": role in ADMINS and tenant["status"] != "suspended"}, bodies


def tab(
    name: str, tenant: Mapping[str, Any], shown: Mapping[str, Any], here: str = "", template: str = ""
) -> Page:
    """`here`, `template`: of a page below the tab, or when the address is more than the tab's own."""
    path = path_of(tenant["slug"])
    tabs = [(path + suffix, each) for each, suffix in TABS.items() if _may_see(each, tenant)]
    frame = {"tenant": tenant, "path": path, "tab": name, "tabs": tabs}
    template = template or f"customer/{name.lower()}.html"
    return Page(template, name, here or path + TABS[name], "home", {**frame, **shown})


def _may_see(name: str, tenant: Mapping[str, Any]) -> bool:
    return name not in OWNERS_ONLY or tenant["role"] == "owner"
