"""A tenant's services in plain words."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.handlers.portal.customer.routes import action, fragment, page
from chalicelib.handlers.portal.customer.tenant_frame import path_of, tab, tenant_and
from chalicelib.handlers.portal.platform import reading
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.views.services import services_of


@page("/tenants/{slug}", "A tenant's services")
def services(visit: Visit, slug: str) -> Page:
    tenant, (integrations,) = tenant_and(visit, slug, reading(f"{path_of(slug)}/integrations"))
    return tab("Services", tenant, {"services": services_of(integrations, datetime.now(UTC))})


@fragment("/tenants/{slug}/live")
def services_live(visit: Visit, slug: str) -> Page:
    """The part that refreshes by itself while something is under way."""
    found = visit.api.get(f"{path_of(slug)}/integrations")
    shown = {"services": services_of(found, datetime.now(UTC))}
    return Page("customer/services_live.html", "", path_of(slug), "home", shown)


@action("/tenants/{slug}/reconcile", back_to=services)
def reconcile(visit: Visit, slug: str) -> Go:
    visit.api.change("POST", f"{path_of(slug)}/reconcile")
    return Go(path_of(slug), done="reconcile-started")
