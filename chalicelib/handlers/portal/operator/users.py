"""All users: who is an operator, and who may sign in at all."""

from __future__ import annotations

from typing import Any

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.platform import segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.forms import if_match
from chalicelib.portal.listing import Listing

FILTERS = ("active", "platformAdmin", "q", "sort")


@page("/users", "Every user")
def users(visit: Visit) -> Page:
    listing = Listing.of("/users", visit.query, FILTERS)
    found = visit.api.get("/users", **listing.parameters)
    chips = _chips(listing, found)
    shown = {"listing": listing.with_next(found["nextCursor"]), "users": found["items"], "chips": chips}
    return Page("operator/users.html", "Users", listing.here, "users", shown)


@page("/users/{user_id}", "One user")
def user(visit: Visit, user_id: str) -> Page:
    path = f"/users/{segment(user_id)}"
    found = visit.api.get(path)
    title = found["name"] or found["email"] or "User"
    return Page("operator/user.html", title, path, "users", {"user": found})


@action("/users/{user_id}/rights", back_to=user)
def change_rights(visit: Visit, user_id: str) -> Go:
    return _changed(visit, user_id, {"platformAdmin": visit.form["platformAdmin"] == "true"})


@action("/users/{user_id}/access", back_to=user)
def change_access(visit: Visit, user_id: str) -> Go:
    return _changed(visit, user_id, {"active": visit.form["active"] == "true"})


def _changed(visit: Visit, user_id: str, wish: dict[str, bool]) -> Go:
    path = f"/users/{segment(user_id)}"
    visit.api.change("PATCH", path, wish, **if_match(visit.form))
    return Go(path, done="user-changed")


def _chips(listing: Listing, found: dict[str, Any]) -> list[tuple[str, int | None, str, bool]]:
    counts, none = found["counts"], {"active": "", "platformAdmin": ""}
    named: tuple[tuple[str, int, dict[str, str]], ...] = (
        ("all", counts["active"] + counts["inactive"], {}),
        ("active", counts["active"], {"active": "true"}),
        ("deactivated", counts["inactive"], {"active": "false"}),
        ("operators", counts["platformAdmin"], {"platformAdmin": "true"}),
    )
    asked = {name: listing.given(name) for name in none}
    return [
        (label, count, listing.narrowed(**(none | wanted)), asked == none | wanted)
        for label, count, wanted in named
    ]
