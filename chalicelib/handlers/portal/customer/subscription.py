"""What a tenant pays for; changes are asked for in a ticket."""

from __future__ import annotations

from chalicelib.handlers.portal.customer.routes import action, page
from chalicelib.handlers.portal.customer.tenant_frame import path_of, tab, tenant_and
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit


@page("/tenants/{slug}/subscription", "A tenant's subscription")
def subscription(visit: Visit, slug: str) -> Page:
    asked = reading(f"{path_of(slug)}/subscription"), reading("/catalogue")
    tenant, (found, catalogue) = tenant_and(visit, slug, *asked)
    plans = catalogue["versions"][-1]["plans"]
    return tab("Subscription", tenant, {"subscription": found, "plans": plans})


@action("/tenants/{slug}/subscription", back_to=subscription)
def ask_for_change(visit: Visit, slug: str) -> Go:
    form = visit.form
    text = f"Plan: {form['plan']}\nSeats: {form['seats']}\n\n{form['text']}".strip()
    wish = {"subject": "Change of the subscription", "text": text}
    opened = visit.api.change("POST", f"{path_of(slug)}/tickets", wish)
    return Go(f"/support/{segment(opened['id'])}", done="ticket-opened")
