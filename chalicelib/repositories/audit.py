"""The audit trail in MongoDB: events are added, never changed."""

from __future__ import annotations

from chalicelib.domain.audit import AuditEvent
from chalicelib.repositories.documents import to_document
from chalicelib.repositories.mongo import Mongo, border


@border
class AuditEvents:
    """AuditTrail on the collection `auditEvents`."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def add(self, event: AuditEvent) -> None:
        self._mongo.collection("auditEvents").insert_one(to_document(event), session=self._mongo.session)
