"""Runs: what was done for a tenant in its integrations, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.ports import RunStore
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.domain.run import Run, RunFilter
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import NotPurged

RUNS_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of a purge: what was deleted, and when each integration was seen without any of it."""

    tenant: Tenant
    steps: Mapping[Integration, tuple[str, ...]]
    seen_gone_at: Mapping[Integration, datetime]


class Runs:
    def __init__(self, runs: RunStore) -> None:
        self._runs = runs

    def list(self, narrowed: RunFilter, request: PageRequest) -> Page[Run]:
        return self._runs.page(narrowed, request)

    def receipt(self, tenant: Tenant) -> Receipt:
        """Raises NotPurged."""
        if tenant.purged_at is None:
            raise NotPurged
        steps: dict[Integration, tuple[str, ...]] = dict.fromkeys(INTEGRATIONS, ())
        for run in self._all(tenant):
            if run.generation == tenant.generation:
                steps[run.integration] += tuple(each.sentence for each in run.steps)
        seen = {each: tenant.provisioning.of(each).last_success_at for each in INTEGRATIONS}
        return Receipt(tenant, steps, {each: at for each, at in seen.items() if at})

    def _all(self, tenant: Tenant) -> Iterator[Run]:
        request = PageRequest(limit=RUNS_A_PAGE, sort="startedAt")
        while True:
            page = self._runs.page(RunFilter(tenant.id), request)
            yield from page.items
            if page.next is None:
                return
            request = replace(request, after=page.next)
