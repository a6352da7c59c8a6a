"""The people of a tenant: invited, given a role, locked out, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.operator.tenant_frame import path_of, tab
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.listing import Listing

ROLES = ("owner", "admin", "member")
SORTS = {"-lastSignInAt": "Last sign-in", "name": "Name", "email": "E-mail"}


@page("/tenants/{slug}/users", "A tenant's users")
def tenant_users(visit: Visit, slug: str) -> Page:
    path = path_of(slug)
    listing = Listing.of(f"{path}/users", visit.query, ("q", "sort"))
    tenant, found = visit.api.as_operator(reading(path), reading(f"{path}/users", **listing.parameters))
    shown = {
        "members": found["items"],
        "listing": listing.with_next(found["nextCursor"]),
        "called": _called(visit.chosen, found["items"]),
        "roles": ROLES,
    }
    return tab("Users", tenant, shown, listing.here)


@action("/tenants/{slug}/users", back_to=tenant_users)
def invite_member(visit: Visit, slug: str) -> Go:
    form = visit.form
    wish = {"email": form["email"], "role": form["role"], **({"name": form["name"]} if form["name"] else {})}
    visit.api.change("POST", f"{path_of(slug)}/users", wish)
    return Go(f"{path_of(slug)}/users", done="member-invited")


@action("/tenants/{slug}/users/role", back_to=tenant_users)
def change_role(visit: Visit, slug: str) -> Go:
    return _changed(visit, slug, {"role": visit.form["role"]})


@action("/tenants/{slug}/users/deactivate", back_to=tenant_users)
def deactivate_member(visit: Visit, slug: str) -> Go:
    return _changed(visit, slug, {"active": False})


@action("/tenants/{slug}/users/activate", back_to=tenant_users)
def activate_member(visit: Visit, slug: str) -> Go:
    return _changed(visit, slug, {"active": True})


@action("/tenants/{slug}/users/remove", back_to=tenant_users)
def remove_member(visit: Visit, slug: str) -> Go:
    visit.api.change("DELETE", _member(visit, slug))
    return Go(f"{path_of(slug)}/users", done="member-removed")


@action("/tenants/{slug}/users/link", back_to=tenant_users)
def make_link(visit: Visit, slug: str) -> Page:
    """Shown once: it is a credential, which stands in this answer and nowhere else."""
    made = visit.api.change("POST", f"{_member(visit, slug)}/invitation")
    here = f"{path_of(slug)}/users"
    shown = {"link": made["link"], "hours": made["expiresIn"] // 3600, "slug": slug}
    return Page("invitation.html", "Invitation link", here, "tenants", shown)


def _changed(visit: Visit, slug: str, wish: Mapping[str, Any]) -> Go:
    """Whatever the member was before: the dialog says what it will be, not what changes."""
    visit.api.change("PATCH", _member(visit, slug), dict(wish))
    return Go(f"{path_of(slug)}/users", done="member-changed")


def _member(visit: Visit, slug: str) -> str:
    return f"{path_of(slug)}/users/{segment(visit.form['chosen'])}"


def _called(chosen: str, members: list[dict[str, Any]]) -> str:
    """What the dialog that opens without script calls the person; never what an address says."""
    return next((each["email"] or each["name"] for each in members if each["id"] == chosen), "this person")
