"""A partner's statement of one month, made to be printed."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.handlers.portal.operator.routes import action, page
from chalicelib.handlers.portal.platform import reading, segment
from chalicelib.handlers.portal.visit import Go, Page, Visit


@page("/partners/{slug}/statement", "A partner's statement of one month")
def statement(visit: Visit, slug: str) -> Page:
    period = visit.query["period"] or visit.form["period"] or f"{datetime.now(UTC):%Y-%m}"
    path = f"/partners/{segment(slug)}"
    found, closed = visit.api.together(
        reading(f"{path}/statement", period=period), reading(f"{path}/statements")
    )
    here = f"{path}/statement?period={segment(period)}"
    shown = {"statement": found, "closed": closed["items"], "path": path}
    return Page("operator/statement.html", f"Statement {found['period']}", here, "partners", shown)


@action("/partners/{slug}/statement/close", back_to=statement)
def close_statement(visit: Visit, slug: str) -> Go:
    period, path = visit.form["period"], f"/partners/{segment(slug)}"
    visit.confirmed(period)
    visit.api.change("POST", f"{path}/statement/close", {"period": period})
    return Go(f"{path}/statement?period={segment(period)}", done="statement-closed")
