"""The audit trail in MongoDB: events are added, never changed, each linked to the one before it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from datetime import datetime

from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from chalicelib.domain.audit import AuditEvent, AuditFilter
from chalicelib.domain.chain import Head
from chalicelib.domain.page import Page, PageRequest
from chalicelib.repositories.collection import ValueCollection, index_name
from chalicelib.repositories.documents import Document, from_document, sort_key, to_document
from chalicelib.repositories.mongo import border, overtaken

log = logging.getLogger(__name__)


@border
class AuditEvents(ValueCollection[AuditEvent]):
    """AuditTrail on the collection `auditEvents`; where each chain ends is in `auditHeads`."""

    name = "auditEvents"
    model = AuditEvent
    sorts = {"at": "sort.at"}

    def add(self, event: AuditEvent) -> None:
        """At the end of the transaction under way; in one of its own where there is none."""
        self._mongo.before_commit(self.append, event.in_chain())

    def append(self, events: list[AuditEvent]) -> None:
        """Link the events to their chains: three round trips, however many events.

        Whoever else appends to one of the chains at the same time conflicts in its head, and begins anew.
        """
        read = self._heads({str(each.chain) for each in events})
        heads = dict(read)
        documents = [self._linked(each, heads) for each in events]
        moves = [_move(head, read[name]) for name, head in heads.items()]
        try:
            done = self._mongo.collection("auditHeads").bulk_write(moves, session=self._mongo.session)
            if done.matched_count + done.inserted_count == len(moves):
                self._collection.insert_many(documents, session=self._mongo.session)
                return
        except BulkWriteError:  # a head that was made, or a place in a chain that was taken, meanwhile
            log.info("an audit event was overtaken")
        raise overtaken("another event was faster")

    def page(self, narrowed: AuditFilter, request: PageRequest) -> Page[AuditEvent]:
        equal = {name: value for name, value in _equalities(narrowed).items() if value}
        hint = index_name(*list(equal)[:1], self.sorts[request.sort])
        return self._read_page({**equal, **_between(narrowed)}, request, hint)

    def _heads(self, names: Iterable[str]) -> dict[str, Head]:
        wanted = {"_id": {"$in": sorted(names)}}
        found = self._mongo.collection("auditHeads").find(wanted, session=self._mongo.session)
        stored = {each["_id"]: from_document(Head, each) for each in found}
        return {name: stored.get(name) or Head(id=name) for name in wanted["_id"]["$in"]}

    def _linked(self, event: AuditEvent, heads: dict[str, Head]) -> Document:
        """The document of the event at the end of its chain; its head moves on to it."""
        head = heads[str(event.chain)]
        link = head.next(content_of(to_document(event)))
        heads[head.id] = head.moved_to(link)
        return self._document(event.with_(link=link))

    def _document(self, value: AuditEvent) -> Document:
        return {**super()._document(value), "sort": _sort(value.at, value.id)}


def content_of(document: Document) -> Document:
    """What the hash of an event covers: everything but its link, and what is derived from the rest."""
    content = {name: value for name, value in document.items() if name not in {"_id", "link"}}
    if content.get("sort") == _sort(document.get("at"), str(document["_id"])):
        del content["sort"]  # another one, which would hide the event from lists, counts as content
    return {"id": document["_id"], **content}


def _sort(at: object, event_id: str) -> Document | None:
    return {"at": sort_key(at, event_id)} if isinstance(at, datetime) else None


def _move(head: Head, read: Head) -> InsertOne[Document] | UpdateOne:
    """`unsealed` tells the sealer where to look."""
    if read.seq == 0:
        return InsertOne({**to_document(head), "unsealed": True})
    moved = {"seq": head.seq, "hash": head.hash, "unsealed": True}
    return UpdateOne({"_id": read.id, "seq": read.seq}, {"$set": moved})


def _equalities(narrowed: AuditFilter) -> dict[str, str | None]:
    """The most telling first: it chooses the index."""
    actor = "actor.userId" if _is_id(narrowed.actor) else "actor.name"
    target = "target.id" if _is_id(narrowed.target) else "target.name"
    return {
        "requestId": narrowed.request_id,
        target: narrowed.target,
        actor: narrowed.actor,
        "tenantId": narrowed.tenant_id,
        "action": narrowed.action,
        "outcome": narrowed.outcome,
    }


def _between(narrowed: AuditFilter) -> Document:
    since = {"$gte": sort_key(narrowed.since, "")} if narrowed.since else {}
    until = {"$lt": sort_key(narrowed.until, "")} if narrowed.until else {}
    return {"sort.at": since | until} if since or until else {}


def _is_id(text: str | None) -> bool:
    return re.fullmatch(r"[0-9a-f]{32}", text or "") is not None
