"""Partners: the resellers and their terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.actor import Actor
from chalicelib.domain.commands import ChangePartner, CreatePartner
from chalicelib.domain.days import day_of
from chalicelib.domain.filters import PartnerFilter
from chalicelib.domain.margin import MarginFrom
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.partner import Business, Farewell, Fate, Partner
from chalicelib.domain.percent import basis_points
from chalicelib.errors import PartnerNotFound, PreconditionFailed, Unprocessable
from chalicelib.services.farewells import Farewells
from chalicelib.services.means import Means


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner with its live tenants, and today's margin."""

    partner: Partner
    business: Business
    margin_bps: int


class Partners:
    def __init__(self, means: Means, farewells: Farewells) -> None:
        self._partners = means.partners
        self._tenants = means.tenants
        self._records = means.records
        self._unit = means.unit
        self._clock = means.clock
        self._new_id = means.new_id
        self._farewells = farewells

    def create(self, actor: Actor, wish: CreatePartner) -> PartnerRow:
        now, given = self._clock(), wish.given()
        bps = basis_points(given.pop("margin_pct", 0.0))
        first = MarginFrom(since=day_of(now), bps=bps, recorded_at=now)
        partner = Partner(
            id=self._new_id(), created_at=now, updated_at=now, margin_bps=bps, margins=(first,), **given
        )

        def work() -> None:
            self._partners.add(partner)
            self._records.partner(actor, "partner.create", None, partner)

        self._unit.run(work)
        return self._with(partner, {})

    def list(self, narrowed: PartnerFilter, request: PageRequest) -> Page[PartnerRow]:
        """A page with the business of each, in two round trips."""
        page = self._partners.page(narrowed, request)
        business = self._tenants.business([each.id for each in page.items]) if page.items else {}
        return Page(tuple(self._with(each, business) for each in page.items), page.next)

    def get(self, slug: str) -> PartnerRow:
        return self._row(self._partners.get(slug))

    def id_of(self, slug: str) -> str:
        """Raises PartnerNotFound."""
        return self._partners.get(slug).id

    def change(
        self, actor: Actor, slug: str, wish: ChangePartner, if_version: int | None = None
    ) -> PartnerRow:
        """Raises PreconditionFailed unless `if_version` is the stored one, Unprocessable, ImpossibleMove."""
        before = self._partners.get(slug)
        if if_version not in {None, before.version}:
            raise PreconditionFailed
        return self._save(actor, "partner.change", before, self._changed(before, wish.given()))

    def terminate(self, actor: Actor, slug: str, fate: Fate = "keep", to: str | None = None) -> PartnerRow:
        """The partner stays, with its history; it can have no new tenants. Its own are meant by `fate`.

        to       slug of the partner that they are reassigned to
        Raises   PartnerNotFound, ImpossibleMove, Unprocessable for a `to` that does not fit
        """
        before, now = self._partners.get(slug), self._clock()
        farewell = Farewell(
            tenants=fate,
            to_partner_id=self._heir(before, fate, to),
            decided_on=day_of(now),
            decided_by=actor.user.id,
            done_at=now if fate == "keep" else None,
        )
        after = before.terminated(now, farewell)
        self._save(actor, "partner.terminate", before, after)
        self._farewells.begin(actor, after)
        return self._row(after)

    def _changed(self, before: Partner, given: dict[str, Any]) -> Partner:
        now, percent, since = self._clock(), given.pop("margin_pct", None), given.pop("margin_from", None)
        after = before.changed(now, **given)
        if percent is not None:
            return after.with_margin(basis_points(percent), since or day_of(now), now)
        if since is not None:
            message = "goes together with marginPct"
            raise Unprocessable("A day without a margin", [{"field": "marginFrom", "message": message}])
        return after

    def _heir(self, leaving: Partner, fate: Fate, to: str | None) -> str | None:
        if (fate == "reassign") != (to is not None):
            raise _wrong_heir("goes together with tenants=reassign")
        if to is None:
            return None
        try:
            heir = self._partners.get(to)
        except PartnerNotFound:
            raise _wrong_heir("there is no such partner") from None
        if heir.status != "active" or heir.id == leaving.id:
            raise _wrong_heir("must be another partner that is active")
        return heir.id

    def _save(self, actor: Actor, action: str, before: Partner, after: Partner) -> PartnerRow:
        def work() -> None:
            self._partners.save(after, before)
            self._records.partner(actor, action, before, after)

        self._unit.run(work)
        return self._row(after)

    def _row(self, partner: Partner) -> PartnerRow:
        return self._with(partner, self._tenants.business([partner.id]))

    def _with(self, partner: Partner, business: Mapping[str, Business]) -> PartnerRow:
        today = day_of(self._clock())
        return PartnerRow(partner, business.get(partner.id, Business()), partner.margin_on(today))


def _wrong_heir(message: str) -> Unprocessable:
    return Unprocessable("The tenants cannot be reassigned", [{"field": "to", "message": message}])
