"""The ledger in MongoDB: events are added and never changed."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.days import LATEST, Day
from chalicelib.domain.ledger import LedgerEvent
from chalicelib.domain.mrr import NOTHING, Movement
from chalicelib.domain.page import Page, PageRequest
from chalicelib.errors import ConcurrentChange
from chalicelib.repositories.collection import ValueCollection, index_name
from chalicelib.repositories.documents import Document, from_document
from chalicelib.repositories.mongo import border

# All that a bridge needs of an event; there can be many.
PAID = {
    "tenantId": 1,
    "sequence": 1,
    "day": 1,
    "before.currency": 1,
    "before.mrr": 1,
    "after.currency": 1,
    "after.mrr": 1,
    "paidBefore": 1,
}
A_BATCH = 5_000  # events; the driver's own first batch is 101


@border
class Ledger(ValueCollection[LedgerEvent]):
    """LedgerStore on the collection `ledger`. The id of an event sorts by tenant and sequence.

    Each query is the beginning of exactly one index, and names none: the embedded database walks the whole of
    an index that is named, and this is the one collection that never stops growing.
    """

    name = "ledger"
    model = LedgerEvent
    sorts = {"sequence": "_id"}

    def page(self, tenant_id: str, request: PageRequest) -> Page[LedgerEvent]:
        return self._read_page({"tenantId": tenant_id}, request, None)

    def concerning(self, partner_id: str, since: Day) -> tuple[LedgerEvent, ...]:
        query = {"partners": partner_id, "day": {"$gte": since}}
        found = self._collection.find(query, session=self._mongo.session)
        return tuple(from_document(LedgerEvent, each) for each in found.batch_size(A_BATCH))

    def concerned_before(self, partner_id: str, day: Day) -> bool:
        return self._one_day({"partners": partner_id, "day": {"$lt": day}}) is not None

    def first_late(self, partner_id: str) -> Day | None:
        query, hint = {"latePartners": partner_id}, index_name("latePartners", "day")  # partial, and small
        found = self._collection.find(query, {"day": 1}, hint=hint, session=self._mongo.session)
        return next((str(each["day"]) for each in found.sort("day", 1).limit(1)), None)

    def first_day(self) -> Day | None:
        """The index yields the earliest at once, and a second look nothing; no order is relied on."""
        first = None
        while found := self._one_day({"day": {"$lt": first or LATEST}}):
            first = found
        return first

    def movements(self, first: Day | None, last: Day) -> list[Movement]:
        days = {"$lte": last, **({"$gte": first} if first else {})}
        found = self._collection.find({"day": days}, PAID, session=self._mongo.session)
        return [_movement(each) for each in found.batch_size(A_BATCH)]

    def _one_day(self, query: Document) -> Day | None:
        found = self._collection.find_one(query, {"day": 1}, session=self._mongo.session)
        return str(found["day"]) if found else None

    def _taken(self, value: LedgerEvent, fields: str) -> ConcurrentChange:  # noqa: ARG002 - only the id is unique
        return ConcurrentChange()


def _movement(event: Document) -> Movement:
    before, after = event.get("before"), event["after"]
    return Movement(
        event["tenantId"],
        event["sequence"],
        event["day"],
        _paid(before) if before else NOTHING,
        _paid(after),
        tuple(event.get("paidBefore", ())),
    )


def _paid(standing: Any) -> Any:
    return standing["currency"], standing["mrr"]
