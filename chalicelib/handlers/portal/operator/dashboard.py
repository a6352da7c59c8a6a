"""The dashboard: the fleet at a glance."""

from __future__ import annotations

from chalicelib.handlers.portal.operator.routes import page
from chalicelib.handlers.portal.platform import reading
from chalicelib.handlers.portal.visit import Page, Visit
from chalicelib.portal.views.charts import shares
from chalicelib.portal.views.fleet import growth, revenues


@page("", "The fleet at a glance")
def dashboard(visit: Visit) -> Page:
    stats, mrr = visit.api.together(reading("/stats"), reading("/stats/mrr"))
    shown = {
        "stats": stats,
        "mrr": mrr["mrr"],
        "revenues": revenues(mrr),
        "growth": growth(stats["tenants"]),
        "causes": shares(sorted(stats["attention"]["counts"].items(), key=lambda each: -each[1])),
    }
    return Page("operator/dashboard.html", "Dashboard", "", "dashboard", shown)
