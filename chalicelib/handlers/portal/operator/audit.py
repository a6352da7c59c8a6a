"""The audit trail of everything, and the proof that it is whole."""

from __future__ import annotations

from chalicelib.handlers.portal.operator.routes import page
from chalicelib.handlers.portal.visit import Page, Visit
from chalicelib.portal.listing import Listing

FILTERS = ("actor", "action", "target", "outcome", "since", "until", "q", "tenant")


@page("/audit", "Who did what")
def audit(visit: Visit) -> Page:
    listing = Listing.of("/audit", visit.query, FILTERS)
    found = visit.api.get("/audit", **listing.parameters)
    shown = {"listing": listing.with_next(found["nextCursor"]), "events": found["items"]}
    return Page("operator/audit.html", "Audit", listing.here, "audit", shown)


@page("/audit/verify", "Is the audit trail whole?")
def verify_audit(visit: Visit) -> Page:
    """Walked on request only: it reads every event."""
    tenant, cursor = visit.query["tenant"], visit.query["cursor"]
    found = visit.api.get("/audit/verify", tenant=tenant, cursor=cursor)
    here = "/audit/verify" + (f"?tenant={tenant}" if tenant else "")
    return Page(
        "operator/audit_verify.html", "Verification", here, "audit", {"found": found, "tenant": tenant}
    )
