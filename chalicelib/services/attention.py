"""Attention: the operators' inbox, read off the state of tenants, breakers and queues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.domain.actor import Actor
from chalicelib.domain.attention import (
    CAUSES,
    AttentionItem,
    Cause,
    of_breaker,
    of_dead_letters,
    of_tenant,
    of_version,
    trouble_of,
)
from chalicelib.domain.filters import TenantFilter
from chalicelib.domain.fleet import Fleet
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.ports import BreakerStore, Clock, DeadLetters, TenantStore
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.version import VersionStore
from chalicelib.services.records import Records

Counts = dict[Cause, int]
TOLD = {"under-way", "retrying", "blocked"}  # causes that members of the tenant may know
MOST_REDRIVEN = 500  # messages in one request: a few seconds


@dataclass(frozen=True, slots=True)
class AttentionFilter:
    """search   the beginning of a tenant's slug, name or domain"""

    search: str | None = None
    integration: Integration | None = None
    cause: Cause | None = None

    @property
    def integrations(self) -> tuple[Integration, ...]:
        return (self.integration,) if self.integration else INTEGRATIONS

    @property
    def troubles(self) -> tuple[str, ...]:
        """All that is asked for, as `trouble_of` names them; nothing when everything is."""
        if not self.integration and not self.cause:
            return ()
        causes = (self.cause,) if self.cause else CAUSES
        return tuple(trouble_of(cause, each) for cause in causes for each in self.integrations)

    def admits(self, item: AttentionItem) -> bool:
        return item.integration in self.integrations and self.cause in {None, item.cause}


@dataclass(frozen=True, slots=True)
class AttentionSources:
    """Where attention is read from."""

    tenants: TenantStore
    fleet: Fleet
    breakers: BreakerStore
    versions: VersionStore
    dead_letters: DeadLetters
    clock: Clock


class Attention:
    def __init__(self, sources: AttentionSources, records: Records) -> None:
        self._sources = sources
        self._records = records

    def list(self, narrowed: AttentionFilter, request: PageRequest) -> tuple[Page[AttentionItem], Counts]:
        """A page of tenants' items, and how many items there are of each cause, whatever cause is asked for.

        The first page begins with what concerns an integration as a whole.
        """
        whole = tuple(self._of_integrations())
        page = self._sources.tenants.page(
            TenantFilter(unsettled=True, search=narrowed.search, troubles=narrowed.troubles), request
        )
        now = self._sources.clock()
        items = (item for tenant in page.items for item in of_tenant(tenant, now))
        shown = (item for item in (*(() if request.after else whole), *items) if narrowed.admits(item))
        troubles = self._sources.fleet.troubles(narrowed.search)
        return Page(tuple(shown), page.next), _counts(narrowed, whole, troubles)

    def find(self, tenant: Tenant, item_id: str, *, whole: bool) -> AttentionItem | None:
        """The item about that tenant or, with `whole`, about an integration; None once it is over."""
        for item in of_tenant(tenant, self._sources.clock()):
            if item.id == item_id and (whole or item.cause in TOLD):
                return item
        of_integrations = self._of_integrations() if whole else ()
        return next((item for item in of_integrations if item.id == item_id), None)

    def counts(self, troubles: Mapping[str, int]) -> Counts:
        """How many items there are of each cause. `troubles` are the fleet's."""
        return _counts(AttentionFilter(), tuple(self._of_integrations()), troubles)

    def redrive(self, actor: Actor, integration: Integration) -> int:
        """Put given-up messages back on their queue, at most MOST_REDRIVEN, and note who did so.

        Returns  how many there were
        Raises   Unavailable when the queue cannot be asked
        """
        self._records.integration(actor, "integration.redrive", integration)
        return self._sources.dead_letters.redrive(integration, MOST_REDRIVEN)

    def _of_integrations(self) -> Iterator[AttentionItem]:
        for breaker in self._sources.breakers.all():
            yield from of_breaker(breaker)
        for seen in self._sources.versions.all():
            yield from of_version(seen)
        for integration, count in self._sources.dead_letters.counts().items():
            yield from of_dead_letters(integration, count)


def _counts(
    narrowed: AttentionFilter, whole: tuple[AttentionItem, ...], troubles: Mapping[str, int]
) -> Counts:
    of_whole = Counter(item.cause for item in whole if item.integration in narrowed.integrations)
    return {
        cause: of_whole[cause]
        + sum(troubles.get(trouble_of(cause, each), 0) for each in narrowed.integrations)
        for cause in CAUSES
    }
