"""Random histories through the services: whatever is shown anywhere is the ledger's."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest

from chalicelib.domain.apportioning import lines_of
from chalicelib.domain.days import day_of, last_day, month_before, month_of, months_from, shifted
from chalicelib.domain.facts import Facts, History
from chalicelib.domain.filters import PartnerFilter
from chalicelib.domain.ledger import mrr_on
from chalicelib.domain.money import CURRENCIES
from chalicelib.domain.page import PageRequest
from chalicelib.domain.tenant import PLANS
from chalicelib.errors import ImpossibleMove, Unprocessable
from tests.desk import Desk, a_mongo

SEEDS = range(4)
STEPS = 50


@pytest.fixture(scope="module")
def mongo(mongodb_uri):
    with a_mongo(mongodb_uri, "random_books") as mongo:
        yield mongo


class Walk:
    """Somebody who does one thing after another, days apart, and sometimes with effect on a day long gone."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.random = desk, Random(seed)  # noqa: S311 (repeatable, not secret)
        self.partners = [desk.partner("nordic"), desk.partner("south")]
        owners = (None, *self.partners * 4)
        self.tenants = [desk.tenant(f"tenant-{number}", each) for number, each in enumerate(owners)]

    def step(self) -> None:
        self.desk.on(shifted(day_of(self.desk.clock()), self.random.randrange(6)))
        slug = self.random.choice(self.tenants).slug
        deed = self.random.choice(
            (
                self.create,
                self.agree,
                self.agree,
                self.plan,
                self.move,
                self.move,
                self.end,
                self.margin,
                self.keep,
            )
        )
        with suppress(ImpossibleMove, Unprocessable):  # what the state forbids at this moment
            deed(slug)

    def create(self, _: str) -> None:
        partner = self.random.choice([None, *self.partners])
        self.tenants.append(self.desk.tenant(f"tenant-{len(self.tenants)}", partner))

    def agree(self, slug: str) -> None:
        given = {
            "currency": self.random.choice(CURRENCIES),
            "discountPct": self.random.choice((0, 12.5, 100)),
        }
        if self.random.random() < 0.4:
            given["effectiveOn"] = shifted(day_of(self.desk.clock()), -self.random.randrange(40))
        self.desk.agree(slug, self.random.choice(PLANS), self.random.randint(1, 50), **given)

    def plan(self, slug: str) -> None:
        self.desk.change(slug, plan=self.random.choice(PLANS))

    def move(self, slug: str) -> None:
        partner = self.random.choice([None, *self.partners])
        self.desk.change(slug, partnerId=partner.id if partner else None)

    def end(self, slug: str) -> None:
        is_gone = self.desk.tenants.get(slug).lifecycle == "terminated"
        (self.desk.restore if is_gone else self.desk.terminate)(slug)

    def margin(self, _: str) -> None:
        since = shifted(day_of(self.desk.clock()), self.random.randint(-40, 20))
        self.desk.margin(self.random.choice(self.partners).slug, self.random.randrange(0, 60), since)

    def keep(self, _: str) -> None:
        self.desk.mrr.keep_months()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_equals_the_pure_function_of_the_ledger(mongo, seed):
    desk = Desk(mongo)
    walk = Walk(desk, seed)
    for _ in range(STEPS):
        walk.step()
    today = day_of(desk.clock())
    histories = [desk.events_of(each) for each in walk.tenants]

    whole = desk.mrr.report(today, "2026-08", month_of(today))
    rows = {
        each.partner.id: each.business.mrr
        for each in desk.partners.list(PartnerFilter(), PageRequest()).items
    }
    mine = desk.subscriptions.of(walk.tenants)

    assert whole.amounts == mrr_on(histories, today)
    for partner in walk.partners:
        assert rows[partner.id] == mrr_on(histories, today, partner.id)
    for tenant, history in zip(walk.tenants, histories, strict=True):
        stored, subscription = desk.tenants.get(tenant.slug), mine[tenant.id]
        assert stored.mrr == subscription.standing.money == history[-1].after.money
        assert (stored.plan, stored.partner_id) == (
            subscription.standing.plan,
            subscription.standing.partner_id,
        )
    for month, bridges in whole.months.items():
        ends = {each.currency: each.closing for each in bridges if each.closing}
        at_end = mrr_on(histories, min(last_day(month), today))
        assert ends == {each.currency: each.amount for each in at_end}


@pytest.mark.parametrize("seed", SEEDS)
def test_closed_months_stay_and_all_that_is_settled_is_all_that_is_due(mongo, seed):
    desk = Desk(mongo)
    walk, closed = Walk(desk, seed), {}
    for _ in range(STEPS):
        walk.step()
        over = month_before(month_of(day_of(desk.clock())))
        for partner in walk.partners:
            for month in months_from("2026-08", over):
                if desk.statements.get(partner.slug, month).can_close:
                    made = desk.statements.close(desk.operator, partner.slug, month)
                    closed[partner.slug, month] = made.statement

    assert len(closed) > 4
    for (slug, month), statement in closed.items():
        frozen, again = desk.statements.rerun(slug, month)
        assert frozen == statement
        assert (again.digest, again.sums) == (frozen.digest, frozen.sums)
    for partner in walk.partners:
        assert paid(desk, walk, partner) == due(desk, walk, partner)


def paid(desk, walk, partner):
    """Everything that was closed for the partner, and what the first open month still owes for it."""
    frozen = [
        desk.statements.get(partner.slug, each.period).statement
        for each in desk.statements.closed(partner.slug)
    ]
    if not frozen:
        return {}
    following = desk.statements.get(partner.slug, month_of(shifted(last_day(frozen[0].period), 1))).statement
    sums: dict[str, int] = {}
    for statement in frozen:
        for line in statement.lines:
            sums[line.standing.currency] = sums.get(line.standing.currency, 0) + line.amount
    for statement in (*frozen, following):
        for each in statement.corrections:
            sums[each.currency] = sums.get(each.currency, 0) + each.amount
    return {currency: amount for currency, amount in sums.items() if amount}


def due(desk, walk, partner):
    """The same months, from the whole ledger at once, day by day being what it is known to be now."""
    margins = desk.partners.get(partner.slug).partner.all_margins
    histories = tuple(History(each.id, each.slug, None, 0, desk.events_of(each)) for each in walk.tenants)
    facts, sums = Facts(partner.id, margins, histories), {}
    for month in desk.statements.closed(partner.slug):
        for line in lines_of(facts, month.period, last_day(month.period)):
            sums[line.standing.currency] = sums.get(line.standing.currency, 0) + line.amount
    return {currency: amount for currency, amount in sums.items() if amount}
