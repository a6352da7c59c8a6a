"""What axe-core finds on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}


def grave_issues(page: Page) -> list[str]:
    """Serious and critical ones, each with the places where it is so."""
    found = Axe().run(page).response["violations"]
    return [_told(each) for each in found if each["impact"] in GRAVE]


def _told(issue: dict) -> str:
    places = [f"{node['html'][:160]} ({node.get('failureSummary', '')[:200]})" for node in issue["nodes"]]
    return f"{issue['id']} ({issue['impact']}): {issue['help']}: " + " | ".join(places)
