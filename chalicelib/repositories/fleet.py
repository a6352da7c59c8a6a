"""Counts of all tenants in MongoDB: each is one walk along an index that holds all that is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.attention import trouble_of
from chalicelib.domain.fleet import MonthOfTenants, Standing
from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.domain.tenant import STATUSES
from chalicelib.repositories.collection import index_name
from chalicelib.repositories.documents import Document, beginning_with
from chalicelib.repositories.mongo import Mongo, border

FIELDS = ("status", *(f"provisioning.{each}.state" for each in INTEGRATIONS))
COUNT: Document = {"$sum": 1}
# What a document reads as that nobody has looked at, or that was stored before there was this field.
UNSEEN = [trouble_of("under-way", each) for each in INTEGRATIONS]


@border
class FleetCounts:
    """Fleet on the collection `tenants`."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def standings(self) -> tuple[Standing, ...]:
        # Naming every status, and none, lets the count walk the index.
        wanted = {"status": {"$in": [*STATUSES, None]}}
        names = ("status", *INTEGRATIONS)
        by = {name: {"$ifNull": [f"${field}", "pending"]} for name, field in zip(names, FIELDS, strict=True)}
        group = {"$group": {"_id": by, "count": COUNT}}
        found = self._counted([{"$match": wanted}, group], index_name(*FIELDS))
        return tuple(_standing(each["_id"], each["count"]) for each in found)

    def troubles(self, search: str | None = None) -> Mapping[str, int]:
        wanted: Document = {"unsettled": {"$in": [True, None]}}
        hint = index_name("unsettled", "slug")
        if search:
            wanted["searchTerms"], hint = beginning_with(search), "searchTerms"
        pipeline: list[Document] = [
            {"$match": wanted},
            {"$project": {"troubles": {"$ifNull": ["$troubles", UNSEEN]}}},
            {"$unwind": "$troubles"},
            {"$group": {"_id": "$troubles", "count": COUNT}},
        ]
        return {each["_id"]: each["count"] for each in self._counted(pipeline, hint)}

    def months(self, since: datetime) -> tuple[MonthOfTenants, ...]:
        created, terminated = self._months("createdAt", since), self._months("terminatedAt", since)
        return tuple(
            MonthOfTenants(month, created.get(month, 0), terminated.get(month, 0))
            for month in sorted({*created, *terminated})
        )

    def _months(self, field: str, since: datetime) -> dict[str, int]:
        month = {"$dateToString": {"date": f"${field}", "format": "%Y-%m"}}
        group = {"$group": {"_id": month, "count": COUNT}}
        found = self._counted([{"$match": {field: {"$gte": since}}}, group], field)
        return {each["_id"]: each["count"] for each in found}

    def _counted(self, pipeline: list[Document], hint: str) -> list[dict[str, Any]]:
        tenants = self._mongo.collection("tenants")
        return list(tenants.aggregate(pipeline, hint=hint, session=self._mongo.session))


def _standing(group: Document, tenants: int) -> Standing:
    return Standing(group["status"], {each: group[each] for each in INTEGRATIONS}, tenants)
