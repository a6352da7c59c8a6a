"""Workers before a breaker, for its tests."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import IntegrationError
from chalicelib.errors import TryLater
from chalicelib.reconcile.gate import Gate, Paused
from tests.builders import NOON, an_id
from tests.fakes import FakeClock
from tests.fakes_reconcile import FakeBreakers

AWAY = TryLater("no-answer", "oCIS did not answer in time")
OF_AWAY = IntegrationError(code="no-answer", message="oCIS did not answer in time")


class Workers:
    """Some workers before one vendor, sharing nothing but the store and the time."""

    def __init__(self, breaker=None, uniform=0.5):
        self.store = FakeBreakers(*([breaker] if breaker else []))
        self.clock = FakeClock()
        self.uniform = uniform
        self.calls = 0

    def a_gate(self):
        return Gate(self.store, self.clock, an_id, lambda: self.uniform)

    def run(self, failure=None, gate=None):
        """One run that ends with `failure`; the answer is the pause if it was not let through."""
        try:
            with suppress(*[type(failure)] if failure else []), (gate or self.a_gate()).passage("ocis"):
                self.calls += 1
                _fail_with(failure)
        except Paused as pause:
            return pause
        return None

    @property
    def breaker(self):
        return self.store.get("ocis")


def _fail_with(failure):
    if failure:
        raise failure


def an_open_breaker(**given):
    fields = {"id": "ocis", "openings": 1, "opened_at": NOON - timedelta(seconds=30), "error": OF_AWAY}
    return Breaker(**{**fields, "failures": 5, "probe_at": NOON, "version": 7, **given})
