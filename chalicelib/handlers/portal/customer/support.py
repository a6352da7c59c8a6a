"""Tickets of a tenant, and one of them."""

from __future__ import annotations

from chalicelib.handlers.portal.customer.routes import action, page
from chalicelib.handlers.portal.customer.tenant_frame import path_of, tab, tenant_and
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.forms import if_match
from chalicelib.portal.listing import Listing


@page("/tenants/{slug}/support", "A tenant's tickets")
def support(visit: Visit, slug: str) -> Page:
    listing = Listing.of(f"{path_of(slug)}/support", visit.query, ("status",))
    tenant, (found,) = tenant_and(visit, slug, reading(f"{path_of(slug)}/tickets", **listing.parameters))
    chips = listing.choices("status", ("open", "waiting", "solved", "closed"))
    shown = {"tickets": found["items"], "listing": listing.with_next(found["nextCursor"]), "chips": chips}
    return tab("Support", tenant, shown, listing.here)


@action("/tenants/{slug}/support", back_to=support)
def open_ticket(visit: Visit, slug: str) -> Go:
    form = visit.form
    wish = {"subject": form["subject"], "text": form["text"], "priority": form["priority"]}
    opened = visit.api.change("POST", f"{path_of(slug)}/tickets", wish)
    return Go(f"/support/{segment(opened['id'])}", done="ticket-opened")


@page("/support/{ticket_id}", "One ticket")
def ticket(visit: Visit, ticket_id: str) -> Page:
    found = visit.api.get(f"/tickets/{segment(ticket_id)}")
    here = f"/support/{segment(ticket_id)}"
    return Page("customer/ticket.html", found["reference"], here, "home", {"ticket": found})


@action("/support/{ticket_id}/messages", back_to=ticket)
def answer_ticket(visit: Visit, ticket_id: str) -> Go:
    visit.api.change("POST", f"/tickets/{segment(ticket_id)}/messages", {"text": visit.form["text"]})
    return Go(f"/support/{segment(ticket_id)}", done="answer-sent")


@action("/support/{ticket_id}", back_to=ticket)
def change_ticket(visit: Visit, ticket_id: str) -> Go:
    wish = {"status": visit.form["chosen"]}
    visit.api.change("PATCH", f"/tickets/{segment(ticket_id)}", wish, **if_match(visit.form))
    return Go(f"/support/{segment(ticket_id)}", done="ticket-changed")
