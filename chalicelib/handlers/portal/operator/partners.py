"""The list of partners, and the dialog that makes one."""

from __future__ import annotations

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.platform import segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.forms import CONTACT, group, number
from chalicelib.portal.listing import Listing

FILTERS = ("status", "q", "sort")
STATUSES = ("active", "terminated")


@page("/partners", "Every partner")
def partners(visit: Visit) -> Page:
    listing = Listing.of("/partners", visit.query, FILTERS)
    found = visit.api.get("/partners", **listing.parameters)
    chips = listing.choices("status", STATUSES)
    shown = {"listing": listing.with_next(found["nextCursor"]), "partners": found["items"], "chips": chips}
    return Page("operator/partners.html", "Partners", listing.here, "partners", shown)


@action("/partners", back_to=partners)
def create_partner(visit: Visit) -> Go:
    form = visit.form
    wish = {
        "slug": form["slug"],
        "name": form["name"],
        "domain": form["domain"],
        "marginPct": number(form["marginPct"]),
    }
    contact = group(form, "contact", CONTACT)
    created = visit.api.change("POST", "/partners", {**wish, **({"contact": contact} if contact else {})})
    return Go(f"/partners/{segment(created['slug'])}", done="partner-created")
