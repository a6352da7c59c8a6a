"""Attention: the operators' inbox, read off the state of tenants, breakers and queues."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.attention import AttentionItem, of_breaker, of_dead_letters, of_tenant
from chalicelib.domain.filters import TenantFilter
from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.ports import BreakerStore, DeadLetters, TenantStore
from chalicelib.domain.provisioning import Integration


class Attention:
    def __init__(self, tenants: TenantStore, breakers: BreakerStore, dead_letters: DeadLetters) -> None:
        self._tenants = tenants
        self._breakers = breakers
        self._dead_letters = dead_letters

    def list(
        self, search: str | None, integration: Integration | None, request: PageRequest
    ) -> Page[AttentionItem]:
        """A page of tenants' items; the first one begins with what concerns an integration as a whole."""
        page = self._tenants.page(TenantFilter(unsettled=True, search=search), request)
        whole = () if request.after else tuple(self._of_integrations())
        items = (item for tenant in page.items for item in of_tenant(tenant))
        wanted = (item for item in (*whole, *items) if integration in {None, item.integration})
        return Page(tuple(wanted), page.next)

    def _of_integrations(self) -> Iterator[AttentionItem]:
        for breaker in self._breakers.all():
            yield from of_breaker(breaker)
        for integration, count in self._dead_letters.counts().items():
            yield from of_dead_letters(integration, count)
