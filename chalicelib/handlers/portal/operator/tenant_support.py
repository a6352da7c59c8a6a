"""A tenant's tickets, and opening one on its behalf."""

from __future__ import annotations

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.operator.tenant_frame import path_of, tab
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.listing import Listing

STATUSES = ("open", "waiting", "solved", "closed")


@page("/tenants/{slug}/support", "A tenant's tickets")
def tenant_support(visit: Visit, slug: str) -> Page:
    path = path_of(slug)
    listing = Listing.of(f"{path}/support", visit.query, ("status",))
    tenant, found = visit.api.as_operator(reading(path), reading(f"{path}/tickets", **listing.parameters))
    shown = {
        "tickets": found["items"],
        "listing": listing.with_next(found["nextCursor"]),
        "chips": listing.choices("status", STATUSES),
    }
    return tab("Support", tenant, shown, listing.here)


@action("/tenants/{slug}/support", back_to=tenant_support)
def open_ticket(visit: Visit, slug: str) -> Go:
    wish = {name: visit.form[name] for name in ("subject", "text", "priority")}
    opened = visit.api.change("POST", f"{path_of(slug)}/tickets", wish)
    return Go(f"/support/{segment(opened['id'])}", done="ticket-opened")
