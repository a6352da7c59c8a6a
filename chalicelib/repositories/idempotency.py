"""Answers that were given under an Idempotency-Key, kept for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from chalicelib.domain.model import Model
from chalicelib.errors import ConcurrentChange
from chalicelib.repositories.documents import from_document, to_document
from chalicelib.repositories.mongo import Mongo, border

KEPT = timedelta(days=1)


class GivenAnswer(Model):
    """
    id           digest of the caller, the route and the key
    request      digest of the body that was answered
    """

    id: str
    request: str
    status: int
    headers: dict[str, str] = {}
    body: str
    expires_at: datetime


@border
class GivenAnswers:
    """The collection `idempotencyKeys`. Its TTL index is lazy, so the time is checked here as well."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def find(self, key: str, now: datetime) -> GivenAnswer | None:
        """Reads outside of any transaction, so that it sees what a rival has committed meanwhile."""
        found = self._mongo.collection("idempotencyKeys").find_one({"_id": key, "expiresAt": {"$gt": now}})
        return from_document(GivenAnswer, found) if found else None

    def add(self, answer: GivenAnswer, now: datetime) -> None:
        """Raises ConcurrentChange when a rival with the same key was faster."""
        keys, session = self._mongo.collection("idempotencyKeys"), self._mongo.session
        keys.delete_one({"_id": answer.id, "expiresAt": {"$lte": now}}, session=session)
        try:
            keys.insert_one(to_document(answer), session=session)
        except DuplicateKeyError:
            raise ConcurrentChange from None
