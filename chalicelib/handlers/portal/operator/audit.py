"""The audit trail of everything, and the proof that it is whole."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.handlers.portal.operator.routes import page
from chalicelib.handlers.portal.platform import ApiRefused
from chalicelib.handlers.portal.visit import Page, Visit
from chalicelib.portal.forms import day_after, first_of
from chalicelib.portal.listing import Listing

WRONG_FILTER = 422
FILTERS = ("actor", "action", "target", "outcome", "since", "until", "q", "tenant")


@page("/audit", "Who did what")
def audit(visit: Visit) -> Page:
    """`since` and `until` are days: the whole of both."""
    listing = Listing.of("/audit", visit.query, FILTERS)
    days = {"since": first_of(listing.given("since")), "until": day_after(listing.given("until"))}
    wrong: Mapping[str, str] = {}
    try:
        found = visit.api.get("/audit", **listing.parameters | days)
    except ApiRefused as refused:
        if refused.status != WRONG_FILTER:
            raise
        found, wrong = {"items": [], "nextCursor": None}, refused.errors
    shown = {"listing": listing.with_next(found["nextCursor"]), "events": found["items"], "wrong": wrong}
    status = WRONG_FILTER if wrong else 200
    return Page("operator/audit.html", "Audit", listing.here, "audit", shown, status)


@page("/audit/verify", "Is the audit trail whole?")
def verify_audit(visit: Visit) -> Page:
    """Walked on request only: it reads every event."""
    tenant, cursor = visit.query["tenant"], visit.query["cursor"]
    found = visit.api.get("/audit/verify", tenant=tenant, cursor=cursor)
    here = "/audit/verify" + (f"?tenant={tenant}" if tenant else "")
    return Page(
        "operator/audit_verify.html", "Verification", here, "audit", {"found": found, "tenant": tenant}
    )
