"""Sessions of the portals, and what may be used once only."""

from __future__ import annotations

from datetime import datetime

from pymongo.errors import DuplicateKeyError

from chalicelib.domain.provisioning import Lease
from chalicelib.domain.session import Session, SignOut
from chalicelib.errors import AlreadyExists
from chalicelib.repositories.collection import ValueCollection, index_name
from chalicelib.repositories.documents import Document, from_document, to_document
from chalicelib.repositories.mongo import Mongo, border

MOST = 100  # sessions of one person that are looked at


@border
class Sessions(ValueCollection[Session]):
    """SessionStore on the collection `sessions`. A TTL index forgets those that are over."""

    name = "sessions"
    model = Session

    def seen(self, session: Session, at: datetime) -> None:
        self._collection.update_one({"_id": session.id}, {"$max": {"seenAt": at}})

    def lease(self, session: Session, lease: Lease, now: datetime) -> bool:
        free = {"$or": [{"lease": {"$exists": False}}, {"lease.until": {"$lte": now}}]}
        query = {"_id": session.id, "version": session.version, **free}
        return self._update(query, {"$set": {"lease": to_lease(lease)}})

    def renewed(self, session: Session) -> bool:
        document = to_document(session)
        changes = {"tokens": document["tokens"], "version": session.version + 1}
        return self._update(_held(session), {"$set": changes, "$unset": {"lease": ""}})

    def release(self, session: Session) -> None:
        self._update(_held(session), {"$unset": {"lease": ""}})

    def of(self, surface: str, issuer: str, subject: str) -> tuple[Session, ...]:
        found = self._collection.find(
            {"issuer": issuer, "subject": subject}, hint=index_name("issuer", "subject")
        )
        sessions = (from_document(Session, each) for each in found.limit(MOST))
        own = (each for each in sessions if each.surface == surface)
        return tuple(sorted(own, key=lambda each: each.seen_at, reverse=True))

    def end(self, session_id: str) -> bool:
        return self._collection.delete_one({"_id": session_id}).deleted_count == 1

    def end_all(self, sign_out: SignOut) -> int:
        return self._collection.delete_many(dict(sign_out.ended())).deleted_count

    def _update(self, query: Document, update: Document) -> bool:
        return self._collection.update_one(query, update).matched_count == 1

    def _taken(self, value: Session, fields: str) -> AlreadyExists:  # noqa: ARG002 - only the id is unique
        return AlreadyExists("Session", value.id)


def to_lease(lease: Lease) -> Document:
    return lease.model_dump(by_alias=True)


def _held(session: Session) -> Document:
    token = session.lease.token if session.lease else ""
    return {"_id": session.id, "version": session.version, "lease.token": token}


@border
class Spent:
    """SpentOnce on the collection `spentOnce`. Its TTL index may be late: keys never come again."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def spend(self, key: str, until: datetime) -> bool:
        try:
            self._mongo.collection("spentOnce").insert_one({"_id": key, "expiresAt": until})
        except DuplicateKeyError:
            return False
        return True

    def is_spent(self, key: str) -> bool:
        return self._mongo.collection("spentOnce").find_one({"_id": key}) is not None
