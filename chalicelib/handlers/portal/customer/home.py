"""Home: who is signed in, and their tenants."""

from __future__ import annotations

from chalicelib.handlers.portal.customer.routes import action, page
from chalicelib.handlers.portal.platform import segment
from chalicelib.handlers.portal.visit import Go, Page, Visit


@page("", "My tenants")
def home(visit: Visit) -> Page:
    return Page("customer/home.html", "My tenants", "", "home", {"me": visit.api.get("/me")})


@action("/tenants", back_to=home)
def create_tenant(visit: Visit) -> Go:
    """Whoever creates a tenant here becomes its owner; it starts with a trial."""
    form = visit.form
    wish = {"slug": form["slug"], "name": form["name"], "domains": form["domains"].split()}
    created = visit.api.change("POST", "/tenants", wish)
    return Go(f"/tenants/{segment(created['slug'])}", done="tenant-created")
