"""Closed statements in MongoDB: added once, never changed."""

from __future__ import annotations

from chalicelib.domain.days import Month
from chalicelib.domain.statement import ClosedMonth, Statement
from chalicelib.errors import AlreadyExists
from chalicelib.repositories.collection import ValueCollection
from chalicelib.repositories.documents import from_document
from chalicelib.repositories.mongo import border

HEAD = {"partnerId": 1, "period": 1, "sums": 1, "digest": 1, "closedAt": 1, "closedBy": 1}


@border
class Statements(ValueCollection[Statement]):
    """StatementStore on the collection `statements`."""

    name = "statements"
    model = Statement

    def closed(self, partner_id: str) -> tuple[ClosedMonth, ...]:
        found = self._collection.find({"partnerId": partner_id}, HEAD, session=self._mongo.session)
        return tuple(from_document(ClosedMonth, each) for each in found.sort("period", 1))

    def since(self, partner_id: str, first: Month) -> tuple[Statement, ...]:
        query = {"partnerId": partner_id, "period": {"$gte": first}}
        found = self._collection.find(query, session=self._mongo.session)
        return tuple(from_document(Statement, each) for each in found.sort("period", 1))

    def _taken(self, value: Statement, fields: str) -> AlreadyExists:  # noqa: ARG002 - only the id is unique
        return AlreadyExists("Statement", value.period)
