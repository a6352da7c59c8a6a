"""A tenant's domains: whose they are, what DNS has to hold for them, and what it shows."""

from __future__ import annotations

from chalicelib.handlers.portal.customer.routes import action, page
from chalicelib.handlers.portal.customer.tenant_frame import path_of, tab, tenant_and
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.views.domains import domains_of


@page("/tenants/{slug}/domains", "A tenant's domains")
def domains(visit: Visit, slug: str) -> Page:
    path = f"{path_of(slug)}/domains"
    tenant, (found,) = tenant_and(visit, slug, reading(path))
    return tab("Domains", tenant, {"domains": domains_of(found["items"])}, path)


@action("/tenants/{slug}/domains", back_to=domains)
def add_domain(visit: Visit, slug: str) -> Go:
    visit.api.change("POST", f"{path_of(slug)}/domains", {"name": visit.form["name"]})
    return Go(f"{path_of(slug)}/domains", done="domain-added")


@action("/tenants/{slug}/domains/check", back_to=domains)
def check_domain(visit: Visit, slug: str) -> Go:
    visit.api.change("POST", f"{_domain(visit, slug)}/check")
    return Go(f"{path_of(slug)}/domains", done="domain-checked")


@action("/tenants/{slug}/domains/remove", back_to=domains)
def remove_domain(visit: Visit, slug: str) -> Go:
    visit.api.change("DELETE", _domain(visit, slug))
    return Go(f"{path_of(slug)}/domains", done="domain-removed")


def _domain(visit: Visit, slug: str) -> str:
    return f"{path_of(slug)}/domains/{segment(visit.form['chosen'])}"
