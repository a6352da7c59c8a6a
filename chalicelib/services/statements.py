"""Statements: what a partner's month comes to, and the closing that freezes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal

from chalicelib.domain.actor import Actor
from chalicelib.domain.apportioning import lines_of
from chalicelib.domain.billing_ports import StatementStore
from chalicelib.domain.days import (
    LATEST,
    Day,
    Month,
    day_of,
    first_day,
    last_day,
    month_before,
    month_of,
    next_month,
)
from chalicelib.domain.facts import Facts, Known, histories_of
from chalicelib.domain.partner import Partner
from chalicelib.domain.statement import (
    ClosedMonth,
    Correction,
    Statement,
    corrections_of,
    statement_id,
    statement_of,
)
from chalicelib.errors import AlreadyExists, PeriodNotOver, PeriodOutOfOrder, StatementNotFound, Unprocessable
from chalicelib.services.billing import Books
from chalicelib.services.means import Means

SETTLED = timedelta(hours=1)  # after a month's end, when every transaction that began in it is long over


@dataclass(frozen=True, slots=True)
class PartnerStatement:
    """A statement with what its page tells beside it.

    running     the month is not over
    can_close   it is over, and every month before it is closed
    """

    partner: Partner
    statement: Statement
    running: bool
    can_close: bool

    @property
    def status(self) -> Literal["running", "open", "closed"]:
        if self.statement.is_closed:
            return "closed"
        return "running" if self.running else "open"


class Statements:
    def __init__(self, means: Means, books: Books, statements: StatementStore) -> None:
        self._partners = means.partners
        self._tenants = means.tenants
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock
        self._books = books
        self._statements = statements

    def get(self, slug: str, period: Month) -> PartnerStatement:
        """Raises PartnerNotFound, Unprocessable for a month that has not begun."""
        partner = self._partners.get(slug)
        frozen = self._statements.find(statement_id(partner.id, period))
        if frozen:
            return PartnerStatement(partner, frozen, running=False, can_close=False)
        if self._today() < first_day(period):
            message = "this month has not begun"
            raise Unprocessable("There is no statement yet", [{"field": "period", "message": message}])
        closed = self._statements.closed(partner.id)
        drafted = self._drafted(partner, period, closed)
        over = self._is_over(period)
        return PartnerStatement(
            partner, drafted, running=not over, can_close=over and self._is_next(partner, period, closed)
        )

    def closed(self, slug: str) -> tuple[ClosedMonth, ...]:
        """Newest first."""
        return self._statements.closed(self._partners.get(slug).id)[::-1]

    def close(self, actor: Actor, slug: str, period: Month) -> PartnerStatement:
        """Freeze a month; what becomes known later is corrected in the next one. Safe to repeat.

        Raises   PartnerNotFound, PeriodNotOver, PeriodOutOfOrder
        """
        partner = self._partners.get(slug)
        if not self._is_over(period):
            raise PeriodNotOver(period)
        name = statement_id(partner.id, period)
        frozen = self._statements.find(name)
        if frozen is None:
            frozen = self._made(actor, partner, period)
            try:
                self._unit.run(partial(self._freeze, actor, partner, frozen))
            except AlreadyExists:  # somebody else was faster
                frozen = self._frozen(name)
        return PartnerStatement(partner, frozen, running=False, can_close=False)

    def rerun(self, slug: str, period: Month) -> tuple[Statement, Statement]:
        """A closed month as it was frozen, and gone through again with what was known then.

        Raises   PartnerNotFound, StatementNotFound for a month that is not closed
        """
        partner = self._partners.get(slug)
        frozen = self._frozen(statement_id(partner.id, period))
        closed = [each for each in self._statements.closed(partner.id) if each.period < period]
        return frozen, self._drafted(partner, period, closed, frozen.known)

    def _made(self, actor: Actor, partner: Partner, period: Month) -> Statement:
        """Read before the transaction: what is recorded meanwhile is late, and corrected next month."""
        closed = self._statements.closed(partner.id)
        if not self._is_next(partner, period, closed):
            raise PeriodOutOfOrder(period)
        drafted = self._drafted(partner, period, closed)
        return drafted.with_(closed_at=self._clock(), closed_by=actor.user.id)

    def _freeze(self, actor: Actor, partner: Partner, made: Statement) -> None:
        self._statements.add(made)
        self._records.statement(actor, partner, made)

    def _frozen(self, name: str) -> Statement:
        frozen = self._statements.find(name)
        if frozen is None:
            raise StatementNotFound
        return frozen

    def _drafted(
        self, partner: Partner, period: Month, closed: Sequence[ClosedMonth], known: Known | None = None
    ) -> Statement:
        """From the facts; with `known`, from those that were known then."""
        earlier = [each.period for each in closed if each.period < period]
        late = self._late_since(partner)
        facts = self._facts(partner, min(period, late))
        facts = facts.as_known(known) if known else facts
        is_next = bool(earlier) and month_before(period) == earlier[-1]
        corrections = self._corrections(facts, [each for each in earlier if is_next and late <= each], period)
        until = min(self._today(), last_day(period))
        drafted = statement_of(facts, period, until, corrections)
        return drafted.with_(names=self._names(drafted))

    def _facts(self, partner: Partner, since: Month) -> Facts:
        # The subscriptions first: what happens between the two looks is then told by its events.
        held = self._books.subscriptions.of_partner(partner.id)
        events = self._books.ledger.concerning(partner.id, first_day(since))
        return Facts(partner.id, partner.all_margins, histories_of(held, events))

    def _late_since(self, partner: Partner) -> Month:
        """The first month that something recorded after its month can have changed."""
        day = self._books.ledger.first_late(partner.id)
        days = [day] if day else []
        days += [each.since for each in partner.all_margins if each.is_late]
        return month_of(min(days, default=LATEST))

    def _corrections(self, facts: Facts, months: Sequence[Month], period: Month) -> tuple[Correction, ...]:
        if not months:
            return ()
        settled = self._statements.since(facts.partner_id, months[0])
        before = [each for each in settled if each.period < period]
        return tuple(
            correction
            for month in months
            for correction in corrections_of(month, lines_of(facts, month, last_day(month)), before)
        )

    def _names(self, statement: Statement) -> dict[str, str]:
        ids = {each.tenant_id for each in statement.lines}
        ids |= {each.tenant_id for each in statement.corrections}
        return dict(self._tenants.names(sorted(ids))) if ids else {}

    def _is_next(self, partner: Partner, period: Month, closed: Sequence[ClosedMonth]) -> bool:
        if closed:
            return period == next_month(closed[-1].period)
        return not self._books.ledger.concerned_before(partner.id, first_day(period))

    def _is_over(self, period: Month) -> bool:
        return last_day(period) < day_of(self._clock() - SETTLED)

    def _today(self) -> Day:
        return day_of(self._clock())
