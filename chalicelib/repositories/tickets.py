"""Tickets in MongoDB."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.ticket import PRIORITIES, TICKET_STATUSES, Ticket, TicketFilter, TicketStatus
from chalicelib.errors import ConcurrentChange
from chalicelib.repositories.collection import ValueCollection, index_name
from chalicelib.repositories.documents import Document, beginning_with, search_terms, sort_key
from chalicelib.repositories.mongo import border, overtaken

BY_CHANGE = "sort.updatedAt"


@border
class TicketCollection(ValueCollection[Ticket]):
    """TicketStore on the collection `tickets`."""

    name = "tickets"
    model = Ticket
    guard = "revision"
    sorts = {"updatedAt": BY_CHANGE, "priority": "sort.priority"}
    heavy = ("messages", "evidence")

    def next_number(self, tenant_id: str) -> int:
        """The tenant's next one; part of the transaction, so that an undone ticket leaves no gap."""
        try:
            counted: Document | None = self._mongo.collection("counters").find_one_and_update(
                {"_id": f"tickets:{tenant_id}"},
                {"$inc": {"last": 1}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
                session=self._mongo.session,
            )
        except DuplicateKeyError:  # two first tickets at once
            raise overtaken("another ticket was faster")  # noqa: B904 (it has a cause)
        return int(counted["last"]) if counted else 0

    def save(self, ticket: Ticket, as_read: Ticket) -> Ticket:
        newer = ticket.with_(revision=as_read.revision + 1)
        self._replace(newer, as_read)
        return newer

    def remove(self, ticket_ids: Sequence[str]) -> None:
        self._collection.delete_many({"_id": {"$in": list(ticket_ids)}}, session=self._mongo.session)

    def page(self, narrowed: TicketFilter, request: PageRequest) -> Page[Ticket]:
        query = _query(narrowed)
        if narrowed.status:
            query["status"] = narrowed.status
        return self._read_page(query, request, _hint(narrowed, query, self.sorts[request.sort]))

    def counts(self, narrowed: TicketFilter) -> dict[TicketStatus, int]:
        query = _query(narrowed)
        # Naming every status lets the count walk an index even when nothing else narrows it.
        wanted = {**query, "status": {"$in": list(TICKET_STATUSES)}}
        grouped = self._collection.aggregate(
            [{"$match": wanted}, {"$group": {"_id": "$status", "count": {"$sum": 1}}}],
            hint=_hint(narrowed, query or wanted, BY_CHANGE),
            session=self._mongo.session,
        )
        found = {each["_id"]: each["count"] for each in grouped}
        return {status: found.get(status, 0) for status in TICKET_STATUSES}

    def _document(self, value: Ticket) -> Document:
        urgency = len(PRIORITIES) - PRIORITIES.index(value.priority)  # the most urgent sorts first
        changed = sort_key(value.updated_at, value.id)
        return {
            **super()._document(value),
            "searchTerms": search_terms(value.subject, value.reference, value.opener_address),
            "sort": {"updatedAt": changed, "priority": f"{urgency}{changed}"},
        }

    def _taken(self, value: Ticket, fields: str) -> ConcurrentChange:  # noqa: ARG002 - nobody chooses a number
        return ConcurrentChange()


def _query(narrowed: TicketFilter) -> Document:
    """Everything but the status, which counts leave aside; the most telling first: it chooses the index."""
    equal = {
        "openedBy.id": narrowed.opened_by,
        "tenantSlug": narrowed.tenant,
        "assignee.id": narrowed.assignee,
        "priority": narrowed.priority,
    }
    query: Document = {field: value for field, value in equal.items() if value}
    if narrowed.unassigned:
        query["assignee.id"] = None
    if narrowed.search:
        query["searchTerms"] = beginning_with(narrowed.search)
    return query


def _hint(narrowed: TicketFilter, query: Document, sort: str) -> str:
    if narrowed.search:
        return "searchTerms"
    return index_name(*list(query)[:1], sort)
