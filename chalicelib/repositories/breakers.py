"""Breakers in MongoDB: one document for each integration."""

from __future__ import annotations

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.errors import ConcurrentChange
from chalicelib.repositories.collection import ValueCollection
from chalicelib.repositories.documents import from_document
from chalicelib.repositories.mongo import border


@border
class Breakers(ValueCollection[Breaker]):
    """BreakerStore on the collection `breakers`."""

    name = "breakers"
    model = Breaker

    def get(self, integration: Integration) -> Breaker:
        return self._find_one({"_id": integration}) or Breaker(id=integration)

    def save(self, breaker: Breaker, as_read: Breaker) -> Breaker:
        newer = breaker.with_(version=as_read.version + 1)
        if as_read.version:
            self._replace(newer, as_read)
        else:
            self.add(newer)
        return newer

    def all(self) -> tuple[Breaker, ...]:
        found = self._collection.find({"_id": {"$in": list(INTEGRATIONS)}}, session=self._mongo.session)
        stored = {each["_id"]: from_document(Breaker, each) for each in found}
        return tuple(stored.get(each) or Breaker(id=each) for each in INTEGRATIONS)

    def _taken(self, value: Breaker, fields: str) -> ConcurrentChange:  # noqa: ARG002 - only the id is unique
        return ConcurrentChange()
