"""Partner: a reseller and its terms."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from chalicelib.domain.contact import Billing, Contact
from chalicelib.domain.model import Model
from chalicelib.errors import ImpossibleMove

PartnerStatus = Literal["active", "terminated"]
PARTNER_STATUSES: tuple[PartnerStatus, ...] = get_args(PartnerStatus)


class Partner(Model):
    """`margin_bps` is the margin in basis points: 1,250 are 12.5 percent. No float touches money."""

    id: str
    slug: str
    name: str
    domain: str
    status: PartnerStatus = "active"
    margin_bps: int = 0
    contact: Contact | None = None
    billing: Billing | None = None
    terminated_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1

    def changed(self, at: datetime, **update: object) -> Partner:
        """The same partner with other terms. Raises ImpossibleMove once it is terminated."""
        if self.status == "terminated":
            raise ImpossibleMove(f"Partner {self.slug!r} is terminated")
        return self.with_(**update, version=self.version + 1, updated_at=at)

    def terminated(self, at: datetime) -> Partner:
        return self.changed(at, status="terminated", terminated_at=at)
