"""The ledger in MongoDB: events are added and never changed."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.days import Day
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
    """LedgerStore on the collection `ledger`. The id of an event sorts by tenant and sequence."""

    name = "ledger"
    model = LedgerEvent
    sorts = {"sequence": "_id"}

    def page(self, tenant_id: str, request: PageRequest) -> Page[LedgerEvent]:
        return self._read_page({"tenantId": tenant_id}, request, index_name("tenantId", "_id"))

    def concerning(self, partner_id: str, since: Day) -> tuple[LedgerEvent, ...]:
        query = {"partners": partner_id, "day": {"$gte": since}}
        found = self._collection.find(query, hint=index_name("partners", "day"), session=self._mongo.session)
        return tuple(from_document(LedgerEvent, each) for each in found.batch_size(A_BATCH))

    def concerned_before(self, partner_id: str, day: Day) -> bool:
        query = {"partners": partner_id, "day": {"$lt": day}}
        hint = index_name("partners", "day")
        return (
            self._collection.find_one(query, {"_id": 1}, hint=hint, session=self._mongo.session) is not None
        )

    def first_late(self, partner_id: str) -> Day | None:
        return self._first_day({"latePartners": partner_id}, index_name("latePartners", "day"))

    def first_day(self) -> Day | None:
        return self._first_day({}, "day")

    def movements(self, first: Day | None, last: Day) -> list[Movement]:
        days = {"$lte": last, **({"$gte": first} if first else {})}
        found = self._collection.find({"day": days}, PAID, hint="day", session=self._mongo.session)
        return [_movement(each) for each in found.batch_size(A_BATCH)]

    def _first_day(self, query: Document, hint: str) -> Day | None:
        found = self._collection.find(query, {"day": 1}, hint=hint, session=self._mongo.session)
        return next((str(each["day"]) for each in found.sort("day", 1).limit(1)), None)

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
