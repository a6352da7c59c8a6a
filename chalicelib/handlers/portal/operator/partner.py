"""One partner: contract, contact, customers, and its end."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.forms import BILLING, CONTACT, group, if_match, number
from chalicelib.portal.listing import Listing

SUGGESTED = "50"  # tenants that the dialog to attach one offers; any other slug can be typed


@page("/partners/{slug}", "One partner")
def partner(visit: Visit, slug: str) -> Page:
    path = f"/partners/{segment(slug)}"
    listing = Listing.of(path, visit.query, ("status", "q", "sort"))
    found, customers, tenants = visit.api.together(
        reading(path),
        reading(f"{path}/tenants", **listing.parameters),
        reading("/tenants", limit=SUGGESTED, sort="-createdAt"),
    )
    shown = {
        "partner": found,
        "customers": customers["items"],
        "listing": listing.with_next(customers["nextCursor"]),
        "suggested": [each for each in tenants["items"] if _is_free(each)],
    }
    return Page("operator/partner.html", found["name"], listing.here, "partners", shown)


@action("/partners/{slug}/contract", back_to=partner)
def change_contract(visit: Visit, slug: str) -> Go:
    form = visit.form
    wish = {"name": form["name"], "domain": form["domain"], "marginPct": number(form["marginPct"])}
    since = {"marginFrom": form["marginFrom"]} if form["marginFrom"] else {}
    return _changed(visit, slug, wish | since)


@action("/partners/{slug}/contact", back_to=partner)
def change_contact(visit: Visit, slug: str) -> Go:
    return _changed(visit, slug, {"contact": group(visit.form, "contact", CONTACT)})


@action("/partners/{slug}/billing", back_to=partner)
def change_billing(visit: Visit, slug: str) -> Go:
    return _changed(visit, slug, {"billing": group(visit.form, "billing", BILLING)})


@action("/partners/{slug}/attach", back_to=partner)
def attach_tenant(visit: Visit, slug: str) -> Go:
    tenant = visit.form["tenant"]
    path = f"/partners/{segment(slug)}"
    found = visit.api.get(path)
    visit.api.change("PATCH", f"/tenants/{segment(tenant)}", {"partnerId": found["id"]})
    return Go(path, done="tenant-attached")


@action("/partners/{slug}/detach", back_to=partner)
def detach_tenant(visit: Visit, slug: str) -> Go:
    visit.api.change("PATCH", f"/tenants/{segment(visit.form['chosen'])}", {"partnerId": None})
    return Go(f"/partners/{segment(slug)}", done="tenant-detached")


@action("/partners/{slug}/terminate", back_to=partner)
def terminate_partner(visit: Visit, slug: str) -> Go:
    """With the decision about its customers, which is as final."""
    visit.confirmed(slug)
    path, form = f"/partners/{segment(slug)}", visit.form
    decision = {"tenants": form["tenants"]} | ({"to": form["to"]} if form["to"] else {})
    visit.api.change("DELETE", f"{path}?{urlencode(decision)}")
    return Go(path, done="partner-terminated")


def _changed(visit: Visit, slug: str, wish: dict[str, Any]) -> Go:
    path = f"/partners/{segment(slug)}"
    visit.api.change("PATCH", path, wish, **if_match(visit.form))
    return Go(path, done="partner-changed")


def _is_free(tenant: dict[str, Any]) -> bool:
    return tenant["partnerId"] is None and tenant["status"] != "terminated"
