"""An audit trail on a real database, and hands that change what they should not."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.audit import AuditActor, AuditEvent, AuditTarget, Change
from chalicelib.domain.chain import Head
from chalicelib.domain.seal import KeptHead, WholeHead
from chalicelib.repositories.audit import AuditEvents
from chalicelib.repositories.chains import Chains
from chalicelib.repositories.mongo import Mongo
from chalicelib.repositories.seals import Seals
from chalicelib.services.audit import Audit, AuditMeans
from chalicelib.services.verification import Verification
from tests.builders import NOON, an_id
from tests.fakes import FakeClock

COLLECTIONS = ("auditEvents", "auditHeads", "auditSeals", "auditSealed")


def an_event(**given: Any) -> AuditEvent:
    fields = {
        "id": an_id(),
        "at": NOON,
        "actor": AuditActor(user_id=an_id(), issuer="https://auth.test/", subject="s-1", name="Åse"),
        "surface": "dezky-operator",
        "action": "tenant.change",
        "target": AuditTarget(kind="tenant", id="acme-id", name="acme"),
        "tenant_id": "acme-id",
        "changes": {"name": Change(before="Acme", after="Acme 2"), "contact": Change(after={"phone": None})},
        "request_id": an_id(),
    }
    return AuditEvent(**{**fields, **given})


@dataclass
class FakeSafe:
    """HeadSafe in memory."""

    heads: dict[int, KeptHead] = field(default_factory=dict)

    def keep(self, head: KeptHead) -> None:
        self.heads.setdefault(head.seq, head)

    def kept(self) -> dict[int, KeptHead]:
        return self.heads


class Bench:
    def __init__(self, mongo: Mongo) -> None:
        self.mongo = mongo
        self.clock = FakeClock()
        self.safe = FakeSafe()
        self.trail = AuditEvents(mongo)
        self.audit = Audit(
            AuditMeans(self.trail, Chains(mongo), Seals(mongo), lambda: self.safe, self.clock, time.monotonic)
        )
        for name in COLLECTIONS:
            mongo.collection(name).delete_many({})

    def events(self, *given: AuditEvent, seal: bool = True) -> list[AuditEvent]:
        for each in given:
            self.trail.add(each)
        if seal:
            self.audit.seal()
        return list(given)

    def some(self, number: int, **given: Any) -> list[AuditEvent]:
        """Each in a seal of its own."""
        return [self.events(an_event(**given))[0] for _ in range(number)]

    def verify(self) -> Verification:
        return self.audit.verify(WholeHead())

    def verify_chain(self, chain: str = "tenant:acme-id") -> Verification:
        return self.audit.verify_chain(Head(id=chain))

    def set(self, event: AuditEvent | str, **fields: Any) -> None:
        event_id = event if isinstance(event, str) else event.id
        done = self.mongo.collection("auditEvents").update_one({"_id": event_id}, {"$set": fields})
        assert done.modified_count == 1

    def delete(self, *events: AuditEvent) -> None:
        ids = [each.id for each in events]
        assert self.mongo.collection("auditEvents").delete_many({"_id": {"$in": ids}}).deleted_count == len(
            ids
        )

    def document(self, event: AuditEvent) -> dict[str, Any]:
        return self.mongo.collection("auditEvents").find_one({"_id": event.id})
