"""The seals over the audit trail in MongoDB: made one after the other, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from chalicelib.domain.chain import Head
from chalicelib.domain.seal import WHOLE, Seal, SealedEvent, WholeHead
from chalicelib.errors import ConcurrentChange
from chalicelib.repositories.documents import from_document, to_document
from chalicelib.repositories.mongo import Mongo, border

MOST_CHAINS = 100  # in one seal
MOST_EVENTS = 500  # in one seal, so that it is small whatever has gathered
BY_PLACE = "chain_link.seq"


@border
class Seals:
    """Sealer on `auditSeals`; how far each chain is sealed is in `auditSealed`, which nobody else writes."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def seal(self, now: datetime) -> bool:
        """Seal what was added since the last seal, or the beginning of it.

        Returns  whether there is more
        Raises   ConcurrentChange when a rival sealed at the same moment
        """
        chains = self._unsealed()
        count = self._mongo.run(lambda: self._sealed(chains, now)) if chains else 0
        if count < MOST_EVENTS:
            self._settle(chains)
        return count >= MOST_EVENTS or len(chains) == MOST_CHAINS

    def _sealed(self, chains: list[Head], now: datetime) -> int:
        """Whoever seals at the same time conflicts in the whole's head, and finds nothing left to do."""
        events = tuple(self._added(chains))
        if events:
            read = self._whole()
            seal = read.next(now, events)
            self._add(seal, read)
            self._note(events)
        return len(events)

    def _unsealed(self) -> list[Head]:
        found = self._mongo.collection("auditHeads").find({"unsealed": True}, hint="unsealed")
        return [from_document(Head, each) for each in found.limit(MOST_CHAINS)]

    def _added(self, chains: list[Head]) -> Iterator[SealedEvent]:
        wanted = {"_id": {"$in": [each.id for each in chains]}}
        noted = self._mongo.collection("auditSealed").find(wanted, session=self._mongo.session)
        sealed, room = {each["_id"]: each["seq"] for each in noted}, MOST_EVENTS
        for head in chains:
            after = sealed.get(head.id, 0)
            upto = min(head.seq, after + room)
            room -= max(0, upto - after)
            if after < upto:
                yield from self._events(head.id, after, upto)

    def _events(self, chain: str, after: int, upto: int) -> Iterator[SealedEvent]:
        """One for each number: that an event is gone before its turn is sealed as well."""
        found = self._mongo.collection("auditEvents").find(
            {"chain": chain, "link.seq": {"$gt": after, "$lte": upto}},
            {"link": 1},
            hint=BY_PLACE,
            session=self._mongo.session,
        )
        there = {each["link"]["seq"]: each for each in found}
        for seq in range(after + 1, upto + 1):
            event = there.get(seq)
            if event:
                yield SealedEvent(chain=chain, seq=seq, id=str(event["_id"]), hash=str(event["link"]["hash"]))
            else:
                yield SealedEvent(chain=chain, seq=seq)

    def _whole(self) -> WholeHead:
        found = self._mongo.collection("auditHeads").find_one({"_id": WHOLE}, session=self._mongo.session)
        return from_document(WholeHead, found) if found else WholeHead()

    def _add(self, seal: Seal, read: WholeHead) -> None:
        heads, session = self._mongo.collection("auditHeads"), self._mongo.session
        moved = to_document(read.moved_to(seal))
        try:
            self._mongo.collection("auditSeals").insert_one(to_document(seal), session=session)
            if read.seq == 0:
                heads.insert_one(moved, session=session)
            elif (
                heads.replace_one({"_id": WHOLE, "seq": read.seq}, moved, session=session).matched_count == 0
            ):
                raise ConcurrentChange
        except DuplicateKeyError:
            raise ConcurrentChange from None

    def _note(self, events: tuple[SealedEvent, ...]) -> None:
        upto = {each.chain: each.seq for each in events}
        moves = [
            UpdateOne({"_id": chain}, {"$set": {"seq": seq}}, upsert=True) for chain, seq in upto.items()
        ]
        self._mongo.collection("auditSealed").bulk_write(moves, session=self._mongo.session)

    def _settle(self, chains: list[Head]) -> None:
        """Outside of the transaction, so that no change waits for it. What has moved on stays unsealed."""
        moves = [
            UpdateOne({"_id": each.id, "seq": each.seq}, {"$unset": {"unsealed": ""}}) for each in chains
        ]
        if moves:
            self._mongo.collection("auditHeads").bulk_write(moves, ordered=False)
