"""Partner: a reseller and its terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from chalicelib.domain.contact import Billing, Contact
from chalicelib.domain.days import EARLIEST, Day, day_of
from chalicelib.domain.margin import MarginFrom, margin_on
from chalicelib.domain.model import Model
from chalicelib.domain.money import Money
from chalicelib.errors import ImpossibleMove

PartnerStatus = Literal["active", "terminated"]
PARTNER_STATUSES: tuple[PartnerStatus, ...] = get_args(PartnerStatus)

Fate = Literal["keep", "direct", "reassign"]


class Farewell(Model):
    """What becomes of a terminated partner's tenants, decided once.

    keep       they stay with it
    direct     they have no partner any more
    reassign   they belong to `to_partner_id`
    done_at    when the last one had followed
    """

    tenants: Fate
    to_partner_id: str | None = None
    decided_on: Day
    decided_by: str
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Business:
    """What a partner has: its live tenants, and what they pay in a month."""

    customers: int = 0
    mrr: tuple[Money, ...] = ()


class Partner(Model):
    """
    margin_bps   the margin as it was last set for a day that had come, in basis points: 1,250 are
                 12.5 percent. No float touches money
    margins      the margin through time; empty in documents of an older shape, where `margin_bps` always held
    """

    id: str
    slug: str
    name: str
    domain: str
    status: PartnerStatus = "active"
    margin_bps: int = 0
    margins: tuple[MarginFrom, ...] = ()
    contact: Contact | None = None
    billing: Billing | None = None
    farewell: Farewell | None = None
    terminated_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    @property
    def all_margins(self) -> tuple[MarginFrom, ...]:
        if self.margins:
            return self.margins
        begin = datetime.fromisoformat(EARLIEST).replace(tzinfo=UTC)  # known from the beginning: nothing late
        return (MarginFrom(since=EARLIEST, bps=self.margin_bps, recorded_at=begin),)

    def margin_on(self, day: Day) -> int:
        return margin_on(self.all_margins, day)

    def with_margin(self, bps: int, since: Day, at: datetime) -> Partner:
        """From that day on until the next day for which one is set; the document's own number is today's."""
        entry = MarginFrom(since=since, bps=bps, recorded_at=at)
        margins = (*self.all_margins, entry)
        return self.with_(margins=margins, margin_bps=margin_on(margins, day_of(at)))

    def changed(self, at: datetime, **update: object) -> Partner:
        """The same partner with other terms. Raises ImpossibleMove once it is terminated."""
        if self.status == "terminated":
            raise ImpossibleMove(f"Partner {self.slug!r} is terminated")
        return self.with_(**update, version=self.version + 1, updated_at=at)

    def terminated(self, at: datetime, farewell: Farewell | None = None) -> Partner:
        return self.changed(at, status="terminated", terminated_at=at, farewell=farewell)
