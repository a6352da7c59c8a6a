"""Users in MongoDB."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pymongo.errors import BulkWriteError

from chalicelib.domain.filters import MemberCounts, UserFilter
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.user import User
from chalicelib.domain.wanted import Person, person_of
from chalicelib.errors import AlreadyExists
from chalicelib.repositories.collection import ValueCollection, index_name
from chalicelib.repositories.documents import Document, beginning_with, from_document, search_terms, sort_key
from chalicelib.repositories.mongo import border

DUPLICATE = 11_000  # MongoDB's code for a unique index that refuses a write


@border
class Users(ValueCollection[User]):
    """UserStore on the collection `users`."""

    name = "users"
    model = User
    sorts = {"email": "sort.email", "name": "sort.name", "lastSignInAt": "sort.lastSignInAt"}

    def by_identity(self, issuer: str, subject: str) -> User | None:
        return self._find_one({"issuer": issuer, "subject": subject}, hint=index_name("issuer", "subject"))

    def by_email(self, issuer: str, email: str) -> User | None:
        return self._find_one({"issuer": issuer, "email": email}, hint=index_name("issuer", "email"))

    def by_emails(self, issuer: str, emails: Sequence[str]) -> dict[str, User]:
        found = self._collection.find(
            {"issuer": issuer, "email": {"$in": list(emails)}},
            hint=index_name("issuer", "email"),
            session=self._mongo.session,
        )
        return {each["email"]: from_document(User, each) for each in found}

    def add_all(self, users: Sequence[User]) -> None:
        if not users:
            return
        try:
            self._collection.insert_many(
                [self._document(each) for each in users], session=self._mongo.session
            )
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE for each in error.details["writeErrors"]):
                raise
            raise AlreadyExists("User", "of one of these addresses") from None

    def save(self, user: User, as_read: User) -> None:
        self._replace(user, as_read)

    def signed_in(self, user: User) -> None:
        document = self._document(user)
        seen = {"name": document["name"], "lastSignInAt": document["lastSignInAt"]}
        seen |= {f"sort.{each}": document["sort"][each] for each in ("name", "lastSignInAt")}
        self._collection.update_one(
            {"_id": user.id},
            {"$set": {**seen, "searchTerms": document["searchTerms"]}},
            session=self._mongo.session,
        )

    def page(self, narrowed: UserFilter, request: PageRequest) -> Page[User]:
        return self._read_page(_query(narrowed), request, _hint(narrowed, self.sorts[request.sort]))

    def counts(self, narrowed: UserFilter) -> dict[str, int]:
        wanted = {**_query(narrowed), "active": {"$in": [True, False]}}
        by_kind = {"active": "$active", "platformAdmin": "$platformAdmin"}
        grouped = list(
            self._collection.aggregate(
                [{"$match": wanted}, {"$group": {"_id": by_kind, "count": {"$sum": 1}}}],
                hint="searchTerms" if narrowed.search else index_name("active", "sort.email"),
                session=self._mongo.session,
            )
        )
        return {
            "active": sum(each["count"] for each in grouped if each["_id"]["active"]),
            "inactive": sum(each["count"] for each in grouped if not each["_id"]["active"]),
            "platformAdmin": sum(each["count"] for each in grouped if each["_id"]["platformAdmin"]),
        }

    def people_of(self, tenant_id: str) -> tuple[Person, ...]:
        """Roster: the tenant's members as the integrations know them."""
        found = self._collection.find(
            {"memberships.tenantId": tenant_id},
            hint=index_name("memberships.tenantId", "sort.email"),
            session=self._mongo.session,
        )
        users = (from_document(User, each) for each in found.sort("sort.email", 1))
        return tuple(person for each in users if (person := person_of(each, tenant_id)))

    def other_owner_exists(self, tenant_id: str, than: str) -> bool:
        owner = {"tenantId": tenant_id, "role": "owner", "active": True}
        others = {
            "memberships.tenantId": tenant_id,
            "memberships": {"$elemMatch": owner},
            "active": True,
            "_id": {"$ne": than},
        }
        return self._exists(others, index_name("memberships.tenantId", "sort.email"))

    def member_counts(self, tenant_id: str, known_until: datetime | None) -> MemberCounts:
        seat = {"tenantId": tenant_id, "active": True}
        active = {"active": True, "memberships": {"$elemMatch": seat}}
        invited = {**active, "subject": None}
        new = {**invited, "memberships": {"$elemMatch": {**seat, "since": {"$gte": known_until}}}}
        everyone, seated, waiting = (self._members(tenant_id, each) for each in ({}, active, invited))
        setting_up = self._members(tenant_id, new) if known_until else 0
        return MemberCounts(waiting, setting_up, seated - waiting, everyone - seated)

    def _members(self, tenant_id: str, narrowed: Document) -> int:
        return self._collection.count_documents(
            {"memberships.tenantId": tenant_id, **narrowed},
            hint=index_name("memberships.tenantId", "sort.email"),
            session=self._mongo.session,
        )

    def seats_taken(self, tenant_id: str) -> int:
        return self._members(
            tenant_id, {"memberships": {"$elemMatch": {"tenantId": tenant_id, "active": True}}}
        )

    def other_platform_admin_exists(self, than: str) -> bool:
        # Both rivals write this one document, so that one of two transactions is repeated and looks again.
        self._mongo.collection("locks").update_one(
            {"_id": "platform-admins"}, {"$inc": {"taken": 1}}, upsert=True, session=self._mongo.session
        )
        others = {"platformAdmin": True, "active": True, "_id": {"$ne": than}}
        return self._exists(others, index_name("platformAdmin", "sort.email"))

    def _exists(self, query: Document, hint: str) -> bool:
        return (
            self._collection.find_one(query, {"_id": 1}, hint=hint, session=self._mongo.session) is not None
        )

    def _document(self, value: User) -> Document:
        return {
            **super()._document(value),
            "searchTerms": search_terms(value.email, value.name),
            "sort": {
                "email": sort_key(value.email, value.id),
                "name": sort_key(value.name, value.id),
                "lastSignInAt": sort_key(value.last_sign_in_at, value.id),
            },
        }

    def _taken(self, value: User, fields: str) -> AlreadyExists:
        return AlreadyExists("User", (value.email or "") if "email" in fields else "of this identity")


def _query(narrowed: UserFilter) -> Document:
    query: Document = {}
    if narrowed.tenant_id:
        query["memberships.tenantId"] = narrowed.tenant_id
    if narrowed.platform_admin is not None:
        query["platformAdmin"] = narrowed.platform_admin
    if narrowed.active is not None:
        query["active"] = narrowed.active
    if narrowed.search:
        query["searchTerms"] = beginning_with(narrowed.search)
    return query


def _hint(narrowed: UserFilter, sort: str) -> str:
    if narrowed.tenant_id:
        return index_name("memberships.tenantId", sort)
    if narrowed.search:
        return "searchTerms"
    if narrowed.platform_admin is not None:
        return index_name("platformAdmin", sort)
    return index_name("active", sort) if narrowed.active is not None else index_name(sort)
