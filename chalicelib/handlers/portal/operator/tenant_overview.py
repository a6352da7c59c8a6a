"""A tenant at a glance, and the changes of what it is."""

from __future__ import annotations

from typing import Any

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.operator.tenant_frame import change, path_of, tab
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.forms import CONTACT, group
from chalicelib.portal.views.domains import domains_of

RECENT = "5"  # members
SUGGESTED = "50"  # partners that the dialog to attach one offers; any other slug can be typed


@page("/tenants/{slug}", "One tenant")
def tenant_overview(visit: Visit, slug: str) -> Page:
    path = path_of(slug)
    asked = reading(path), reading(f"{path}/users", limit=RECENT), reading(f"{path}/domains")
    tenant, members, domains = visit.api.as_operator(*asked)
    shown = {"members": members["items"], "domains": domains_of(domains["items"])}
    shown |= {"partner": None, "partners": []}
    return tab("Overview", tenant, shown | _partner(visit, tenant))


@action("/tenants/{slug}/name", back_to=tenant_overview)
def rename_tenant(visit: Visit, slug: str) -> Go:
    return change(visit, slug, {"name": visit.form["name"]})


@action("/tenants/{slug}/plan", back_to=tenant_overview)
def change_plan(visit: Visit, slug: str) -> Go:
    return change(visit, slug, {"plan": visit.form["plan"]})


@action("/tenants/{slug}/domains", back_to=tenant_overview)
def change_domains(visit: Visit, slug: str) -> Go:
    return change(visit, slug, {"domains": visit.form["domains"].split()})


@action("/tenants/{slug}/domains/approve", back_to=tenant_overview)
def approve_domain(visit: Visit, slug: str) -> Go:
    path = f"{path_of(slug)}/domains/{segment(visit.form['chosen'])}/approve"
    visit.api.change("POST", path, {"reason": visit.form["reason"]})
    return Go(path_of(slug), done="domain-approved")


@action("/tenants/{slug}/contact", back_to=tenant_overview)
def change_contact(visit: Visit, slug: str) -> Go:
    return change(visit, slug, {"contact": group(visit.form, "contact", CONTACT)})


@action("/tenants/{slug}/attach", back_to=tenant_overview)
def attach_partner(visit: Visit, slug: str) -> Go:
    partner = visit.api.get(f"/partners/{segment(visit.form['partner'])}")
    return change(visit, slug, {"partnerId": partner["id"]}, done="tenant-attached")


@action("/tenants/{slug}/detach", back_to=tenant_overview)
def detach_partner(visit: Visit, slug: str) -> Go:
    return change(visit, slug, {"partnerId": None}, done="tenant-detached")


def _partner(visit: Visit, tenant: dict[str, Any]) -> dict[str, Any]:
    """Its partner or, while it has none, partners to choose from."""
    if tenant["partnerId"]:
        found = visit.api.get("/partners", id=tenant["partnerId"])["items"]
        return {"partner": found[0] if found else None}
    if tenant["status"] == "terminated":
        return {}
    return {"partners": visit.api.get("/partners", status="active", limit=SUGGESTED)["items"]}
