"""Nothing on a page stands in for what is not there."""

from __future__ import annotations

import pytest

from tests.http.portal.portal import Portal, text_of

STANDING_IN = {"mock", "mocked", "placeholder", "fixture", "sample", "lorem", "todo", "tbd"}
OPERATORS = (
    "",
    "/tenants",
    "/tenants/acme",
    "/tenants/acme/users",
    "/tenants/acme/resources",
    "/tenants/acme/billing",
    "/tenants/acme/audit",
    "/tenants/acme/support",
    "/tenants/acme/danger",
    "/partners",
    "/partners/nordlicht",
    "/partners/nordlicht/statement",
    "/attention",
    "/support",
    "/users",
    "/audit",
    "/audit/verify",
)
CUSTOMERS = (
    "",
    "/tenants/acme",
    "/tenants/acme/users",
    "/tenants/acme/subscription",
    "/tenants/acme/support",
    "/tenants/acme/audit",
    "/account",
)


@pytest.mark.parametrize("surface", ["operator", "customer"])
def test_no_page_says_a_word_that_stands_in_for_something(portal: Portal, surface):
    operator, owner = portal.api.operator(), portal.api.customer("olga")
    partner = {"slug": "nordlicht", "name": "Nordlicht", "domain": "nordlicht.test", "marginPct": 20}
    portal.api.post("/partners", operator, partner)
    portal.api.post("/tenants", owner, {"slug": "acme", "name": "Acme"})
    browser = portal.as_(operator if surface == "operator" else owner, surface)

    for path in OPERATORS if surface == "operator" else CUSTOMERS:
        page = browser.get(path)
        words = {word.strip(".,:;()!?").lower() for word in text_of(page).split()}
        assert page.status_code == 200, path
        assert words & STANDING_IN == set(), path
