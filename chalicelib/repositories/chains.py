"""The chains of the audit trail as they are stored, read to be verified. Believes nothing that it reads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from chalicelib.domain.chain import Chained, Head, Link
from chalicelib.domain.seal import WHOLE, Found, Seal, WholeHead
from chalicelib.repositories.audit import content_of
from chalicelib.repositories.documents import Document, from_document
from chalicelib.repositories.mongo import Mongo, border

UNCHAINED = {"link.hash": None}
BY_HASH = "link.hash_at"
BY_PLACE = "chain_link.seq"
PLACE = {"chain": 1, "link": 1}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@border
class Chains:
    """ChainStore on the collections `auditEvents`, `auditHeads` and `auditSeals`."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def head(self, chain: str) -> Head:
        """Where the chain ends, as it was noted with its last event."""
        found = self._mongo.collection("auditHeads").find_one({"_id": chain})
        return from_document(Head, found) if found else Head(id=chain)

    def whole_head(self) -> WholeHead:
        found = self._mongo.collection("auditHeads").find_one({"_id": WHOLE})
        return from_document(WholeHead, found) if found else WholeHead()

    def events(self, chain: str, after: int, upto: int) -> tuple[Chained, ...]:
        """The events of one chain with these numbers, in their order."""
        numbers = {"chain": chain, "link.seq": {"$gt": after, "$lte": upto}}
        found = self._mongo.collection("auditEvents").find(numbers, hint=BY_PLACE)
        return tuple(_chained(each) for each in found.sort("link.seq", 1))

    def seals(self, after: int, upto: int) -> tuple[Seal, ...]:
        found = self._mongo.collection("auditSeals").find({"_id": {"$gt": after, "$lte": upto}})
        return tuple(_seal(each) for each in found.sort("_id", 1))

    def found(self, seals: Iterable[Seal]) -> Found:
        """What is there of the events that the seals name; two round trips."""
        ids = [each.id for seal in seals for each in seal.events if each.id]
        stored = self._mongo.collection("auditEvents").find({"_id": {"$in": ids}})
        events = {each.id: each for each in map(_chained, stored)}
        known = {(each.chain, each.link.seq, each.link.hash) for each in events.values()}
        before = {(each.chain, each.link.seq - 1, each.link.previous) for each in events.values()}
        return Found(events, frozenset(known | self._known(before - known)))

    def first_at(self) -> datetime | None:
        """When the first event was sealed."""
        first = self._mongo.collection("auditSeals").find_one({"_id": 1}, {"events": {"$slice": 1}})
        named = (first or {}).get("events") or [{}]
        event = self._mongo.collection("auditEvents").find_one({"_id": named[0].get("id")}, {"at": 1})
        return event["at"] if event else None

    def newest_unchained(self) -> tuple[str, datetime] | None:
        """Id and time of the newest event that stands in no chain."""
        found = self._mongo.collection("auditEvents").find(UNCHAINED, {"at": 1}, hint=BY_HASH)
        return next(((str(each["_id"]), each["at"]) for each in found.sort("at", -1).limit(1)), None)

    def unchained(self) -> int:
        return self._mongo.collection("auditEvents").count_documents(UNCHAINED, hint=BY_HASH)

    def events_there(self) -> int:
        """All events, chained or not: a count that the database keeps."""
        return self._mongo.collection("auditEvents").estimated_document_count()

    def _known(self, places: Iterable[tuple[str, int, str]]) -> set[tuple[str, int, str]]:
        """Those of the places that an event really has."""
        hashes = [hashed for _, seq, hashed in places if seq]
        if not hashes:
            return set()
        stored = self._mongo.collection("auditEvents").find({"link.hash": {"$in": hashes}}, PLACE)
        return {(each["chain"], each["link"]["seq"], each["link"]["hash"]) for each in stored}


def _chained(document: Document) -> Chained:
    at = document.get("at")
    return Chained(
        id=str(document["_id"]),
        chain=str(document.get("chain")),
        at=at if isinstance(at, datetime) else None,
        link=_link(document.get("link")),
        content=content_of(document),
    )


def _link(stored: Any) -> Link:
    """Whatever was made of it: a link that is none fits no event."""
    try:
        return Link.model_validate(stored)
    except ValidationError:
        seq = stored.get("seq") if isinstance(stored, dict) else None
        return Link(seq=seq if isinstance(seq, int) else 0, previous="", hash="")


def _seal(document: Document) -> Seal:
    try:
        return from_document(Seal, document)
    except ValidationError:
        return Seal(id=document["_id"], at=EPOCH, previous="", events=(), total=0)
