"""What all REST resources share: list, read, create, change, replace, remove."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from infra.local.identity.fields import Check, Field, Record, WrongValueError, read
from infra.local.identity.listing import envelope, ordered, page_of, searched
from infra.local.identity.query import Query
from infra.local.identity.refusals import not_found

if TYPE_CHECKING:
    from infra.local.identity.world import World

Filter = Callable[[Record, str], bool]
EVERYTHING = Query()


class Resource:
    """One kind of object, kept in one table of the world under the text of its key."""

    kind: ClassVar[str]
    table: ClassVar[str]
    order: ClassVar[Sequence[str]] = ("name",)
    searchable: ClassVar[Sequence[str]] = ("name",)
    exact: ClassVar[Sequence[str]] = ()  # filters that compare the field of the same name
    flags: ClassVar[Sequence[str]] = ()  # the same for booleans

    def __init__(self, world: "World") -> None:
        self.world = world

    @property
    def rows(self) -> dict[str, Record]:
        return self.world.table(self.table)

    def list(self, query: Query = EVERYTHING) -> Record:
        """One page of those that pass every filter. Raises RefusedError 400 (filter), 404 (page)."""
        pagination, shown = page_of(self.chosen(query), query)
        return envelope(pagination, [self.view(record, query) for record in shown])

    def read(self, key: str, query: Query = EVERYTHING) -> Record:
        return self.view(self.get(key), query)

    def create(self, body: object) -> Record:
        record = self.built(read(self.fields(None), body, partial=False))
        self.rows[self.key_of(record)] = record
        return self.view(record, EVERYTHING)

    def change(self, key: str, body: object) -> Record:
        """PATCH: only what is sent; each field that is sent is replaced whole."""
        record = self.get(key)
        self.apply(record, read(self.fields(record), body, partial=True))
        return self.view(record, EVERYTHING)

    def replace(self, key: str, body: object) -> Record:
        """PUT: what is not sent returns to its default."""
        record = self.get(key)
        self.apply(record, read(self.fields(record), body, partial=False))
        return self.view(record, EVERYTHING)

    def remove(self, key: str) -> None:
        record = self.get(key)
        del self.rows[self.key_of(record)]
        self.removed(record)

    def get(self, key: str) -> Record:
        """The stored record. Raises RefusedError 404."""
        try:
            return self.rows[key]
        except KeyError:
            raise not_found(self.kind) from None

    def chosen(self, query: Query) -> Sequence[Record]:
        found = self.narrowed([row for row in self.rows.values() if self._passes(row, query)], query)
        return ordered(
            searched(found, self.searchable, query.one("search")), self.order, query.one("ordering")
        )

    def _passes(self, record: Record, query: Query) -> bool:
        for name in self.exact:
            if (wanted := query.one(name)) and str(record[name]) != wanted:
                return False
        return all(query.flag(name) in {None, record[name]} for name in self.flags)

    def key_of(self, record: Record) -> str:
        return str(record["pk"])

    def unique(self, field: str, existing: Record | None, sentence: str) -> Callable[[Check], Check]:
        """Makes a check that also refuses a value which another record has."""

        def added_to(check: Check) -> Check:
            def check_unique(value: object) -> object:
                cleaned = check(value)
                taken = any(row[field] == cleaned and row is not existing for row in self.rows.values())
                if taken and cleaned is not None:
                    raise WrongValueError(sentence)
                return cleaned

            return check_unique

        return added_to

    def fields(self, existing: Record | None) -> Mapping[str, Field]:
        """The writable fields; `existing` is the record that is about to change."""
        raise NotImplementedError

    def built(self, values: Record) -> Record:
        """The whole record of a new object, keys included."""
        raise NotImplementedError

    def view(self, record: Record, query: Query) -> Record:
        """The record as the API shows it."""
        raise NotImplementedError

    def narrowed(self, records: Sequence[Record], query: Query) -> Sequence[Record]:  # noqa: ARG002 (a hook)
        return records

    def apply(self, record: Record, values: Record) -> None:
        record.update(values)

    def removed(self, record: Record) -> None:
        """What goes with a removed object."""
