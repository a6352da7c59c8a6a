"""Every index, declared once. `python -m infra.aws.create_indexes` makes them; lists name them as hints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING
from pymongo.errors import PyMongoError

from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.repositories.collection import index_name
from chalicelib.repositories.mongo import Mongo, unavailable


@dataclass(frozen=True, slots=True)
class Index:
    """`where` makes it partial ($exists only: DocumentDB knows little else), `expires` a TTL index."""

    keys: tuple[str, ...]
    unique: bool = False
    where: str | None = None
    expires: bool = False
    name: str = field(default="", init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", index_name(*self.keys))

    @property
    def options(self) -> Mapping[str, Any]:
        options: dict[str, Any] = {"name": self.name, "unique": self.unique}
        if self.where:
            options["partialFilterExpression"] = {self.where: {"$exists": True}}
        if self.expires:
            options["expireAfterSeconds"] = 0
        return options


def _sorted_by(*sorts: str, within: tuple[str, ...] = ()) -> tuple[Index, ...]:
    """For each sort: the whole list, and the list narrowed to one value of each field of `within`."""
    alone = tuple(Index((sort,)) for sort in sorts if sort != "slug")
    return alone + tuple(Index((each, sort)) for each in within for sort in sorts)


AUDIT_FILTERS = (
    "requestId",
    "target.id",
    "target.name",
    "actor.userId",
    "actor.name",
    "tenantId",
    "action",
    "outcome",
)

INDEXES: Mapping[str, tuple[Index, ...]] = {
    "partners": (
        Index(("slug",), unique=True),
        Index(("searchTerms",)),
        Index(("openFarewell",), where="openFarewell"),
        *_sorted_by("slug", "sort.name", "sort.createdAt", within=("status",)),
    ),
    "tenants": (
        Index(("slug",), unique=True),
        Index(("claimedDomains",), unique=True, where="claimedDomains"),
        Index(("searchTerms",)),
        Index(("dueAt",)),
        Index(("shard", "dueAt")),
        Index(("domainsDueAt",)),
        Index(("purgeAfter",)),
        Index(("unsettled", "slug")),
        Index(("status", *(f"provisioning.{each}.state" for each in INTEGRATIONS))),
        Index(("createdAt",)),
        Index(("terminatedAt",)),
        *_sorted_by("slug", "sort.name", "sort.createdAt", within=("partnerId", "status", "plan")),
        *(Index((f"provisioning.{each}.state", "slug")) for each in INTEGRATIONS),
    ),
    "users": (
        Index(("issuer", "subject"), unique=True, where="subject"),
        Index(("issuer", "email"), unique=True, where="email"),
        Index(("searchTerms",)),
        *_sorted_by(
            "sort.email",
            "sort.name",
            "sort.lastSignInAt",
            within=("memberships.tenantId", "platformAdmin", "active"),
        ),
    ),
    "auditEvents": (
        Index(("chain", "link.seq"), unique=True, where="link.seq"),
        Index(("link.hash", "at")),  # finds what an event follows, and the events that stand in no chain
        Index(("sort.at",)),
        *(Index((each, "sort.at")) for each in AUDIT_FILTERS),
    ),
    "auditHeads": (Index(("unsealed",), where="unsealed"),),
    "subscriptions": (Index(("standing.partnerId",)), Index(("standing.status", "trialEndsOn"))),
    "ledger": (
        Index(("tenantId", "_id")),
        Index(("day",)),
        Index(("partners", "day")),
        Index(("latePartners", "day"), where="latePartners"),
    ),
    "statements": (Index(("partnerId", "period")),),
    "tickets": (
        Index(("tenantId", "number"), unique=True),
        Index(("searchTerms",)),
        Index(("openedBy.id", "sort.updatedAt")),
        *_sorted_by(
            "sort.updatedAt", "sort.priority", within=("tenantSlug", "status", "assignee.id", "priority")
        ),
    ),
    "domainLooks": (Index(("tenantId",)), Index(("expiresAt",), expires=True)),
    "idempotencyKeys": (Index(("expiresAt",), expires=True),),
    "sessions": (Index(("endsAt",), expires=True), Index(("issuer", "sid")), Index(("issuer", "subject"))),
    "spentOnce": (Index(("expiresAt",), expires=True),),
    "runs": (
        Index(("expiresAt",), expires=True),
        Index(("tenantId", "sort.startedAt")),
        *(Index(("tenantId", each, "sort.startedAt")) for each in ("runId", "outcome", "integration")),
    ),
}


def create_indexes(mongo: Mongo) -> list[str]:
    """Make every declared index that is not there; safe to repeat.

    Returns  "collection.index" of each
    Raises   Unavailable
    """
    try:
        for collection, indexes in INDEXES.items():
            for each in indexes:
                keys = [(key, ASCENDING) for key in each.keys]
                mongo.collection(collection).create_index(keys, **each.options)
    except PyMongoError as error:
        raise unavailable(error) from error
    return _declared()


def missing_indexes(mongo: Mongo) -> list[str]:
    """The declared indexes that the database lacks, as "collection.index". Raises Unavailable."""
    try:
        there = {
            f"{collection}.{name}"
            for collection in INDEXES
            for name in mongo.collection(collection).index_information()
        }
    except PyMongoError as error:
        raise unavailable(error) from error
    return [each for each in _declared() if each not in there]


def _declared() -> list[str]:
    return [f"{collection}.{each.name}" for collection, indexes in INDEXES.items() for each in indexes]
