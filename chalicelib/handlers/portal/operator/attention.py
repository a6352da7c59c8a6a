"""The inbox: what is not as it should be, why, and what can be done about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.platform import segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.listing import Listing

FILTERS = ("cause", "integration", "q")
HERE = "/attention"
TENANTS = "10"  # of one page: each may have trouble in all three integrations, and a page stays under 60 kB


@page("/attention", "What needs a look")
def attention(visit: Visit) -> Page:
    listing = Listing.of(HERE, visit.query, FILTERS)
    found = visit.api.get("/attention", **listing.parameters | {"limit": TENANTS})
    shown = {
        "listing": listing.with_next(found["nextCursor"]),
        "items": found["items"],
        "abouts": [_about(each) for each in found["items"]],
        "chips": listing.chips("cause", found["counts"]),
    }
    return Page("operator/attention.html", "Attention", listing.here, "attention", shown)


@action("/attention/reconcile", back_to=attention)
def reconcile_item(visit: Visit) -> Go:
    slug, integration = _chosen(visit)
    visit.api.change("POST", f"/tenants/{slug}/reconcile?integration={integration}")
    return Go(HERE, done="reconcile-started")


@action("/attention/pause", back_to=attention)
def pause_item(visit: Visit) -> Go:
    slug, integration = _chosen(visit)
    wish = {"reason": visit.form["reason"], "until": in_days(visit.form["days"])}
    visit.api.change("PUT", f"/tenants/{slug}/integrations/{integration}/drift-pause", wish)
    return Go(HERE, done="drift-paused")


@action("/attention/resume", back_to=attention)
def resume_item(visit: Visit) -> Go:
    slug, integration = _chosen(visit)
    visit.api.change("DELETE", f"/tenants/{slug}/integrations/{integration}/drift-pause")
    return Go(HERE, done="drift-resumed")


@action("/attention/redrive", back_to=attention)
def redrive(visit: Visit) -> Go:
    _, integration = _chosen(visit)
    visit.api.change("POST", f"/attention/dead-letters/{integration}/redrive")
    return Go(HERE, done="redriven")


@action("/attention/ticket", back_to=attention)
def open_ticket(visit: Visit) -> Go:
    """About an item, whose evidence the API adds by itself."""
    slug, _, item = visit.form["chosen"].partition("/")
    wish = {"subject": visit.form["subject"], "text": visit.form["text"], "attention": item}
    opened = visit.api.change("POST", f"/tenants/{segment(slug)}/tickets", wish)
    return Go(f"/support/{segment(opened['id'])}", done="ticket-opened")


def in_days(text: str) -> str:
    """The end of a pause; nonsense goes on as it is, for the API to refuse."""
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        return text
    return (
        (datetime.now(UTC) + timedelta(days=int(text))).isoformat(timespec="seconds").replace("+00:00", "Z")
    )


def _about(item: dict[str, Any]) -> str:
    """ "acme/ocis", as the dialogs name it."""
    return f"{item['tenant']['slug'] if item['tenant'] else 'all'}/{item['integration']}"


def _chosen(visit: Visit) -> tuple[str, str]:
    """ "acme/ocis" as parts of a path."""
    slug, _, integration = visit.form["chosen"].partition("/")
    return segment(slug), segment(integration)
