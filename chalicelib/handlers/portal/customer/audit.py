"""Who did what in a tenant, the operators' doings included."""

from __future__ import annotations

from chalicelib.handlers.portal.customer.routes import page
from chalicelib.handlers.portal.customer.tenant_frame import path_of, tab, tenant_and
from chalicelib.handlers.portal.platform import reading
from chalicelib.handlers.portal.visit import Page, Visit
from chalicelib.portal.listing import Listing


@page("/tenants/{slug}/audit", "A tenant's audit trail")
def audit(visit: Visit, slug: str) -> Page:
    path = f"{path_of(slug)}/audit"
    listing = Listing.of(path, visit.query, ("actor", "action", "since", "until"))
    tenant, (found,) = tenant_and(visit, slug, reading(path, **listing.parameters))
    shown = {"events": found["items"], "listing": listing.with_next(found["nextCursor"])}
    return tab("Audit", tenant, shown, listing.here)
