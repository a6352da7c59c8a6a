"""Domains in both portals: named and proven by customers, vouched for by operators."""

from __future__ import annotations

import pytest

from chalicelib import wiring
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, an_active_tenant
from tests.fakes import FakeClock
from tests.http.looking import FakeDns, FakeZones, domain_checks
from tests.http.portal.portal import Browser, Portal, location, text_of

PATH = "/tenants/acme/domains"


@pytest.fixture
def dns(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> FakeDns:
    dns, clock = FakeDns(), FakeClock()
    checks = domain_checks(portal.api.mongo, clock, dns, FakeZones())
    monkeypatch.setattr(wiring, "domain_checks", lambda: checks)
    dns.clock = clock
    return dns


@pytest.fixture
def acme(portal: Portal):
    tenant = an_active_tenant()
    Tenants(portal.api.mongo).add(tenant)
    return tenant


@pytest.fixture
def owner(portal: Portal, acme) -> Browser:
    return portal.as_(portal.api.customer("olga", memberships=(a_membership(acme, "owner"),)), "customer")


def check(owner, dns, name="mine.test"):
    dns.clock.move(60)
    return owner.post(f"{PATH}/check", {"chosen": name})


def test_a_domain_is_added_proven_and_removed(portal, owner, dns):
    added = owner.post(PATH, {"name": "mine.test"})
    claim = Tenants(portal.api.mongo).get("acme").claim_of("mine.test")
    page = owner.get(PATH)
    checked = check(owner, dns)
    missing = text_of(owner.get(PATH))
    dns.zones[claim.record_name, "TXT"] = (claim.record_value,)
    check(owner, dns)
    proven = text_of(owner.get(PATH))
    removed = owner.post(f"{PATH}/remove", {"chosen": "mine.test", "confirm": "acme"})

    assert location(added) == f"/customer{PATH}?done=domain-added"
    assert f">{claim.record_value}</code>" in page.text
    assert "Proves that the domain is yours" in text_of(page)
    assert location(checked) == f"/customer{PATH}?done=domain-checked"
    assert "mine.test not proven" in missing
    assert "mine.test being set up" in proven
    assert location(removed) == f"/customer{PATH}?done=domain-removed"
    assert "mine.test" not in owner.get(PATH).text


def test_what_others_wrote_into_dns_is_shown_as_text_only(owner, dns):
    dns.zones["acme.test", "MX"] = ("10 <script>alert(1)</script>.",)
    check(owner, dns, "acme.test")

    page = owner.get(PATH)

    assert "no mail" in text_of(page)
    assert "&lt;script&gt;" in page.text
    assert "<script>alert" not in page.text


def test_a_refusal_comes_back_into_the_dialog(portal, owner, dns):
    Tenants(portal.api.mongo).add(an_active_tenant(slug="other", domains=("taken.test",)))

    taken = owner.post(PATH, {"name": "taken.test", "dialog": "add-domain"})
    wrong = owner.post(PATH, {"name": "no domain", "dialog": "add-domain"})
    gone = owner.post(f"{PATH}/check", {"chosen": "nobody.test"})

    assert (taken.status_code, wrong.status_code) == (409, 422)
    assert "is not available" in text_of(taken)
    assert 'value="no domain"' in wrong.text
    assert gone.status_code == 404


def test_a_member_sees_them_and_has_no_buttons(portal, acme, owner):
    member = portal.as_(portal.api.customer("max", memberships=(a_membership(acme),)), "customer")

    page = member.get(PATH)

    assert "acme.test" in text_of(page)
    assert "Check now" not in page.text
    assert "add-domain" not in page.text
    assert member.post(PATH, {"name": "mine.test"}).status_code == 403


def test_an_operator_vouches_for_an_unproven_domain(portal, owner):
    owner.post(PATH, {"name": "mine.test"})
    operator = portal.as_(portal.api.operator())
    before = operator.get("/tenants/acme")

    done = operator.post("/tenants/acme/domains/approve", {"chosen": "mine.test", "reason": "By phone"})

    assert "mine.test not proven" in text_of(before)
    assert location(done) == "/operator/tenants/acme?done=domain-approved"
    after = operator.get("/tenants/acme")
    assert "mine.test being set up" in text_of(after)
    assert 'data-dialog="approve-domain"' not in after.text
    assert portal.api.document("auditEvents", action="tenant.domain.approve")["reason"] == "By phone"
