"""The bridges of months that are over, in MongoDB: a cache of the ledger."""

from __future__ import annotations

from chalicelib.domain.days import Month
from chalicelib.domain.mrr import MonthOfMrr
from chalicelib.errors import ConcurrentChange
from chalicelib.repositories.collection import ValueCollection
from chalicelib.repositories.documents import from_document
from chalicelib.repositories.mongo import border

MONTHS = {"_id": "mrr-months"}


@border
class MrrMonths(ValueCollection[MonthOfMrr]):
    """MonthStore on the collection `mrrMonths`; its ids are months and sort as they follow each other."""

    name = "mrrMonths"
    model = MonthOfMrr

    def newest(self, last: Month, limit: int) -> tuple[MonthOfMrr, ...]:
        query = {"_id": {"$lte": last}}
        found = self._collection.find(query, hint="_id_", session=self._mongo.session)
        return tuple(from_document(MonthOfMrr, each) for each in found.sort("_id", -1).limit(limit))

    def revision(self) -> int:
        found = self._mongo.collection("locks").find_one(MONTHS, session=self._mongo.session)
        return int(found["taken"]) if found else 0

    def keep(self, month: MonthOfMrr, revision: int) -> None:
        self._move_on()
        if self.revision() != revision + 1:
            raise ConcurrentChange
        self.add(month)

    def forget_since(self, month: Month) -> None:
        self._move_on()
        self._collection.delete_many({"_id": {"$gte": month}}, session=self._mongo.session)

    def _move_on(self) -> None:
        """All rivals write this one document, so that one of two transactions is repeated and looks again."""
        self._mongo.collection("locks").update_one(
            MONTHS, {"$inc": {"taken": 1}}, upsert=True, session=self._mongo.session
        )

    def _taken(self, value: MonthOfMrr, fields: str) -> ConcurrentChange:  # noqa: ARG002 - only the id is unique
        return ConcurrentChange()
