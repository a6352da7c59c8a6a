"""Who is signed in, and where else they are."""

from __future__ import annotations

from chalicelib import portal_wiring
from chalicelib.handlers.portal.customer.routes import action, page
from chalicelib.handlers.portal.visit import Go, Page, Visit


@page("/account", "My account")
def account(visit: Visit) -> Page:
    sessions = portal_wiring.sessions(visit.surface.name)
    shown = {"me": visit.api.get("/me"), "sessions": sessions.of(visit.open), "mine": visit.open.session.id}
    return Page("customer/account.html", "My account", "/account", "account", shown)


@action("/account/sessions/end-one", back_to=account)
def end_one(visit: Visit) -> Go:
    """One elsewhere; it may be over already, which is as good."""
    portal_wiring.sessions(visit.surface.name).end_one(visit.open, visit.form["chosen"])
    return Go("/account", done="session-ended")


@action("/account/sessions/end", back_to=account)
def end_others(visit: Visit) -> Go:
    """Everywhere but here."""
    portal_wiring.sessions(visit.surface.name).end_others(visit.open)
    return Go("/account", done="sessions-ended")
