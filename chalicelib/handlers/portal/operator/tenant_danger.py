"""The moves of a tenant's life: suspend, resume, terminate, restore; and the proof that it is gone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.operator.tenant_frame import path_of, tab
from chalicelib.handlers.portal.platform import reading
from chalicelib.handlers.portal.visit import Go, Page, Visit
from chalicelib.portal.views.provisioning import is_restorable


@page("/tenants/{slug}/danger", "What cannot easily be taken back")
def tenant_danger(visit: Visit, slug: str) -> Page:
    (tenant,) = visit.api.as_operator(reading(path_of(slug)))
    receipt = visit.api.get(f"{path_of(slug)}/receipt") if tenant["purgedAt"] else None
    return tab(
        "Danger zone", tenant, {"receipt": receipt, "restorable": is_restorable(tenant, datetime.now(UTC))}
    )


@action("/tenants/{slug}/suspend", back_to=tenant_danger)
def suspend_tenant(visit: Visit, slug: str) -> Go:
    return _moved(visit, slug, "suspend", "tenant-suspended", {"reason": visit.form["reason"]})


@action("/tenants/{slug}/resume", back_to=tenant_danger)
def resume_tenant(visit: Visit, slug: str) -> Go:
    return _moved(visit, slug, "resume", "tenant-resumed")


@action("/tenants/{slug}/restore", back_to=tenant_danger)
def restore_tenant(visit: Visit, slug: str) -> Go:
    return _moved(visit, slug, "restore", "tenant-restored")


@action("/tenants/{slug}/terminate", back_to=tenant_danger)
def terminate_tenant(visit: Visit, slug: str) -> Go:
    visit.confirmed(slug)
    visit.api.change("DELETE", path_of(slug))
    return Go(f"{path_of(slug)}/danger", done="tenant-terminated")


def _moved(visit: Visit, slug: str, move: str, done: str, wish: dict[str, Any] | None = None) -> Go:
    visit.api.change("POST", f"{path_of(slug)}/{move}", wish)
    return Go(f"{path_of(slug)}/danger", done=done)
