"""The record of runs in MongoDB."""

from __future__ import annotations

from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.run import Run, RunFilter
from chalicelib.errors import AlreadyExists
from chalicelib.repositories.collection import ValueCollection, index_name
from chalicelib.repositories.documents import Document, sort_key
from chalicelib.repositories.mongo import border


@border
class RunCollection(ValueCollection[Run]):
    """RunStore on the collection `runs`."""

    name = "runs"
    model = Run
    sorts = {"startedAt": "sort.startedAt"}

    def page(self, narrowed: RunFilter, request: PageRequest) -> Page[Run]:
        equal = {name: value for name, value in _equalities(narrowed).items() if value}
        query: Document = {"tenantId": narrowed.tenant_id, **equal}
        hint = index_name("tenantId", *list(equal)[:1], self.sorts[request.sort])
        return self._read_page(query, request, hint)

    def _document(self, value: Run) -> Document:
        return {**super()._document(value), "sort": {"startedAt": sort_key(value.started_at, value.id)}}

    def _taken(self, value: Run, fields: str) -> AlreadyExists:  # noqa: ARG002 - only the id is unique
        return AlreadyExists("Run", value.id)


def _equalities(narrowed: RunFilter) -> dict[str, str | None]:
    """The most telling first: it chooses the index."""
    return {"runId": narrowed.run_id, "outcome": narrowed.outcome, "integration": narrowed.integration}
