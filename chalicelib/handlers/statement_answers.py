"""What operators see of a partner's statements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.domain.apportioning import ROUNDING, Line
from chalicelib.domain.catalogue import Interval
from chalicelib.domain.days import first_day
from chalicelib.domain.money import Currency
from chalicelib.domain.percent import percent_of
from chalicelib.domain.statement import ClosedMonth, Correction, Statement, Sum
from chalicelib.domain.subscription import SubscriptionStatus
from chalicelib.domain.tenant import Plan
from chalicelib.handlers.answers import Answer, DayText, Id, Instant, NamedTenantAnswer
from chalicelib.handlers.money_answers import MonthText
from chalicelib.services.statements import PartnerStatement

Digest = Annotated[str, Field(description="Over everything that the amounts follow from")]


class NamedPartnerAnswer(Answer):
    id: Id
    slug: str
    name: str


class LineAnswer(Answer):
    """One tenant from day to day, both counted. Money is in minor units of `currency`."""

    tenant: NamedTenantAnswer
    first: Annotated[DayText, Field(alias="from")]
    last: Annotated[DayText, Field(alias="to")]
    days: int
    plan: Plan
    seats: int
    interval: Interval
    status: SubscriptionStatus
    unit_price: int
    discount_pct: float
    currency: Currency
    mrr: int
    base: int
    margin_pct: float
    amount: int


class CorrectionAnswer(Answer):
    """What is due for an earlier, closed month beyond what was settled; it can be negative."""

    period: MonthText
    tenant: NamedTenantAnswer
    currency: Currency
    base: int
    amount: int


class SumAnswer(Answer):
    currency: Currency
    base: int
    amount: int
    corrections: int
    total: int


class StatementAnswer(Answer):
    """`amount` is the partner's share of `base`. A closed statement never changes."""

    partner: NamedPartnerAnswer
    period: MonthText
    first: Annotated[DayText, Field(alias="from")]
    last: Annotated[DayText, Field(alias="to")]
    status: Literal["running", "open", "closed"]
    lines: tuple[LineAnswer, ...]
    corrections: tuple[CorrectionAnswer, ...]
    sums: tuple[SumAnswer, ...]
    rounding: str
    digest: Digest
    closed_at: Instant | None
    closed_by: Id | None
    can_close: bool


class ClosedStatementAnswer(Answer):
    period: MonthText
    sums: tuple[SumAnswer, ...]
    digest: Digest
    closed_at: Instant
    closed_by: Id


class ClosedStatementsAnswer(Answer):
    items: tuple[ClosedStatementAnswer, ...]


class RerunAnswer(Answer):
    """`digest` is that of going through the month again, `closedDigest` the frozen one."""

    period: MonthText
    digest: Digest
    closed_digest: Digest
    same: bool


def statement_answer(found: PartnerStatement) -> StatementAnswer:
    partner, statement = found.partner, found.statement
    return StatementAnswer(
        partner=NamedPartnerAnswer(id=partner.id, slug=partner.slug, name=partner.name),
        period=statement.period,
        first=first_day(statement.period),
        last=statement.until,
        status=found.status,
        lines=tuple(_line(statement, each) for each in statement.lines),
        corrections=tuple(_correction(statement, each) for each in statement.corrections),
        sums=tuple(map(_sum, statement.sums)),
        rounding=ROUNDING,
        digest=statement.digest,
        closed_at=statement.closed_at,
        closed_by=statement.closed_by,
        can_close=found.can_close,
    )


def closed_answer(closed: Iterable[ClosedMonth]) -> ClosedStatementsAnswer:
    items = (
        ClosedStatementAnswer(
            period=each.period,
            sums=tuple(map(_sum, each.sums)),
            digest=each.digest,
            closed_at=each.closed_at,
            closed_by=each.closed_by,
        )
        for each in closed
    )
    return ClosedStatementsAnswer(items=tuple(items))


def rerun_answer(frozen: Statement, again: Statement) -> RerunAnswer:
    return RerunAnswer(
        period=frozen.period,
        digest=again.digest,
        closed_digest=frozen.digest,
        same=again.digest == frozen.digest,
    )


def _line(statement: Statement, line: Line) -> LineAnswer:
    of_standing = ("plan", "seats", "interval", "status", "unit_price", "currency", "mrr")
    of_line = ("first", "last", "days", "base", "amount")
    return LineAnswer(
        tenant=_tenant(statement, line),
        **{name: getattr(line.standing, name) for name in of_standing},
        **{name: getattr(line, name) for name in of_line},
        discount_pct=percent_of(line.standing.discount_bps),
        margin_pct=percent_of(line.margin_bps),
    )


def _correction(statement: Statement, correction: Correction) -> CorrectionAnswer:
    own = {name: getattr(correction, name) for name in ("period", "currency", "base", "amount")}
    return CorrectionAnswer(tenant=_tenant(statement, correction), **own)


def _tenant(statement: Statement, of: Line | Correction) -> NamedTenantAnswer:
    name = statement.names.get(of.tenant_id, of.slug)
    return NamedTenantAnswer(id=of.tenant_id, slug=of.slug, name=name)


def _sum(of: Sum) -> SumAnswer:
    return SumAnswer(**{name: getattr(of, name) for name in SumAnswer.model_fields})
