"""Runs: what was done for a tenant in its integrations, and what came of it."""

from __future__ import annotations

from chalicelib.domain.page import Page, PageRequest
from chalicelib.domain.ports import RunStore
from chalicelib.domain.run import Run, RunFilter


class Runs:
    def __init__(self, runs: RunStore) -> None:
        self._runs = runs

    def list(self, narrowed: RunFilter, request: PageRequest) -> Page[Run]:
        return self._runs.page(narrowed, request)
