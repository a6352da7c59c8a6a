"""What every collection of values has in common: one value by id, a guarded save, a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from chalicelib.domain.model import Model
from chalicelib.domain.page import Page, PageRequest
from chalicelib.errors import ConcurrentChange, ControlPlaneError
from chalicelib.repositories.documents import (
    Document,
    from_document,
    optional_fields,
    replacement,
    to_document,
)
from chalicelib.repositories.mongo import Mongo, border, violated

M = TypeVar("M", bound=Model)


@border
class ValueCollection(Generic[M]):
    """One collection of one kind of value.

    guard     the document field that a save must find as it was read, and that grows with each write
    derived   fields that only the document has and that may be absent from it
    sorts     the field behind each sort of the list
    heavy     fields that a page leaves out
    """

    name: ClassVar[str]
    model: type[M]
    guard: ClassVar[str] = "version"
    derived: ClassVar[tuple[str, ...]] = ()
    sorts: ClassVar[Mapping[str, str]] = {}
    heavy: ClassVar[tuple[str, ...]] = ()

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def add(self, value: M) -> None:
        """Raises what `_taken` makes of a unique index that is violated."""
        try:
            self._collection.insert_one(self._document(value), session=self._mongo.session)
        except DuplicateKeyError as error:
            raise self._taken(value, violated(error)) from None

    def find(self, value_id: str) -> M | None:
        return self._find_one({"_id": value_id})

    def _find_one(self, query: Document, hint: str | None = None) -> M | None:
        found = self._collection.find_one(query, hint=hint, session=self._mongo.session)
        return from_document(self.model, found) if found else None

    def _replace(self, value: M, as_read: M) -> None:
        update = replacement(self._document(value), (*optional_fields(self.model), *self.derived))
        try:
            done = self._collection.update_one(self._as_read(as_read), update, session=self._mongo.session)
        except DuplicateKeyError as error:
            raise self._taken(value, violated(error)) from None
        if done.matched_count == 0:
            raise ConcurrentChange

    def _as_read(self, value: M) -> Document:
        document = to_document(value)
        count = document[self.guard]
        # A document of an older shape has no count yet and reads as the first.
        return {"_id": document["_id"], self.guard: count if count > 1 else {"$in": [count, None]}}

    def _read_page(self, query: Document, request: PageRequest, hint: str | None) -> Page[M]:
        """One round trip: the rows after `request.after`, and where the next page begins.

        hint   the index to walk; a missing one is an error at once, never a scan of everything
        """
        sort_field = self.sorts[request.sort]
        beyond, direction = ("$lt", DESCENDING) if request.descending else ("$gt", ASCENDING)
        if request.after is not None:
            query = {**query, sort_field: {**query.get(sort_field, {}), beyond: request.after}}
        light = dict.fromkeys(self.heavy, 0) or None
        found = self._collection.find(query, light, hint=hint, session=self._mongo.session)
        rows = list(found.sort(sort_field, direction).limit(request.limit + 1))
        items = rows[: request.limit]
        more = len(rows) > request.limit
        values = tuple(from_document(self.model, each) for each in items)
        return Page(values, _at(items[-1], sort_field) if more else None)

    def _document(self, value: M) -> Document:
        """The document of `value` with whatever is derived from it for searching and sorting."""
        return to_document(value)

    def _taken(self, value: M, fields: str) -> ControlPlaneError:
        """The error that says which unique `fields` belong to someone else."""
        raise NotImplementedError(fields)

    @property
    def _collection(self) -> Collection[Document]:
        return self._mongo.collection(self.name)


def _at(document: Document, path: str) -> str:
    value: Any = document
    for part in path.split("."):
        value = value[part]
    return str(value)


def index_name(*fields: str) -> str:
    """The name of the declared index on these fields."""
    return "_".join(fields).replace("sort.", "by_")
