"""Tenants in MongoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.domain.attention import troubles_of
from chalicelib.domain.filters import TenantFilter
from chalicelib.domain.money import Money
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.partner import Business
from chalicelib.domain.provisioning import STATES
from chalicelib.domain.tenant import NEW, STATUSES, Status, Tenant
from chalicelib.errors import AlreadyExists, ControlPlaneError, DomainTaken, TenantNotFound
from chalicelib.repositories.collection import ValueCollection, index_name
from chalicelib.repositories.documents import (
    Document,
    beginning_with,
    from_document,
    search_terms,
    sort_key,
)
from chalicelib.repositories.mongo import border

LAST = "\uffff"  # sorts after every id
NEVER_SEEN = "never-seen:"
LIVE = [status for status in STATUSES if status != "terminated"]


@border
class Tenants(ValueCollection[Tenant]):
    """TenantStore on the collection `tenants`.

    `status`, `dueAt`, `troubles` and the like are stored beside what they are derived from, for lists, counts
    and the sweep only; a tenant that is read derives them again.
    """

    name = "tenants"
    model = Tenant
    guard = "revision"
    derived = ("claimedDomains",)
    sorts = {"slug": "slug", "name": "sort.name", "createdAt": "sort.createdAt"}

    def get(self, slug: str) -> Tenant:
        found = self._find_one({"slug": slug})
        if found is None:
            raise TenantNotFound
        return found

    def find_many(self, tenant_ids: Sequence[str]) -> tuple[Tenant, ...]:
        found = self._collection.find({"_id": {"$in": list(tenant_ids)}}, session=self._mongo.session)
        return tuple(from_document(Tenant, each) for each in found.sort("slug", 1))

    def save(self, tenant: Tenant, as_read: Tenant) -> Tenant:
        newer = tenant.with_(revision=as_read.revision + 1)
        self._replace(newer, as_read)
        return newer

    def page(self, narrowed: TenantFilter, request: PageRequest) -> Page[Tenant]:
        query = _query(narrowed) | _status(narrowed)
        return self._read_page(query, request, self._hint(narrowed, self.sorts[request.sort]))

    def counts(self, narrowed: TenantFilter) -> dict[Status, int]:
        # Naming every status lets the count walk an index even when nothing else narrows it.
        seen = STATUSES if narrowed.ids is None else LIVE
        wanted = {**_query(narrowed), "status": {"$in": list(seen)}}
        grouped = self._collection.aggregate(
            [{"$match": wanted}, {"$group": {"_id": "$status", "count": {"$sum": 1}}}],
            hint=self._hint(narrowed, "slug") if _query(narrowed) else index_name("status", "slug"),
            session=self._mongo.session,
        )
        found = {each["_id"]: each["count"] for each in grouped}
        return {status: found.get(status, 0) for status in STATUSES}

    def business(self, partner_ids: Sequence[str]) -> Mapping[str, Business]:
        wanted = {"partnerId": {"$in": list(partner_ids)}, "status": {"$in": LIVE}}
        by = {"partner": "$partnerId", "currency": "$mrr.currency"}
        sums = {"count": {"$sum": 1}, "mrr": {"$sum": "$mrr.amount"}}
        grouped = self._collection.aggregate(
            [{"$match": wanted}, {"$group": {"_id": by, **sums}}],
            hint=index_name("partnerId", "slug"),
            session=self._mongo.session,
        )
        return _business(list(grouped))

    def names(self, tenant_ids: Sequence[str]) -> Mapping[str, str]:
        found = self._collection.find(
            {"_id": {"$in": list(tenant_ids)}}, {"name": 1}, session=self._mongo.session
        )
        return {each["_id"]: each["name"] for each in found}

    def due(
        self, now: datetime, limit: int, after: str | None = None, shard: str | None = None
    ) -> Page[Tenant]:
        """Those whose time has come, longest waiting first; then documents that nobody looked at yet."""
        if shard == NEW or (after or "").startswith(NEVER_SEEN):
            return self._never_seen(limit, after or NEVER_SEEN)
        wanted: Document = {"dueAt": {"$lte": sort_key(now, LAST), "$gt": after or ""}}
        of_shard = {"shard": shard} if shard else {}
        rows = self._some({**of_shard, **wanted}, "dueAt", limit)
        rest = None if shard else NEVER_SEEN
        return Page(
            tuple(from_document(Tenant, each) for each in rows),
            rest if len(rows) < limit else rows[-1]["dueAt"],
        )

    def past_retention(self, now: datetime, limit: int) -> tuple[Tenant, ...]:
        over = {"purgeAfter": {"$lte": now}, "purgingSince": None}
        found = self._collection.find(over, hint="purgeAfter", session=self._mongo.session)
        return tuple(from_document(Tenant, each) for each in found.sort("purgeAfter", 1).limit(limit))

    def unemptied(self, now: datetime, limit: int) -> tuple[Tenant, ...]:
        """PurgedTenants: those that were purged before there was such a thing are among them."""
        begun = {"purgeAfter": {"$lte": now}, "purgingSince": {"$ne": None}, "emptied.doneAt": None}
        found = self._collection.find(begun, hint="purgeAfter", session=self._mongo.session)
        return tuple(from_document(Tenant, each) for each in found.sort("purgeAfter", 1).limit(limit))

    def domains_due(self, now: datetime, limit: int) -> tuple[Tenant, ...]:
        waiting = {"domainsDueAt": {"$lte": now}}
        found = self._collection.find(waiting, hint="domainsDueAt", session=self._mongo.session)
        rows = list(found.sort("domainsDueAt", 1).limit(limit))
        if len(rows) < limit:
            fresh = self._collection.find(
                {"domainsDueAt": None}, hint="domainsDueAt", session=self._mongo.session
            )
            rows += fresh.limit(limit - len(rows))
        return tuple(from_document(Tenant, each) for each in rows)

    def look_at_domains(self, tenant_id: str, at: datetime) -> None:
        """Beside the tenant: it guards no save, and none touches it."""
        self._collection.update_one(
            {"_id": tenant_id}, {"$set": {"domainsDueAt": at}}, session=self._mongo.session
        )

    def _never_seen(self, limit: int, after: str) -> Page[Tenant]:
        last_id = after.removeprefix(NEVER_SEEN)
        rows = self._some({"dueAt": None, "_id": {"$gt": last_id}}, "_id", limit)
        more = len(rows) == limit
        return Page(
            tuple(from_document(Tenant, each) for each in rows),
            NEVER_SEEN + rows[-1]["_id"] if more else None,
        )

    def _some(self, query: Document, sort: str, limit: int) -> list[Document]:
        hint = index_name("shard", "dueAt") if "shard" in query else "dueAt"
        found = self._collection.find(query, hint=hint, session=self._mongo.session)
        return list(found.sort(sort, 1).limit(limit))

    def _hint(self, narrowed: TenantFilter, sort: str) -> str:
        if narrowed.ids is not None:
            return "_id_"
        if narrowed.search:
            return "searchTerms"
        if narrowed.unsettled:
            return index_name("unsettled", sort)
        for field, value in _equalities(narrowed).items():
            if value:
                return index_name(field, sort)
        if narrowed.integration:
            return index_name(f"provisioning.{narrowed.integration}.state", "slug")
        return index_name(sort)

    def _document(self, value: Tenant) -> Document:
        troubles = list(troubles_of(value))
        claimed = {"claimedDomains": list(value.domains)} if value.domains and value.status in LIVE else {}
        return {
            **super()._document(value),
            **claimed,
            "status": value.status,
            "dueAt": sort_key(value.due_at, value.id),
            "shard": value.id[:1],
            "unsettled": bool(troubles),
            "troubles": troubles,
            "searchTerms": search_terms(value.slug, value.name, *value.domains),
            "sort": {
                "name": sort_key(value.name, value.id),
                "createdAt": sort_key(value.created_at, value.id),
            },
        }

    def _taken(self, value: Tenant, fields: str) -> ControlPlaneError:
        return DomainTaken() if fields == "claimedDomains" else AlreadyExists("Tenant", value.slug)


def _business(rows: Sequence[Document]) -> Mapping[str, Business]:
    """Each row has one partner and one currency; tenants from before there were subscriptions lack it."""
    found: dict[str, Business] = {}
    for row in sorted(rows, key=lambda each: each["_id"].get("currency") or ""):
        currency, so_far = row["_id"].get("currency"), found.get(row["_id"]["partner"], Business())
        mrr = (Money(currency=currency, amount=int(row["mrr"])),) if currency and row["mrr"] else ()
        found[row["_id"]["partner"]] = Business(so_far.customers + row["count"], (*so_far.mrr, *mrr))
    return found


def _equalities(narrowed: TenantFilter) -> dict[str, str | None]:
    """The most telling first: a partner has few tenants, a plan has many."""
    return {"partnerId": narrowed.partner_id, "status": narrowed.status, "plan": narrowed.plan}


def _status(narrowed: TenantFilter) -> Document:
    """A terminated tenant is gone for its people, whatever they ask for."""
    asked = {"$eq": narrowed.status} if narrowed.status else {}
    live = {} if narrowed.ids is None else {"$ne": "terminated"}
    return {"status": {**asked, **live}} if asked or live else {}


def _query(narrowed: TenantFilter) -> Document:
    """Everything but the status, which the counts leave aside."""
    query: Document = {
        field: value for field, value in _equalities(narrowed).items() if value and field != "status"
    }
    if narrowed.ids is not None:
        query["_id"] = {"$in": list(narrowed.ids)}
    if narrowed.integration:
        states = [narrowed.state] if narrowed.state else [each for each in STATES if each != "ok"]
        # A document that was written without provisioning fields reads as pending.
        absent = [None] if "pending" in states else []
        query[f"provisioning.{narrowed.integration}.state"] = {"$in": [*states, *absent]}
    if narrowed.unsettled:
        query["unsettled"] = {"$in": [True, None]}  # nobody has looked at a document that lacks the field
    if narrowed.troubles:
        query["troubles"] = {"$in": [*narrowed.troubles, None]}
    if narrowed.search:
        query["searchTerms"] = beginning_with(narrowed.search)
    return query
