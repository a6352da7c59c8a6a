"""What the seven tabs have in common: what they ask the API for, and what they never show."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from chalicelib import portal_wiring
from chalicelib.integrations.gateway import GatewayClient
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, an_active_tenant
from tests.http.portal.portal import Browser, Portal

LIMIT = "?limit=25"
# What each address may ask the API for, beside who is signed in and the tenant itself.
CALLS = {
    "": ["/partners?limit=50&status=active", "/tenants/acme/domains", "/tenants/acme/users?limit=5"],
    "/live": [],
    "/users": [f"/tenants/acme/users{LIMIT}"],
    "/resources": ["/tenants/acme/integrations", f"/tenants/acme/runs{LIMIT}"],
    "/resources?plan=show": [
        "/tenants/acme/integrations",
        "/tenants/acme/plan",
        f"/tenants/acme/runs{LIMIT}",
    ],
    "/resources/live": ["/tenants/acme/integrations", f"/tenants/acme/runs{LIMIT}"],
    "/billing": ["/catalogue", f"/tenants/acme/ledger{LIMIT}", "/tenants/acme/subscription"],
    "/audit": [f"/tenants/acme/audit{LIMIT}"],
    "/support": [f"/tenants/acme/tickets{LIMIT}"],
    "/danger": [],
}


@dataclass
class Listening(GatewayClient):
    """The same gateway, with what it was asked for."""

    url: str
    asked: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__(self.url)

    def send(self, token, asked):
        query = "&".join(f"{name}={value}" for name, value in sorted(asked.params.items()))
        self.asked.append(asked.path + (f"?{query}" if query else ""))
        return super().send(token, asked)


@pytest.fixture
def browser(portal: Portal) -> Browser:
    tenant = an_active_tenant(
        name="A tenant with quite a long name, as long as a name may be at all: eighty signs."[:80],
        domains=tuple(f"a-domain-with-a-rather-long-name-{number}.example" for number in range(50)),
    )
    Tenants(portal.api.mongo).add(tenant)
    portal.api.customer(memberships=(a_membership(tenant, "owner"),))
    return portal.as_(portal.api.operator())


@pytest.fixture
def listening(portal: Portal, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    gateway = Listening(portal.api.url)
    monkeypatch.setattr(portal_wiring, "gateway", lambda: gateway)
    return gateway.asked


@pytest.mark.parametrize(("address", "calls"), CALLS.items(), ids=str)
def test_a_tab_asks_for_its_own_data_and_no_more(browser, listening, address, calls):
    page = browser.get(f"/tenants/acme{address}")

    frame = ["/tenants/acme"] if address.endswith("/live") else ["/me", "/tenants/acme"]
    assert sorted(listening) == sorted(frame + calls)
    assert page.status_code == 200


@pytest.mark.parametrize("address", CALLS, ids=str)
def test_a_page_is_small_and_holds_no_token(browser, address):
    page = browser.get(f"/tenants/acme{address}")

    assert browser.person.token not in page.text + str(page.headers)
    assert "eyJ" not in page.text
    assert len(page.content) < 60_000


@pytest.mark.parametrize("address", [each for each in CALLS if not each.endswith("/live")], ids=str)
def test_the_tab_that_is_shown_is_marked_and_named_in_the_title(browser, address):
    page = browser.get(f"/tenants/acme{address}").text

    tabs = page.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    assert (tabs.count('aria-current="page"'), tabs.count("<a ")) == (1, 7)
    assert "A tenant with quite a long name" in page.partition("<title>")[2].partition("</title>")[0]
    assert page.count("<h1>") == 1


@pytest.mark.parametrize("address", ["/users?dialog=remove", "/resources?dialog=resume-drift"])
def test_a_dialog_says_no_words_of_its_address(browser, address):
    page = browser.get(f"/tenants/acme{address}&chosen=Call+this+number").text

    assert "<strong data-chosen-text>this " in page
    assert "Call this number</strong>" not in page
