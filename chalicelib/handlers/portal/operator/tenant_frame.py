"""What the seven tabs of a tenant share: its head, the way between them, and how their forms end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.handlers.portal.operator.routes import fragment
from chalicelib.handlers.portal.platform import segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.forms import if_match
from chalicelib.portal.views.provisioning import is_moving

TABS = {
    "Overview": "",
    "Users": "/users",
    "Resources": "/resources",
    "Billing": "/billing",
    "Audit": "/audit",
    "Support": "/support",
    "Danger zone": "/danger",
}


@fragment("/tenants/{slug}/live")
def tenant_live(visit: Visit, slug: str) -> Page:
    """What may change by itself on every tab: its status and the states of its integrations."""
    tenant = visit.api.get(path_of(slug))
    return live("operator/tenant/live.html", tenant)


def path_of(slug: str) -> str:
    """Of a tenant, in the API and in the portal."""
    return f"/tenants/{segment(slug)}"


def tab(
    name: str, tenant: Mapping[str, Any], shown: Mapping[str, Any], here: str = "", refresh: str = ""
) -> Page:
    """
    here      the address within the portal, when it is more than the tab's own
    refresh   where the parts that change by themselves come from, when that is not the frame
    """
    path = path_of(tenant["slug"])
    frame = {
        **_head(tenant),
        "tab": name,
        "tabs": [(path + suffix, each) for each, suffix in TABS.items()],
        "refresh": refresh or f"{path}/live",
    }
    title = tenant["name"] if name == "Overview" else name
    template = f"operator/tenant/{name.split(maxsplit=1)[0].lower()}.html"
    return Page(template, title, here or path + TABS[name], "tenants", {**frame, **shown})


def live(template: str, tenant: Mapping[str, Any], here: str = "", **shown: Any) -> Page:
    """Only the parts of a tab that change by themselves."""
    return Page(template, "", here or path_of(tenant["slug"]), shown=_head(tenant) | shown)


def change(visit: Visit, slug: str, wish: Mapping[str, Any], done: str = "tenant-changed") -> Go:
    """What the Overview says of the tenant, unless somebody else has changed it since it was shown."""
    visit.api.change("PATCH", path_of(slug), dict(wish), **if_match(visit.form))
    return Go(path_of(slug), done=done)


def _head(tenant: Mapping[str, Any]) -> dict[str, Any]:
    return {"tenant": tenant, "path": path_of(tenant["slug"]), "moving": is_moving(tenant)}
