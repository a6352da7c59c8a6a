"""Subscriptions, ledger and what is read from them, on a real database with a clock that moves."""

from __future__ import annotations

import pytest

from chalicelib.domain.billing_commands import AgreeSubscription
from chalicelib.domain.commands import CreateTenant
from chalicelib.domain.filters import PartnerFilter
from chalicelib.domain.ledger import mrr_on
from chalicelib.domain.page import PageRequest
from chalicelib.errors import (
    ConcurrentChange,
    ImpossibleMove,
    PreconditionFailed,
    Unprocessable,
)
from tests.builders import a_tenant, a_user, an_actor
from tests.desk import Desk, a_mongo


@pytest.fixture(scope="module")
def mongo(mongodb_uri):
    with a_mongo(mongodb_uri, "books") as mongo:
        yield mongo


@pytest.fixture
def desk(mongo):
    return Desk(mongo)


def paid(report):
    return {each.currency: each.amount for each in report.amounts}


def kinds(desk, tenant):
    return [(each.day, each.kind, each.after.mrr) for each in desk.events_of(tenant)]


def test_a_tenants_money_is_told_from_its_beginning_to_its_return(desk):
    acme = desk.tenant("acme")
    desk.on("2026-08-20")
    desk.agree("acme", seats=12)
    desk.on("2026-09-05")
    desk.change("acme", plan="enterprise")
    desk.terminate("acme")
    desk.on("2026-10-01")
    desk.restore("acme")

    assert kinds(desk, acme) == [
        ("2026-08-10", "begin", 6_000),
        ("2026-08-20", "terms", 14_400),
        ("2026-09-05", "terms", 26_400),
        ("2026-09-05", "end", 0),
        ("2026-10-01", "restore", 26_400),
    ]
    assert desk.tenants.get("acme").mrr.amount == 26_400


def test_a_change_that_is_not_about_money_leaves_the_ledger_alone(desk):
    acme = desk.tenant("acme")

    desk.change("acme", name="New")
    desk.suspend("acme")
    desk.agree("acme", seats=5)

    assert kinds(desk, acme) == [("2026-08-10", "begin", 6_000)]
    assert desk.tenants.get("acme").mrr.amount == 6_000


def test_a_customers_own_tenant_is_on_trial_and_pays_from_the_day_that_was_told(desk):
    customer = an_actor(a_user(), audience="dezky-portal", is_operator=False)
    desk.tenants._members._users.add(customer.user)
    acme = desk.tenants.create(customer, CreateTenant(slug="acme", name="Acme"))
    before = desk.subscriptions.end_trials()
    desk.on("2026-09-12")
    ended = desk.subscriptions.end_trials()
    again = desk.subscriptions.end_trials()

    assert (before, ended, again) == (0, 1, 0)
    assert kinds(desk, acme) == [("2026-08-10", "begin", 0), ("2026-09-09", "trial-end", 3_000)]
    assert desk.tenants.get("acme").mrr.amount == 3_000
    assert [each.action for each in desk.audit.events][-1] == "subscription.trial-end"


def test_an_agreed_price_stays_until_plan_interval_or_currency_change(desk):
    desk.on("2026-12-30")
    desk.tenant("acme")
    desk.on("2027-02-01")

    desk.agree("acme", seats=7)
    kept = desk.subscriptions.get(desk.tenants.get("acme")).subscription.standing
    desk.agree("acme", seats=7, price="today")
    fresh = desk.subscriptions.get(desk.tenants.get("acme")).subscription.standing

    assert (kept.unit_price, kept.catalogue) == (1_200, 1)
    assert (fresh.unit_price, fresh.catalogue) == (1_250, 2)


@pytest.mark.parametrize("day", ["2026-08-11", "2026-08-09", "2026-07-01"])
def test_terms_hold_from_no_day_in_the_future_or_before_the_last_change(desk, day):
    desk.tenant("acme")

    with pytest.raises(Unprocessable) as refused:
        desk.agree("acme", effectiveOn=day)

    assert refused.value.context["errors"][0]["field"] == "effectiveOn"


def test_a_stale_version_and_a_terminated_tenant_are_refused(desk):
    acme = desk.tenant("acme")
    wish = AgreeSubscription.model_validate({"plan": "starter", "seats": 9})
    with pytest.raises(PreconditionFailed):
        desk.subscriptions.agree(desk.operator, acme, wish, if_version=7)
    desk.terminate("acme")
    with pytest.raises(ImpossibleMove):
        desk.agree("acme")
    assert len(desk.events_of(acme)) == 2


def test_a_tenant_from_before_subscriptions_reads_as_none_and_pays_nothing_until_one_is_agreed(desk):
    old = a_tenant(slug="old", plan="enterprise", created_at=desk.clock(), updated_at=desk.clock())
    desk.tenants._tenants.add(old)

    desk.change("old", plan="business")
    before = desk.subscriptions.get(desk.tenants.get("old"))
    desk.on("2026-08-15")
    desk.agree("old", seats=3)

    assert (before.subscription, before.tenant.allowance, before.tenant.mrr) == (None, None, None)
    assert kinds(desk, old) == [("2026-08-15", "begin", 3_600)]
    assert desk.tenants.get("old").allowance.seats == 3


def test_two_that_change_one_subscription_at_once_never_share_a_place_in_the_ledger(desk):
    acme = desk.tenant("acme")
    event = desk.events_of(acme)[0]

    with pytest.raises(ConcurrentChange):
        desk.books.ledger.add(event)


def test_the_bridge_tells_new_expansion_contraction_churn_and_return(desk):
    desk.tenant("acme")
    desk.tenant("nova")
    desk.on("2026-09-10")
    desk.agree("acme", seats=8)
    desk.agree("nova", seats=2)
    desk.on("2026-10-10")
    desk.terminate("nova")
    desk.on("2026-11-10")
    desk.restore("nova")
    desk.agree("acme", seats=8, currency="DKK")

    report = desk.mrr.report("2026-11-10", "2026-08", "2026-11")

    rows = {
        (month, each.currency): (each.opening, each.new, each.expansion, each.contraction, each.churn,
                                 each.returned, each.closing)
        for month, bridges in report.months.items()
        for each in bridges
    }  # fmt: skip
    assert rows == {
        ("2026-08", "EUR"): (0, 12_000, 0, 0, 0, 0, 12_000),
        ("2026-09", "EUR"): (12_000, 0, 3_600, -3_600, 0, 0, 12_000),
        ("2026-10", "EUR"): (12_000, 0, 0, 0, -2_400, 0, 9_600),
        ("2026-11", "EUR"): (9_600, 0, 0, 0, -9_600, 2_400, 2_400),
        ("2026-11", "DKK"): (0, 71_200, 0, 0, 0, 0, 71_200),
    }
    assert paid(report) == {"DKK": 71_200, "EUR": 2_400}
    assert paid(desk.mrr.report("2026-09-09", "2026-09", "2026-09")) == {"EUR": 12_000}


def test_kept_months_change_no_answer_and_a_late_fact_takes_them_back(desk):
    desk.tenant("acme")
    desk.tenant("nova")
    desk.on("2026-11-10")
    before = desk.mrr.report("2026-11-10", "2026-08", "2026-11")
    kept, again = desk.mrr.keep_months(), desk.mrr.keep_months()
    after = desk.mrr.report("2026-11-10", "2026-08", "2026-11")

    desk.agree("acme", seats=11, effectiveOn="2026-09-20")
    left = [each.id for each in desk.books.months.newest("9999-12", 9)]
    corrected = desk.mrr.report("2026-11-10", "2026-08", "2026-11")

    assert (kept, again, after) == (3, 0, before)
    assert left == ["2026-08"]
    assert [each.closing for month in corrected.months.values() for each in month] == [
        12_000, 19_200, 19_200, 19_200,
    ]  # fmt: skip
    assert desk.mrr.keep_months() == 2
    assert desk.mrr.report("2026-11-10", "2026-08", "2026-11") == corrected


def test_a_month_is_kept_an_hour_after_its_end_and_not_before(desk):
    desk.tenant("acme")
    desk.on("2026-09-01")
    desk.clock.move(-11.5 * 3600)

    early = desk.mrr.keep_months()
    desk.clock.move(3600)

    assert (early, desk.mrr.keep_months()) == (0, 1)


def test_mrr_of_partners_and_whole_equal_the_pure_function_of_the_ledger(desk):
    nordic, south = desk.partner("nordic"), desk.partner("south")
    tenants = [desk.tenant("acme", nordic), desk.tenant("nova", south), desk.tenant("orca")]
    desk.on("2026-09-10")
    desk.change("acme", partnerId=south.id)
    desk.agree("orca", currency="USD", discountPct=12.5, interval="year")

    rows = {
        each.partner.slug: each.business for each in desk.partners.list(PartnerFilter(), PageRequest()).items
    }

    histories = [desk.events_of(each) for each in tenants]
    for partner in (nordic, south):
        assert rows[partner.slug].mrr == mrr_on(histories, "2026-09-10", partner.id)
    assert rows["south"].customers == 2
    assert desk.mrr.report("2026-09-10", "2026-09", "2026-09").amounts == mrr_on(histories, "2026-09-10")
    assert desk.mrr.report("2026-09-09", "2026-09", "2026-09").amounts == mrr_on(histories, "2026-09-09")
