"""What a tenant is subscribed to, what it pays, and how it came to that."""

from __future__ import annotations

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.operator.tenant_frame import path_of, tab
from chalicelib.handlers.portal.platform import reading
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.forms import if_match, number, whole
from chalicelib.portal.listing import Listing
from chalicelib.portal.views.billing import currencies, ledger, offers


@page("/tenants/{slug}/billing", "What a tenant pays")
def tenant_billing(visit: Visit, slug: str) -> Page:
    path = path_of(slug)
    listing = Listing.of(f"{path}/billing", visit.query, ())
    tenant, subscription, catalogue, events = visit.api.as_operator(
        reading(path),
        reading(f"{path}/subscription"),
        reading("/catalogue"),
        reading(f"{path}/ledger", **listing.parameters),
    )
    shown = {
        "subscription": subscription,
        "offers": offers(catalogue),
        "currencies": currencies(catalogue),
        "events": ledger(events["items"]),
        "listing": listing.with_next(events["nextCursor"]),
    }
    return tab("Billing", tenant, shown, listing.here)


@action("/tenants/{slug}/subscription", back_to=tenant_billing)
def agree_subscription(visit: Visit, slug: str) -> Go:
    form = visit.form
    wish = {
        "plan": form["plan"],
        "seats": whole(form["seats"]),
        "interval": form["interval"],
        "currency": form["currency"],
        "discountPct": number(form["discountPct"] or "0"),
        "price": form["price"],
    }
    day = {"effectiveOn": form["effectiveOn"]} if form["effectiveOn"] else {}
    visit.api.change("PUT", f"{path_of(slug)}/subscription", wish | day, **if_match(form))
    return Go(f"{path_of(slug)}/billing", done="subscription-changed")
