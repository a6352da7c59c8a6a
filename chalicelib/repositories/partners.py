"""Partners in MongoDB."""

from __future__ import annotations

from chalicelib.domain.filters import PartnerFilter
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.partner import Partner
from chalicelib.errors import AlreadyExists, PartnerNotFound
from chalicelib.repositories.collection import ValueCollection, index_name
from chalicelib.repositories.documents import Document, beginning_with, from_document, search_terms, sort_key
from chalicelib.repositories.mongo import border


@border
class Partners(ValueCollection[Partner]):
    """PartnerStore on the collection `partners`."""

    name = "partners"
    model = Partner
    derived = ("openFarewell",)
    sorts = {"slug": "slug", "name": "sort.name", "createdAt": "sort.createdAt"}

    def get(self, slug: str) -> Partner:
        found = self._find_one({"slug": slug})
        if found is None:
            raise PartnerNotFound
        return found

    def save(self, partner: Partner, as_read: Partner) -> None:
        self._replace(partner, as_read)

    def page(self, narrowed: PartnerFilter, request: PageRequest) -> Page[Partner]:
        query: Document = {"status": narrowed.status} if narrowed.status else {}
        if narrowed.search:
            query["searchTerms"] = beginning_with(narrowed.search)
        if narrowed.id:
            query["_id"] = narrowed.id
        return self._read_page(query, request, self._hint(narrowed, request))

    def saying_farewell(self) -> tuple[Partner, ...]:
        found = self._collection.find(
            {"openFarewell": True}, hint="openFarewell", session=self._mongo.session
        )
        return tuple(from_document(Partner, each) for each in found.sort("openFarewell", 1))

    def _hint(self, narrowed: PartnerFilter, request: PageRequest) -> str:
        if narrowed.id:
            return "_id_"
        if narrowed.search:
            return "searchTerms"
        sort = self.sorts[request.sort]
        return index_name("status", sort) if narrowed.status else index_name(sort)

    def _document(self, value: Partner) -> Document:
        is_open = value.farewell is not None and value.farewell.done_at is None
        return {
            **super()._document(value),
            **({"openFarewell": True} if is_open else {}),
            "searchTerms": search_terms(value.slug, value.name, value.domain),
            "sort": {
                "name": sort_key(value.name, value.id),
                "createdAt": sort_key(value.created_at, value.id),
            },
        }

    def _taken(self, value: Partner, fields: str) -> AlreadyExists:  # noqa: ARG002 - only the slug is unique
        return AlreadyExists("Partner", value.slug)
