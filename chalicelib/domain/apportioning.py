"""Apportioning: a month of a partner, cut into lines of whole days, each with its part of the price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chalicelib.domain.days import Day, Month, days_from, first_day, last_day, shifted
from chalicelib.domain.facts import Facts, History
from chalicelib.domain.margin import margin_on
from chalicelib.domain.model import Model
from chalicelib.domain.money import WHOLE, half_up
from chalicelib.domain.subscription import Standing

ROUNDING = (
    "Up to any day of the month, the base is the monthly price times the days gone by, divided by the days "
    "of the month, rounded half up to the minor unit; a line has the difference between its last day and "
    "the day before its first. So the lines of a month at one price add up to exactly that price, whoever "
    "has them. The amount is the base times the margin, rounded half up."
)


class Line(Model):
    """One tenant from day to day, both counted, while nothing about it changed."""

    tenant_id: str
    slug: str
    first: Day
    last: Day
    standing: Standing
    margin_bps: int
    base: int
    amount: int

    @property
    def days(self) -> int:
        return days_from(self.first, self.last)


class Run(NamedTuple):
    """From day to day, both counted, the tenant stood so."""

    first: Day
    last: Day
    standing: Standing


def lines_of(facts: Facts, period: Month, until: Day) -> tuple[Line, ...]:
    """The lines of a month up to `until`: tenant by tenant, day by day."""
    return tuple(
        _line(history, part, margin_on(facts.margins, part.first))
        for history in facts.histories
        for run in runs_of(history, first_day(period), min(until, last_day(period)))
        if run.standing.partner_id == facts.partner_id and run.standing.status != "ended"
        for part in _cut(run, _margin_days(facts))
    )


def runs_of(history: History, first: Day, last: Day) -> Iterator[Run]:
    """The days from `first` to `last` without gaps, but for days before the tenant was there."""
    standing, since = history.opening, first
    at_end_of = {step.day: step.after for step in history.steps if step.day <= last}
    for day, newer in at_end_of.items():
        if day > since and newer != standing:
            yield from _run(since, shifted(day, -1), standing)
            since = day
        standing = newer
    yield from _run(since, last, standing)


def base_of(standing: Standing, first: Day, last: Day) -> int:
    """The part of the monthly price that falls on these days of one month."""
    month = first[:7]
    return _base_until(standing.mrr, last, month) - _base_until(standing.mrr, shifted(first, -1), month)


def _base_until(mrr: int, day: Day, month: Month) -> int:
    begins = first_day(month)
    return half_up(mrr, days_from(begins, day), days_from(begins, last_day(month)))


def _run(first: Day, last: Day, standing: Standing | None) -> Iterator[Run]:
    if standing is not None and first <= last:
        yield Run(first, last, standing)


def _margin_days(facts: Facts) -> Sequence[Day]:
    """On which days the margin really becomes another."""
    days = sorted({each.since for each in facts.margins})
    return [
        day for day in days if margin_on(facts.margins, day) != margin_on(facts.margins, shifted(day, -1))
    ]


def _cut(run: Run, days: Sequence[Day]) -> Iterator[Run]:
    """The same days, in parts that begin on these days."""
    begins = [run.first, *(day for day in days if run.first < day <= run.last)]
    ends = [*(shifted(day, -1) for day in begins[1:]), run.last]
    for first, last in zip(begins, ends, strict=True):
        yield Run(first, last, run.standing)


def _line(history: History, run: Run, margin_bps: int) -> Line:
    base = base_of(run.standing, run.first, run.last)
    return Line(
        tenant_id=history.tenant_id,
        slug=history.slug,
        first=run.first,
        last=run.last,
        standing=run.standing,
        margin_bps=margin_bps,
        base=base,
        amount=half_up(base, margin_bps, WHOLE),
    )
