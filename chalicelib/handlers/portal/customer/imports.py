"""Many people at once: a file, what it would do, and what it did."""

from __future__ import annotations

from typing import Any

from chalicelib.handlers.portal.customer.routes import action, page
from chalicelib.handlers.portal.customer.tenant_frame import path_of, tab, tenant_and
from chalicelib.handlers.portal.platform import ApiRefused
from chalicelib.handlers.portal.visit import Page, Visit

SAYS = {
    "invite": "will be invited",
    "invited": "invited",
    "member": "a member already",
    "waiting": "not reached yet",
}


@page("/tenants/{slug}/users/import", "People to import")
def import_people(visit: Visit, slug: str) -> Page:
    return _page(visit, slug, {"done_of": None})


@action("/tenants/{slug}/users/import", back_to=import_people)
def preview_import(visit: Visit, slug: str) -> Page:
    return _done(visit, slug, dry_run=True)


@action("/tenants/{slug}/users/import/apply", back_to=import_people)
def apply_import(visit: Visit, slug: str) -> Page:
    """The page stands at this very address: loaded again, it invites nobody twice."""
    return _done(visit, slug, dry_run=False)


def _done(visit: Visit, slug: str, *, dry_run: bool) -> Page:
    csv = visit.form["csv"]
    done = visit.api.change("POST", f"{path_of(slug)}/users/import", {"csv": csv, "dryRun": dry_run})
    wrong = [each for each in done["rows"] if each["outcome"] == "wrong"]
    others = [each for each in done["rows"] if each["outcome"] != "wrong"]
    groups = [("Rows that are left out", wrong), ("The others", others)]
    return _page(visit, slug, {"done_of": done, "groups": groups, "says": SAYS, "csv": csv})


def _page(visit: Visit, slug: str, shown: dict[str, Any]) -> Page:
    tenant, _ = tenant_and(visit, slug)
    if not tenant["admin"]:
        raise ApiRefused(403, "role-required", "", {})
    here = f"{path_of(slug)}/users/import"
    return tab("Users", tenant, shown, here, template="customer/import.html")
