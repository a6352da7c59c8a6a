"""The list of tenants, and the dialog that makes one."""

from __future__ import annotations

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.listing import Listing

SORTS = {"slug": "Slug", "name": "Name", "-createdAt": "Newest first", "createdAt": "Oldest first"}
FILTERS = ("status", "plan", "integration", "q", "sort")


@page("/tenants", "Every tenant")
def tenants(visit: Visit) -> Page:
    listing = Listing.of("/tenants", visit.query, FILTERS)
    (found,) = visit.api.as_operator(reading("/tenants", **listing.parameters))
    chips = listing.chips("status", found["counts"])
    shown = {"listing": listing.with_next(found["nextCursor"]), "tenants": found["items"], "chips": chips}
    return Page("operator/tenants.html", "Tenants", listing.here, "tenants", shown | {"sorts": SORTS})


@action("/tenants", back_to=tenants)
def create_tenant(visit: Visit) -> Go:
    form = visit.form
    wish = {
        "slug": form["slug"],
        "name": form["name"],
        "plan": form["plan"],
        "domains": form["domains"].split(),
    }
    created = visit.api.change("POST", "/tenants", wish)
    return Go(f"/tenants/{segment(created['slug'])}", done="tenant-created")
