"""What becomes of a terminated partner's tenants: decided once, followed batch by batch."""

from __future__ import annotations

import pytest

from chalicelib.domain.filters import PartnerFilter
from chalicelib.domain.page import PageRequest
from chalicelib.errors import ConcurrentChange, Unprocessable
from chalicelib.services import farewells
from tests.desk import Desk, a_mongo


@pytest.fixture(scope="module")
def mongo(mongodb_uri):
    with a_mongo(mongodb_uri, "farewells") as mongo:
        yield mongo


@pytest.fixture
def desk(mongo, monkeypatch):
    monkeypatch.setattr(farewells, "A_BATCH", 2)
    return Desk(mongo)


def partners_of(desk, *slugs):
    names = {
        each.id: each.slug for each in desk.partners._partners.page(PartnerFilter(), PageRequest()).items
    }
    return [names.get(desk.tenants.get(each).partner_id) for each in slugs]


def test_bare_termination_keeps_the_tenants_and_their_statements(desk):
    nordic = desk.partner("nordic")
    desk.tenant("acme", nordic)

    row = desk.partners.terminate(desk.operator, "nordic")

    assert (row.partner.status, row.partner.farewell.tenants, row.business.customers) == (
        "terminated",
        "keep",
        1,
    )
    assert row.partner.farewell.done_at == desk.clock()
    desk.on("2026-09-10")
    assert desk.farewells.carry_on() == 0
    assert desk.statements.get("nordic", "2026-09").statement.sums[0].base == 2_000


def test_tenants_go_direct_from_the_day_of_the_decision_in_one_decision(desk):
    nordic = desk.partner("nordic")
    slugs = ["acme", "nova", "orca"]
    for slug in slugs:
        desk.tenant(slug, nordic)
    desk.on("2026-08-21")

    row = desk.partners.terminate(desk.operator, "nordic", "direct")

    assert row.business.customers == 0
    assert partners_of(desk, *slugs) == [None, None, None]
    lines = desk.statements.get("nordic", "2026-08").statement.lines
    assert {(each.slug, each.last) for each in lines} == {(slug, "2026-08-20") for slug in slugs}
    decisions = [each for each in desk.audit.events if each.action == "partner.terminate"]
    assert [each.changes["farewell"].after["tenants"] for each in decisions] == ["direct"]
    moved = [each for each in desk.audit.events if each.reason == "Partner nordic was terminated"]
    assert len(moved) == 3


def test_many_tenants_follow_in_batches_that_resume_and_count_from_the_decision(desk, monkeypatch):
    monkeypatch.setattr(farewells, "AT_ONCE", 1)
    monkeypatch.setattr(farewells, "A_RUN", 1)
    nordic, south = desk.partner("nordic"), desk.partner("south")
    slugs = [f"tenant-{number}" for number in range(5)]
    for slug in slugs:
        desk.tenant(slug, nordic)
    desk.on("2026-08-21")

    left = [desk.partners.terminate(desk.operator, "nordic", "reassign", "south").business.customers]
    desk.on("2026-09-03")
    for _ in range(3):
        desk.farewells.carry_on()
        left.append(desk.partners.get("nordic").business.customers)

    assert left == [3, 1, 0, 0]
    assert partners_of(desk, *slugs) == ["south"] * 5
    assert desk.partners.get("nordic").partner.farewell.done_at == desk.clock()
    assert desk.farewells.carry_on() == 0
    for each in desk.statements.get("south", "2026-08").statement.lines:
        assert (each.first, each.last) == ("2026-08-21", "2026-08-31")
    assert south.id == desk.partners.get("nordic").partner.farewell.to_partner_id


def test_who_is_changed_by_others_at_that_moment_follows_later(desk, monkeypatch):
    desk.tenant("acme", desk.partner("nordic"))
    with monkeypatch.context() as busy:
        busy.setattr(desk.farewells._changes, "apply", raising)
        desk.partners.terminate(desk.operator, "nordic", "direct")
    before = partners_of(desk, "acme")

    desk.farewells.carry_on()

    assert (before, partners_of(desk, "acme")) == (["nordic"], [None])


def test_a_restored_tenant_follows_what_was_decided_while_it_was_gone(desk):
    nordic, south, west = desk.partner("nordic"), desk.partner("south"), desk.partner("west")
    desk.tenant("acme", nordic)
    desk.terminate("acme")
    desk.partners.terminate(desk.operator, "nordic", "reassign", "south")
    desk.partners.terminate(desk.operator, "south", "reassign", "west")

    desk.restore("acme")

    assert partners_of(desk, "acme") == ["west"]
    assert {nordic.id, south.id, west.id} > {desk.tenants.get("acme").partner_id}


@pytest.mark.parametrize(("fate", "to"), [("reassign", None), ("direct", "south"), ("reassign", "nordic"),
                                          ("reassign", "nobody"), ("reassign", "gone")])  # fmt: skip
def test_an_heir_that_does_not_fit_is_refused_and_nothing_happens(desk, fate, to):
    for slug in ("nordic", "south", "gone"):
        desk.partner(slug)
    desk.partners.terminate(desk.operator, "gone")

    with pytest.raises(Unprocessable) as refused:
        desk.partners.terminate(desk.operator, "nordic", fate, to)

    assert refused.value.context["errors"][0]["field"] == "to"
    assert desk.partners.get("nordic").partner.status == "active"


def raising(*_given):
    raise ConcurrentChange
