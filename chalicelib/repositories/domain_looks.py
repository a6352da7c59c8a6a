"""What DNS showed of each domain, in MongoDB: one document for each domain of each tenant."""

from __future__ import annotations

from datetime import datetime, timedelta

from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from chalicelib.domain.mail_records import DomainLook
from chalicelib.repositories.documents import Document, from_document, to_document
from chalicelib.repositories.mongo import Mongo, border

FORGOTTEN_AFTER = timedelta(days=90)  # a look that never ended, or at what is long gone


@border
class Looks:
    """DomainLooks on the collection `domainLooks`."""

    name = "domainLooks"

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def of(self, tenant_id: str) -> tuple[DomainLook, ...]:
        found = self._collection.find({"tenantId": tenant_id}, hint="tenantId", session=self._mongo.session)
        return tuple(from_document(DomainLook, each) for each in found if "checkedAt" in each)

    def begin(self, tenant_id: str, name: str, now: datetime, since: datetime) -> bool:
        key = _key(tenant_id, name)
        free = {"_id": key, "beganAt": {"$lte": since}}
        if self._update(free, {"$set": {"beganAt": now}}):
            return True
        first = {"_id": key, "tenantId": tenant_id, "name": name, "beganAt": now}
        if self._collection.find_one({"_id": key}, {"_id": 1}, session=self._mongo.session):
            return False
        try:
            self._collection.insert_one(
                {**first, "expiresAt": now + FORGOTTEN_AFTER}, session=self._mongo.session
            )
        except DuplicateKeyError:
            return False  # somebody else began at this very moment
        return True

    def put(self, look: DomainLook) -> None:
        """One that was forgotten meanwhile stays forgotten: its domain is gone."""
        fields = {name: value for name, value in to_document(look).items() if name != "_id"}
        self._update({"_id": _key(look.tenant_id, look.name)}, {"$set": fields, **_unset(fields)})

    def forget(self, tenant_id: str, name: str) -> None:
        self._collection.delete_one({"_id": _key(tenant_id, name)}, session=self._mongo.session)

    @property
    def _collection(self) -> Collection[Document]:
        return self._mongo.collection(self.name)

    def _update(self, query: Document, update: Document) -> bool:
        return self._collection.update_one(query, update, session=self._mongo.session).matched_count == 1


def _unset(fields: Document) -> Document:
    return {} if "proof" in fields else {"$unset": {"proof": ""}}


def _key(tenant_id: str, name: str) -> str:
    return f"{tenant_id}:{name}"
