"""Money for tests: histories of subscriptions as Hypothesis makes them, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from chalicelib.domain.catalogue import INTERVALS
from chalicelib.domain.days import LATEST, Day, shifted
from chalicelib.domain.ledger import LedgerEvent, event_of
from chalicelib.domain.margin import MarginFrom
from chalicelib.domain.money import CURRENCIES
from chalicelib.domain.subscription import Subscription, Terms, begun
from chalicelib.domain.tenant import PLANS, Tenant
from tests.builders import NOON, a_tenant

BEGIN: Day = "2026-08-10"
SPAN = 100  # days in which things happen
PARTNERS = ("a" * 32, "b" * 32)

terms = st.builds(
    Terms,
    plan=st.sampled_from(PLANS),
    seats=st.integers(1, 500),
    interval=st.sampled_from(INTERVALS),
    currency=st.sampled_from(CURRENCIES),
    discount_bps=st.integers(0, 10_000),
    fresh_price=st.booleans(),
)


@dataclass(frozen=True)
class Move:
    """One thing that happens to a tenant: so many days after the one before it."""

    after: int
    what: str
    terms: Terms
    partner: str | None
    hours_late: int = 0


moves = st.builds(
    Move,
    after=st.integers(0, 25),
    what=st.sampled_from(("agree", "agree", "plan", "partner", "partner", "terminate", "restore")),
    terms=terms,
    partner=st.sampled_from((None, *PARTNERS)),
    hours_late=st.sampled_from((0, 0, 0, 24 * 40)),
)
histories = st.lists(moves, max_size=8)
worlds = st.lists(histories, min_size=1, max_size=4)


@dataclass
class Life:
    """A tenant through its moves, with the ledger that comes of them."""

    tenant: Tenant
    subscription: Subscription
    events: list[LedgerEvent] = field(default_factory=list)

    @classmethod
    def begun(cls, number: int, *, day: Day = BEGIN, partner: str | None = None, **given: object) -> Life:
        tenant = a_tenant(id=f"{number:032x}", slug=f"tenant-{number}", partner_id=partner, plan="business")
        subscription = begun(tenant, Terms("business", 10), day, at(day), **given)
        return cls(subscription.allow(tenant), subscription, [event_of(None, subscription)])

    @property
    def late_since(self) -> Day:
        return min((each.day for each in self.events if each.is_late), default=LATEST)

    def lived(self, happened: Sequence[Move]) -> Life:
        day = self.subscription.last_day
        for each in happened:
            day = shifted(day, each.after)
            self.move(each, day)
        return self

    def move(self, move: Move, day: Day, recorded: Day | None = None) -> None:
        now = at(recorded or day) + timedelta(hours=move.hours_late)
        if move.what == "agree":
            if self.tenant.lifecycle != "terminated":
                self._become(self.subscription.agreed(move.terms, day, now))
            return
        changed = {
            "plan": {"plan": move.terms.plan},
            "partner": {"partner_id": move.partner},
            "terminate": {"lifecycle": "terminated"},
            "restore": {"lifecycle": "active"},
        }[move.what]
        self.tenant = self.tenant.with_(**changed)
        self._become(self.subscription.followed(self.tenant, day, now))

    def _become(self, after: Subscription) -> None:
        if after is not self.subscription:
            self.events.append(event_of(self.subscription, after))
            self.subscription = after
        self.tenant = after.allow(self.tenant)


def lives_of(world: Sequence[Sequence[Move]]) -> list[Life]:
    """Each begins with another partner, or with none."""
    partners = (*PARTNERS, None)
    return [
        Life.begun(number, partner=partners[number % 3]).lived(happened)
        for number, happened in enumerate(world)
    ]


def at(day: Day) -> datetime:
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)


def margins_of(entries: Sequence[tuple[int, int]]) -> tuple[MarginFrom, ...]:
    """`entries` are (days after BEGIN, basis points), in the order in which they were recorded."""
    first = MarginFrom(since=BEGIN, bps=2_000, recorded_at=NOON)
    return (
        first,
        *(MarginFrom(since=shifted(BEGIN, day), bps=bps, recorded_at=NOON) for day, bps in entries),
    )


margin_entries = st.lists(st.tuples(st.integers(0, SPAN), st.integers(0, 10_000)), max_size=6)
days = st.integers(0, SPAN + 60).map(lambda after: shifted(BEGIN, after))
