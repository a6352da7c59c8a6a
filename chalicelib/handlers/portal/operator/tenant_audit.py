"""Who did what to a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.handlers.portal.operator.routes import page
from chalicelib.handlers.portal.operator.tenant_frame import path_of, tab
from chalicelib.handlers.portal.platform import ApiRefused, reading
from chalicelib.handlers.portal.visit import Page, Visit
from chalicelib.portal.forms import day_after, first_of
from chalicelib.portal.listing import Listing

WRONG_FILTER = 422
FILTERS = ("actor", "action", "target", "outcome", "since", "until", "q")


@page("/tenants/{slug}/audit", "Who did what to a tenant")
def tenant_audit(visit: Visit, slug: str) -> Page:
    """`since` and `until` are days: the whole of both."""
    path = path_of(slug)
    listing = Listing.of(f"{path}/audit", visit.query, FILTERS)
    days = {"since": first_of(listing.given("since")), "until": day_after(listing.given("until"))}
    wrong: Mapping[str, str] = {}
    try:
        tenant, found = visit.api.as_operator(
            reading(path), reading(f"{path}/audit", **listing.parameters | days)
        )
    except ApiRefused as refused:
        if refused.status != WRONG_FILTER:
            raise
        tenant, found, wrong = visit.api.get(path), {"items": [], "nextCursor": None}, refused.errors
    shown = {"listing": listing.with_next(found["nextCursor"]), "events": found["items"], "wrong": wrong}
    return replace(tab("Audit", tenant, shown, listing.here), status=WRONG_FILTER if wrong else 200)
