"""Measure money on a large ledger: `python -m bench.ledger`. Writes its section of docs/performance.md.

Filling takes several minutes; `--events 100000` is enough to try it out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

from pymongo import monitoring

from bench.__main__ import PAGE, set_environment
from bench.documents_read import DocumentsRead
from bench.ledger_world import BIG_SHARE, FIRST, TODAY, Size, fill
from bench.report import LEDGER, Section, with_section
from chalicelib.config import from_environment
from chalicelib.domain.days import month_before, month_of
from chalicelib.domain.filters import PartnerFilter
from chalicelib.domain.mrr import MonthOfMrr
from chalicelib.domain.page import PageRequest
from chalicelib.repositories.mongo import Mongo
from tests.desk import Desk
from tests.mongodb import running_mongodb

Question = tuple[str, Callable[[], str], int]
RUNS = 5
DATABASE = "bench"
HEADINGS = ("question", "seconds", "documents read", "round trips", "answer")
SAYS = """Seconds of one call of the service, in process, the median of {runs}: {events:,} ledger events
of {tenants:,} tenants in 60 months, {partners} partners, of which one has {share} of the tenants more.
*documents read* is what the database sent; each query is a range of one index, so it is what it looked at.
The database is SecantusDB on loopback: no forecast for a real MongoDB.
Whatever is asked about the whole reads one small document for each month that is over and the events of one
month; a statement reads the partner's subscriptions and the events that concern it since the month began.
Keeping a month is done once, by the schedule. Written by `python -m bench.ledger`."""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=1_000_000)
    asked.add_argument("--tenants", type=int, default=20_000)
    given = asked.parse_args()
    set_environment()
    section = measured(given.events, given.tenants)
    written = with_section(PAGE.read_text(), section)
    print(written)
    PAGE.write_text(written)


def measured(events: int, tenants: int) -> Section:
    size, read = Size(tenants=tenants, events=events), DocumentsRead()
    monitoring.register(read)
    with running_mongodb() as uri:
        slugs = fill(uri, DATABASE, size)
        rows = asked_of(uri, slugs, read)
    says = SAYS.format(
        runs=RUNS, events=events, tenants=tenants, partners=size.partners, share=f"{BIG_SHARE:.0%}"
    )
    return Section(LEDGER, says, HEADINGS, rows)


def asked_of(uri: str, slugs: list[str], read: DocumentsRead) -> list[tuple[str, ...]]:
    mongo = Mongo(from_environment({"MONGODB_URI": uri, "MONGODB_DATABASE": DATABASE}))
    desk = Desk(mongo, TODAY, empty=False)
    try:
        return [_row(name, ask, read, runs) for name, ask, runs in _questions(desk, slugs)]
    finally:
        mongo.client.close()


def _questions(desk: Desk, slugs: list[str]) -> Iterator[Question]:
    big, usual = slugs[:2]
    # As if the schedule had been there from the beginning: it never looks for the first event of a million.
    desk.books.months.add(MonthOfMrr(id=month_before(month_of(FIRST)), bridges=()))
    yield "keep every month that is over", lambda: f"{desk.mrr.keep_months()} months", 1
    yield (
        "MRR of the whole today, bridges of 12 months",
        lambda: _mrr(desk, TODAY, "2025-12", "2026-11"),
        RUNS,
    )
    yield "MRR of the whole on 2024-03-30", lambda: _mrr(desk, "2024-03-30", "2024-03", "2024-03"), RUNS
    yield "bridges of 60 months", lambda: _mrr(desk, TODAY, "2021-12", "2026-11"), RUNS
    yield "50 partners with their MRR", lambda: _partners(desk), RUNS
    yield "statement of last month, a partner like most", lambda: _statement(desk, usual, "2026-10"), RUNS
    yield "statement of last month, the big partner", lambda: _statement(desk, big, "2026-10"), RUNS
    yield "statement of a year ago, the big partner", lambda: _statement(desk, big, "2025-11"), RUNS


def _mrr(desk: Desk, day: str, first: str, last: str) -> str:
    return ", ".join(map(str, desk.mrr.report(day, first, last).amounts))


def _partners(desk: Desk) -> str:
    page = desk.partners.list(PartnerFilter(), PageRequest(limit=50))
    return f"{sum(each.business.customers for each in page.items):,} customers"


def _statement(desk: Desk, slug: str, period: str) -> str:
    return f"{len(desk.statements.get(slug, period).statement.lines):,} lines"


def _row(name: str, ask: Callable[[], str], read: DocumentsRead, runs: int) -> tuple[str, ...]:
    seconds, answer = [], ""
    for _ in range(runs):
        read.taken()
        began = perf_counter()
        answer = ask()
        seconds.append(perf_counter() - began)
    documents, trips = read.taken()
    return name, f"{median(seconds):.2f}", f"{documents:,}", str(trips), answer


if __name__ == "__main__":
    main()
