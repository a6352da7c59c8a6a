"""The people of a tenant: invited, given a role, locked out, removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.handlers.portal.customer.routes import action, fragment, page
from chalicelib.handlers.portal.customer.tenant_frame import path_of, tab, tenant_and
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.integrations.gateway import Ask
from chalicelib.portal.listing import Listing


@page("/tenants/{slug}/users", "A tenant's people")
def members(visit: Visit, slug: str) -> Page:
    listing, asked = _asked(visit, slug)
    tenant, (found, counts) = tenant_and(visit, slug, *asked)
    return tab("Users", tenant, _shown(visit, listing, found, counts), listing.here)


@fragment("/tenants/{slug}/users/live")
def members_live(visit: Visit, slug: str) -> Page:
    """The part that refreshes by itself while accounts are being made."""
    listing, asked = _asked(visit, slug)
    tenant, (found, counts) = tenant_and(visit, slug, *asked)
    shown = _shown(visit, listing, found, counts) | {"tenant": tenant}
    return Page("customer/users_live.html", "", listing.here, "home", shown)


def _asked(visit: Visit, slug: str) -> tuple[Listing, tuple[Ask, Ask]]:
    path = f"{path_of(slug)}/users"
    listing = Listing.of(path, visit.query, ("q", "sort"))
    return listing, (reading(path, **listing.parameters), reading(f"{path}/counts"))


def _shown(
    visit: Visit, listing: Listing, found: Mapping[str, Any], counts: Mapping[str, int]
) -> dict[str, Any]:
    called = {each["id"]: each["email"] or each["name"] for each in found["items"]}
    return {
        "members": found["items"],
        "counts": counts,
        "listing": listing.with_next(found["nextCursor"]),
        "live": replace(listing, path=f"{listing.path}/live").here,
        "called": called.get(visit.chosen, ""),
    }


@action("/tenants/{slug}/users", back_to=members)
def invite_member(visit: Visit, slug: str) -> Go:
    form = visit.form
    wish = {"email": form["email"], "role": form["role"], **({"name": form["name"]} if form["name"] else {})}
    visit.api.change("POST", f"{path_of(slug)}/users", wish)
    return Go(f"{path_of(slug)}/users", done="member-invited")


@action("/tenants/{slug}/users/role", back_to=members)
def change_role(visit: Visit, slug: str) -> Go:
    return _changed(visit, slug, {"role": visit.form["role"]})


@action("/tenants/{slug}/users/deactivate", back_to=members)
def deactivate_member(visit: Visit, slug: str) -> Go:
    return _changed(visit, slug, {"active": False})


@action("/tenants/{slug}/users/activate", back_to=members)
def activate_member(visit: Visit, slug: str) -> Go:
    return _changed(visit, slug, {"active": True})


@action("/tenants/{slug}/users/remove", back_to=members)
def remove_member(visit: Visit, slug: str) -> Go:
    visit.api.change("DELETE", _member(visit, slug))
    return Go(f"{path_of(slug)}/users", done="member-removed")


@action("/tenants/{slug}/users/link", back_to=members)
def make_link(visit: Visit, slug: str) -> Page:
    """Shown once: it is a credential, which stands in this answer and nowhere else."""
    made = visit.api.change("POST", f"{_member(visit, slug)}/invitation")
    here = f"{path_of(slug)}/users"
    shown = {"link": made["link"], "hours": made["expiresIn"] // 3600, "slug": slug}
    return Page("invitation.html", "Invitation link", here, "home", shown)


def _changed(visit: Visit, slug: str, wish: dict[str, Any]) -> Go:
    visit.api.change("PATCH", _member(visit, slug), wish)
    return Go(f"{path_of(slug)}/users", done="member-changed")


def _member(visit: Visit, slug: str) -> str:
    return f"{path_of(slug)}/users/{segment(visit.form['chosen'])}"
