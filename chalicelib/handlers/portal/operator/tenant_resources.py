"""Where a tenant stands in each integration, what was done there, and asking for more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from chalicelib.errors import GatewayAway
from chalicelib.handlers.portal.operator.attention import in_days
from chalicelib.handlers.portal.operator.routes import action, fragment, page
from chalicelib.handlers.portal.operator.tenant_frame import live, path_of, tab
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Form, Go, Page, Visit
from chalicelib.portal.forms import if_match
from chalicelib.portal.listing import Listing
from chalicelib.portal.moments import instant
from chalicelib.portal.views.plans import is_whole, moved, risks, step_count
from chalicelib.portal.views.provisioning import NAMES, Awaited, stands

SHOW_PLAN = "show"
PAUSES = {"1": "1 day", "3": "3 days", "7": "1 week", "14": "2 weeks", "30": "30 days", "90": "90 days"}


@page("/tenants/{slug}/resources", "Where a tenant stands in each integration")
def tenant_resources(visit: Visit, slug: str) -> Page:
    tenant, *found = visit.api.as_operator(reading(path_of(slug)), *_asks(visit, slug))
    shown = _shown(visit, slug, *found) | _plan(visit, slug)
    listing: Listing = shown["listing"]
    refresh = f"{path_of(slug)}/resources/live{_query(visit.query, 'integration', 'cursor', 'since', 'only')}"
    choices = {"names": NAMES, "pauses": PAUSES}
    return tab("Resources", tenant, shown | choices, listing.here, refresh)


@fragment("/tenants/{slug}/resources/live")
def tenant_resources_live(visit: Visit, slug: str) -> Page:
    tenant, *found = visit.api.together(reading(path_of(slug)), *_asks(visit, slug))
    shown = _shown(visit, slug, *found)
    return live("operator/tenant/resources_live.html", tenant, shown["listing"].here, **shown)


@action("/tenants/{slug}/reconcile", back_to=tenant_resources)
def reconcile_tenant(visit: Visit, slug: str) -> Go:
    return _asked_for(visit, slug, {"integration": visit.form["chosen"]}, "reconcile-started")


@action("/tenants/{slug}/resources/apply", back_to=tenant_resources)
def apply_plan(visit: Visit, slug: str) -> Go:
    """The dialog of a plan that deletes asks for the name."""
    if "confirm" in visit.form:
        visit.confirmed(slug)
    return _asked_for(visit, slug, {"planDigest": visit.form["planDigest"]}, "plan-applied")


@action("/tenants/{slug}/resources/pause", back_to=tenant_resources)
def pause_drift(visit: Visit, slug: str) -> Go:
    wish = {"reason": visit.form["reason"], "until": in_days(visit.form["until"])}
    visit.api.change("PUT", _pause(visit, slug), wish, **if_match(visit.form))
    return Go(f"{path_of(slug)}/resources", done="drift-paused")


@action("/tenants/{slug}/resources/resume", back_to=tenant_resources)
def lift_drift_pause(visit: Visit, slug: str) -> Go:
    visit.api.change("DELETE", _pause(visit, slug))
    return Go(f"{path_of(slug)}/resources", done="drift-resumed")


def _asks(visit: Visit, slug: str) -> tuple[Any, Any]:
    path = path_of(slug)
    runs = reading(f"{path}/runs", **_listing(visit, slug).parameters)
    return reading(f"{path}/integrations"), runs


def _shown(
    visit: Visit, slug: str, integrations: Mapping[str, Any], runs: Mapping[str, Any]
) -> dict[str, Any]:
    listing = _listing(visit, slug)
    seen = stands(integrations, datetime.now(UTC), _awaited(visit.query))
    return {
        "stands": seen,
        "moving": any(each.busy for each in seen),  # better known here than from the states alone
        "runs": runs["items"],
        "chips": listing.choices("integration", tuple(NAMES)),
        "listing": listing.with_next(runs["nextCursor"]),
    }


def _listing(visit: Visit, slug: str) -> Listing:
    return Listing.of(f"{path_of(slug)}/resources", visit.query, ("integration",))


def _plan(visit: Visit, slug: str) -> dict[str, Any]:
    """Only when it is asked for: all three vendors are looked at. None when they cannot be in time."""
    if visit.query["plan"] != SHOW_PLAN:
        return {"plan": None, "plan_asked": False}
    try:
        plan = visit.api.get(f"{path_of(slug)}/plan")
    except GatewayAway:
        return {"plan": None, "plan_asked": True}
    approved = visit.refused.values["planDigest"] if visit.refused else ""
    return {
        "plan": plan,
        "plan_asked": True,
        "moved": moved(approved, plan["digest"]) if approved else [],
        "risks": risks(plan),
        "steps": step_count(plan),
        "applicable": is_whole(plan) and step_count(plan) > 0,
    }


def _asked_for(visit: Visit, slug: str, wish: dict[str, str], done: str) -> Go:
    """The page that it leads to waits until the look has been seen."""
    since = datetime.now(UTC).isoformat(timespec="milliseconds")
    visit.api.change("POST", f"{path_of(slug)}/reconcile{_query(Form(wish), *wish)}")
    waits = _query(Form({"since": since, "only": wish.get("integration", "")}), "since", "only")
    return Go(f"{path_of(slug)}/resources{waits}", done=done)


def _awaited(query: Form) -> Awaited | None:
    try:
        since = instant(query["since"])
    except ValueError:
        return None
    return Awaited(since, query["only"]) if since.tzinfo else None


def _pause(visit: Visit, slug: str) -> str:
    return f"{path_of(slug)}/integrations/{segment(visit.form['chosen'])}/drift-pause"


def _query(of: Form, *names: str) -> str:
    given = {name: of[name] for name in names if of[name]}
    return "?" + urlencode(given) if given else ""
