"""The support queue, and one ticket."""

from __future__ import annotations

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.forms import if_match
from chalicelib.portal.listing import Listing

FILTERS = ("status", "priority", "assignee", "tenant", "q", "sort")
OPERATORS = "100"  # that a ticket can be given to; more need the API


@page("/support", "The support queue")
def support(visit: Visit) -> Page:
    listing = Listing.of("/support", visit.query, FILTERS)
    found = visit.api.get("/tickets", **{"sort": "priority", **listing.parameters})
    shown = {
        "listing": listing.with_next(found["nextCursor"]),
        "tickets": found["items"],
        "chips": listing.chips("status", found["counts"]),
    }
    return Page("operator/support.html", "Support", listing.here, "support", shown)


@page("/support/{ticket_id}", "One ticket")
def ticket(visit: Visit, ticket_id: str) -> Page:
    path = f"/tickets/{segment(ticket_id)}"
    found, operators = visit.api.together(
        reading(path), reading("/users", platformAdmin="true", active="true", limit=OPERATORS)
    )
    shown = {"ticket": found, "operators": operators["items"]}
    return Page(
        "operator/ticket.html", found["reference"], f"/support/{segment(ticket_id)}", "support", shown
    )


@action("/support/{ticket_id}/messages", back_to=ticket)
def answer_ticket(visit: Visit, ticket_id: str) -> Go:
    internal = visit.form["internal"] == "true"
    path = f"/tickets/{segment(ticket_id)}/messages"
    visit.api.change("POST", path, {"text": visit.form["text"], "internal": internal})
    return Go(f"/support/{segment(ticket_id)}", done="note-added" if internal else "answer-sent")


@action("/support/{ticket_id}", back_to=ticket)
def change_ticket(visit: Visit, ticket_id: str) -> Go:
    form, here = visit.form, f"/support/{segment(ticket_id)}"
    wish = {"priority": form["priority"], "assigneeId": form["assigneeId"] or None}
    status = {"status": form["status"]} if form["status"] else {}
    visit.api.change("PATCH", f"/tickets/{segment(ticket_id)}", wish | status, **if_match(form))
    return Go(here, done="ticket-changed")
