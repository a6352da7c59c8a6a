"""Partners: the resellers and their terms."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chalicelib.domain.actor import Actor
from chalicelib.domain.commands import ChangePartner, CreatePartner
from chalicelib.domain.filters import PartnerFilter
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.partner import Partner
from chalicelib.errors import PreconditionFailed
from chalicelib.services.means import Means


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner with the number of its live tenants."""

    partner: Partner
    customers: int = 0


class Partners:
    def __init__(self, means: Means) -> None:
        self._partners = means.partners
        self._tenants = means.tenants
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock
        self._new_id = means.new_id

    def create(self, actor: Actor, wish: CreatePartner) -> PartnerRow:
        now = self._clock()
        partner = Partner(id=self._new_id(), created_at=now, updated_at=now, **_terms(wish.given()))

        def work() -> None:
            self._partners.add(partner)
            self._records.partner(actor, "partner.create", None, partner)

        self._unit.run(work)
        return PartnerRow(partner)

    def list(self, narrowed: PartnerFilter, request: PageRequest) -> Page[PartnerRow]:
        """A page with the customers of each, in two round trips."""
        page = self._partners.page(narrowed, request)
        customers = self._tenants.customers([each.id for each in page.items]) if page.items else {}
        rows = (PartnerRow(each, customers.get(each.id, 0)) for each in page.items)
        return Page(tuple(rows), page.next)

    def get(self, slug: str) -> PartnerRow:
        return self._row(self._partners.get(slug))

    def id_of(self, slug: str) -> str:
        """Raises PartnerNotFound."""
        return self._partners.get(slug).id

    def change(
        self, actor: Actor, slug: str, wish: ChangePartner, if_version: int | None = None
    ) -> PartnerRow:
        """Raises PreconditionFailed when `if_version` is not the stored one."""
        before = self._partners.get(slug)
        if if_version not in {None, before.version}:
            raise PreconditionFailed
        return self._save(
            actor, "partner.change", before, before.changed(self._clock(), **_terms(wish.given()))
        )

    def terminate(self, actor: Actor, slug: str) -> PartnerRow:
        """The partner stays, with its history; it can have no new tenants."""
        before = self._partners.get(slug)
        return self._save(actor, "partner.terminate", before, before.terminated(self._clock()))

    def _save(self, actor: Actor, action: str, before: Partner, after: Partner) -> PartnerRow:
        def work() -> None:
            self._partners.save(after, before)
            self._records.partner(actor, action, before, after)

        self._unit.run(work)
        return self._row(after)

    def _row(self, partner: Partner) -> PartnerRow:
        return PartnerRow(partner, self._tenants.customers([partner.id]).get(partner.id, 0))


def _terms(given: dict[str, Any]) -> dict[str, Any]:
    """The same fields with the margin in basis points."""
    percent: float | None = given.pop("margin_pct", None)
    return given if percent is None else {**given, "margin_bps": int(Decimal(str(percent)) * 100)}
