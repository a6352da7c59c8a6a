"""What a batch of messages wakes besides the looks it asks for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from chalice.app import SQSEvent

from chalicelib import wiring
from chalicelib.handlers import triggers
from tests.fakes import FakeClock
from tests.fakes_reconcile import FakeHints, FakeReconciler


class Asked:
    def __init__(self):
        self.looks = 0

    def look(self):
        self.looks += 1


@pytest.mark.parametrize(("remaining_ms", "looks"), [(59_000, 1), (15_001, 1), (15_000, 0), (0, 0)])
def test_int_26_the_version_is_asked_for_when_there_is_time_after_the_work(monkeypatch, remaining_ms, looks):
    asked = Asked()
    monkeypatch.setattr(wiring, "reconciler", lambda integration: FakeReconciler(FakeClock()))
    monkeypatch.setattr(wiring, "queue", FakeHints)
    monkeypatch.setattr(wiring, "versions", lambda integration: asked)
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: remaining_ms)

    answer = triggers.look(SQSEvent({"Records": []}, context), "ocis")

    assert answer == {"batchItemFailures": []}
    assert asked.looks == looks
