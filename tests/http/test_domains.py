"""Domains of a tenant: named, proven, approved, removed, and what DNS shows of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.actor import SCHEDULE
from chalicelib.domain.wanted import wanted
from chalicelib.repositories.domain_looks import Looks
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, a_membership, an_active_tenant
from tests.fakes import FakeClock
from tests.http.looking import DKIM, FakeDns, FakeZones, domain_checks

MINE = "mine.test"


@pytest.fixture
def dns():
    return FakeDns()


@pytest.fixture
def zones():
    return FakeZones()


@pytest.fixture
def clock():
    return FakeClock(NOON)


@pytest.fixture
def checks(api, dns, zones, clock, monkeypatch):
    from chalicelib import wiring

    found = domain_checks(api.mongo, clock, dns, zones)
    monkeypatch.setattr(wiring, "domain_checks", lambda: found)
    return found


@pytest.fixture
def acme(api):
    tenant = an_active_tenant()
    Tenants(api.mongo).add(tenant)
    return tenant


@pytest.fixture
def owner(api, acme):
    return api.customer("owner-1", memberships=(a_membership(acme, "owner"),))


def added(api, person, name=MINE, slug="acme"):
    return api.post(f"/tenants/{slug}/domains", person, {"name": name})


def checked(api, person, clock, name=MINE, slug="acme"):
    clock.move(60)
    return api.post(f"/tenants/{slug}/domains/{name}/check", person).json()


def publish(dns, record):
    dns.zones[record["name"], record["type"]] = (record["value"],)


def test_a_customers_domain_is_unproven_and_is_not_wanted(api, acme, owner):
    answer = added(api, owner, "Bücher.Example.")

    domain = answer.json()
    assert answer.status_code == 201
    assert (domain["name"], domain["ownership"], domain["grade"]) == (
        "xn--bcher-kva.example",
        "unproven",
        "unproven",
    )
    assert domain["proof"]["name"] == "_dezky-challenge.xn--bcher-kva.example"
    assert len(domain["proof"]["value"].removeprefix("dezky-verification=")) == 32
    tenant = Tenants(api.mongo).get("acme")
    assert tenant.domains == ("acme.test", "xn--bcher-kva.example")
    assert wanted(tenant, ()).domains == ("acme.test",)


def test_the_record_proves_it_the_mail_server_gets_it_and_the_grade_follows(
    api, owner, checks, dns, zones, clock
):
    proof = added(api, owner).json()["proof"]
    before = Tenants(api.mongo).get("acme").generation
    assert checked(api, owner, clock)["proof"]["state"] == "missing"

    publish(dns, proof)
    proven = checked(api, owner, clock)

    tenant = Tenants(api.mongo).get("acme")
    assert (proven["ownership"], proven["grade"]) == ("proven", "setting-up")
    assert (tenant.generation, wanted(tenant, ()).domains) == (before + 1, ("acme.test", MINE))
    assert ("stalwart", tenant.id, "tenant.domain.prove") in api.queue.hints
    zones.has_keys = False
    needed = checked(api, owner, clock)
    assert (needed["grade"], [each["state"] for each in needed["records"]]) == ("no-mail", ["missing"] * 3)
    for each in needed["records"]:
        dns.zones.setdefault((each["name"], each["type"]), (each["value"],))
    assert checked(api, owner, clock)["grade"] == "at-risk"  # no keys, no signature
    zones.has_keys = True
    assert checked(api, owner, clock)["grade"] == "at-risk"
    dns.zones[f"s1._domainkey.{MINE}", "TXT"] = (DKIM,)
    assert checked(api, owner, clock)["grade"] == "good"
    listed = api.get("/tenants/acme/domains", owner).json()["items"]
    assert [(each["name"], each["grade"]) for each in listed] == [("acme.test", "setting-up"), (MINE, "good")]


def test_a_proof_that_disappears_lowers_the_grade_and_takes_nothing_away(
    api, acme, owner, checks, dns, clock
):
    publish(dns, added(api, owner).json()["proof"])
    for each in (*FakeZones().records_of(None, MINE),):
        dns.zones[each.question] = (each.value,)
    checked(api, owner, clock)
    assert checked(api, owner, clock)["grade"] == "good"
    generation = Tenants(api.mongo).get("acme").generation

    del dns.zones[f"_dezky-challenge.{MINE}", "TXT"]
    lost = checked(api, owner, clock)

    tenant = Tenants(api.mongo).get("acme")
    assert (lost["ownership"], lost["grade"]) == ("proven", "nearly")
    assert (tenant.generation, MINE in wanted(tenant, ()).domains) == (generation, True)


def test_the_record_of_another_tenant_or_of_an_earlier_claim_proves_nothing(
    api, acme, owner, checks, dns, clock
):
    other = an_active_tenant(slug="other", domains=())
    Tenants(api.mongo).add(other)
    rival = api.customer("rival-1", memberships=(a_membership(other, "owner"),))
    publish(dns, added(api, rival, slug="other").json()["proof"])
    assert api.delete(f"/tenants/other/domains/{MINE}", rival).status_code == 204

    added(api, owner)
    mine = checked(api, owner, clock)

    assert (mine["ownership"], mine["proof"]["state"]) == ("unproven", "differs")
    api.delete(f"/tenants/acme/domains/{MINE}", owner)
    again = added(api, owner).json()["proof"]
    assert again["value"] != mine["proof"]["value"]
    assert again["state"] is None


def test_dns_that_does_not_answer_changes_nothing(api, acme, owner, checks, dns, clock):
    publish(dns, added(api, owner).json()["proof"])
    dns.is_away = True

    seen = checked(api, owner, clock)

    assert (seen["ownership"], seen["proof"]["state"]) == ("unproven", "unknown")


def test_while_the_mail_server_is_away_its_last_word_counts(api, acme, owner, checks, zones, clock):
    first = checked(api, owner, clock, "acme.test")
    zones.is_away = True

    second = checked(api, owner, clock, "acme.test")

    assert len(second["records"]) == 4
    assert second["records"] == first["records"]


def test_who_asks_again_at_once_gets_the_last_look_and_dns_is_left_alone(api, acme, owner, checks, dns):
    first = api.post("/tenants/acme/domains/acme.test/check", owner)
    asked = len(dns.asked)

    second = api.post("/tenants/acme/domains/acme.test/check", owner)

    assert (second.status_code, second.json()) == (200, first.json())
    assert len(dns.asked) == asked > 0


def test_an_operator_vouches_for_a_domain_with_a_reason(api, acme, owner, checks):
    operator, before = api.operator(), Tenants(api.mongo).get("acme").generation
    added(api, owner)

    answer = api.post(f"/tenants/acme/domains/{MINE}/approve", operator, {"reason": "Seen the contract"})

    tenant = Tenants(api.mongo).get("acme")
    assert (answer.status_code, answer.json()["ownership"]) == (200, "approved")
    assert (tenant.generation, MINE in wanted(tenant, ()).domains) == (before + 2, True)
    event = api.document("auditEvents", action="tenant.domain.approve")
    assert (event["reason"], event["changes"]["ownership"]["after"]) == (
        "Seen the contract",
        ["acme.test: approved", f"{MINE}: approved"],
    )
    again = api.post(f"/tenants/acme/domains/{MINE}/approve", operator, {"reason": "Twice"})
    assert (again.status_code, again.json()["code"]) == (409, "impossible-move")


def test_what_an_operator_names_is_approved_and_what_stays_keeps_its_state(api, acme, owner):
    operator = api.operator()
    added(api, owner)

    api.patch("/tenants/acme", operator, {"domains": ["acme.test", MINE, "named.test"]})
    by_post = added(api, operator, "posted.test").json()

    listed = api.get("/tenants/acme/domains", owner).json()["items"]
    assert [(each["name"], each["ownership"]) for each in listed] == [
        ("acme.test", "approved"),
        (MINE, "unproven"),
        ("named.test", "approved"),
        ("posted.test", "approved"),
    ]
    assert (by_post["proof"], by_post["grade"]) == (None, "setting-up")
    event = api.document("auditEvents", action="tenant.change")
    assert "named.test: approved" in event["changes"]["ownership"]["after"]


def test_a_customer_who_creates_a_tenant_owns_nothing_by_saying_so(api):
    person = api.customer("new-1")

    api.post("/tenants", person, {"slug": "fresh", "name": "Fresh", "domains": ["big-bank.test"]})

    tenant = Tenants(api.mongo).get("fresh")
    assert (tenant.domains, wanted(tenant, ()).domains) == (("big-bank.test",), ())


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("admin", 201), ("owner", 201)])
def test_members_look_and_admins_change(api, acme, checks, role, status):
    person = api.customer(memberships=(a_membership(acme, role),))

    assert added(api, person).status_code == status
    assert api.get("/tenants/acme/domains", person).status_code == 200
    refused = (
        api.post("/tenants/acme/domains/acme.test/check", person).status_code,
        api.delete("/tenants/acme/domains/acme.test", person).status_code,
    )
    assert refused == ((403, 403) if role == "member" else (200, 204))


def test_nobody_outside_sees_or_changes_them_and_no_customer_approves(api, acme, owner, checks):
    stranger = api.customer("stranger-1")
    added(api, owner)

    answers = [
        api.get("/tenants/acme/domains", stranger),
        added(api, stranger, "other.test"),
        api.delete(f"/tenants/acme/domains/{MINE}", stranger),
        api.post(f"/tenants/acme/domains/{MINE}/check", stranger),
    ]

    assert [each.status_code for each in answers] == [404] * 4
    assert api.post(f"/tenants/acme/domains/{MINE}/approve", owner, {"reason": "Me"}).status_code == 403
    assert Tenants(api.mongo).get("acme").ownership_of(MINE) == "unproven"


def test_a_domain_of_another_live_tenant_is_not_to_be_had_whoever_has_proven_it(api, acme, owner):
    Tenants(api.mongo).add(an_active_tenant(slug="other", domains=("theirs.test", "xn--bcher-kva.example")))

    taken = [added(api, owner, each) for each in ("THEIRS.test", "theirs.test.", "bücher.example")]

    assert [(each.status_code, each.json()["code"]) for each in taken] == [(409, "domain-taken")] * 3
    assert "other" not in taken[0].text


@pytest.mark.parametrize(
    "name",
    ["localhost", "10.0.0.1", "*.acme.test", "a..b", "a_b.test", "-a.test", "a\nb.test", "a" * 300, ""],
)
def test_what_is_no_domain_is_refused(api, acme, owner, name):
    assert added(api, owner, name).status_code == 422


def test_a_lookalike_is_another_domain_and_shows_its_plain_form(api, acme, owner):
    lookalike = added(api, owner, "\u0430cme.test")  # a Cyrillic letter first

    assert lookalike.status_code == 201
    assert lookalike.json()["name"].startswith("xn--")


def test_twice_is_a_conflict_and_there_is_an_end(api, acme, owner):
    full = [f"d{number}.test" for number in range(49)]
    api.patch("/tenants/acme", api.operator(), {"domains": ["acme.test", *full]})

    assert added(api, owner, "acme.test").json()["code"] == "already-exists"
    assert added(api, owner, "d50.test").status_code == 422


@pytest.mark.parametrize("name", ["nobody.test", "no domain", "%00"])
def test_what_is_not_there_is_not_found(api, acme, owner, checks, name):
    answers = [
        api.delete(f"/tenants/acme/domains/{name}", owner),
        api.post(f"/tenants/acme/domains/{name}/check", owner),
    ]

    assert {each.status_code for each in answers} <= {400, 404, 405}
    assert Tenants(api.mongo).get("acme").domains == ("acme.test",)


def test_a_removed_domain_and_what_was_seen_of_it_are_gone(api, acme, owner, checks):
    added(api, owner)
    api.post(f"/tenants/acme/domains/{MINE}/check", owner)

    assert api.delete(f"/tenants/acme/domains/{MINE}", owner).status_code == 204

    tenant = Tenants(api.mongo).get("acme")
    assert (tenant.domains, tenant.claims, Looks(api.mongo).of(acme.id)) == (("acme.test",), (), ())
    assert api.document("auditEvents", action="tenant.domain.remove")["changes"]["domains"]


def test_a_suspended_tenant_only_looks(api, owner, acme, checks):
    api.post("/tenants/acme/suspend", api.operator(), {"reason": "Unpaid"})

    assert added(api, owner).json()["code"] == "tenant-suspended"
    assert api.get("/tenants/acme/domains", owner).status_code == 200


def test_the_schedule_looks_at_new_domains_often_and_at_old_ones_daily(api, acme, owner, checks, dns, clock):
    for each in FakeZones().records_of(None, "acme.test"):
        dns.zones[each.question] = (each.value,)
    added(api, owner)  # at the real time, which is later than the clock's: due then
    Tenants(api.mongo).look_at_domains(acme.id, NOON)
    tenant = Tenants(api.mongo).get("acme")
    fresh = tuple(each.with_(since=NOON) for each in tenant.claims)
    Tenants(api.mongo).save(tenant.with_(claims=fresh), tenant)

    def looks():
        dns.asked.clear()
        return checks.check_due(), {each.name.removeprefix("_dezky-challenge.") for each in dns.asked}

    assert looks()[0] == 1
    assert {each.name for each in Looks(api.mongo).of(acme.id)} == {"acme.test", MINE}
    assert looks() == (0, set())
    clock.move(5 * 60)
    assert looks() == (1, {MINE})
    clock.move(7 * 3600)
    assert looks() == (1, {MINE})
    clock.move(5 * 60)
    assert looks() == (0, set())
    clock.move(24 * 3600)
    publish(dns, {"type": "TXT", "name": fresh[0].record_name, "value": fresh[0].record_value})
    assert looks()[0] == 1
    assert Tenants(api.mongo).get("acme").ownership_of(MINE) == "proven"
    event = api.document("auditEvents", action="tenant.domain.prove")
    assert event["actor"]["userId"] == SCHEDULE.user.id


def test_one_tenant_whose_look_breaks_keeps_nobody_waiting(api, acme, checks, dns, clock, monkeypatch):
    Tenants(api.mongo).add(an_active_tenant(slug="other", domains=("other.test",)))
    real = dns.look

    def look(questions):
        if any(each.name.endswith("acme.test") for each in questions):
            raise RuntimeError("unforeseen")
        return real(questions)

    monkeypatch.setattr(dns, "look", look)

    assert checks.check_due() == 2
    other = Tenants(api.mongo).get("other")
    assert [each.name for each in Looks(api.mongo).of(other.id)] == ["other.test"]
    assert checks.check_due() == 0  # not at once again


def test_a_terminated_tenant_is_left_alone(api, acme, checks, dns, clock):
    api.delete("/tenants/acme", api.operator())

    assert checks.check_due() == 1
    assert dns.asked == []
    clock.move(timedelta(hours=23).total_seconds())
    assert checks.check_due() == 0


def test_of_a_tenant_that_is_purged_nothing_is_kept(api, acme, owner, checks, clock):
    checked(api, owner, clock, "acme.test")
    tenant = Tenants(api.mongo).get("acme")
    gone = tenant.with_(lifecycle="terminated", purging_since=NOON)
    Tenants(api.mongo).save(gone, tenant)
    Tenants(api.mongo).look_at_domains(acme.id, NOON)

    assert (len(Looks(api.mongo).of(acme.id)), checks.check_due()) == (1, 1)

    assert Looks(api.mongo).of(acme.id) == ()
    clock.move(timedelta(days=365).total_seconds())
    assert checks.check_due() == 0
