"""A sweep of 100,000 tenants holds a page or two of them at a time."""

from __future__ import annotations

import weakref
from collections import deque

from chalicelib.domain.page import Page
from chalicelib.domain.tenant import NEW, SHARDS, Tenant
from chalicelib.handlers.sweep import PAGE, sweep
from tests.builders import NOON
from tests.fakes import FakeClock

FLEET = 100_000
OF_A_SHARD = FLEET // (len(SHARDS) - 1)


class MadeTenants:
    """Makes tenants as they are asked for; `kept` is how many of an earlier page were still alive."""

    def __init__(self):
        self.kept = 0
        self._pages = deque(maxlen=3)

    def due(self, now, limit, after=None, shard=None):
        start = int(after or 0)
        end = min(start + limit, 0 if shard == NEW else OF_A_SHARD)
        made = tuple(self._made(shard, number) for number in range(start, end))
        self._pages.append([weakref.ref(each) for each in made])
        if len(self._pages) == 3:
            self.kept = max(self.kept, sum(each() is not None for each in self._pages[0]))
        return Page(made, str(end) if end - start == limit else None)

    def _made(self, shard, number):
        return Tenant(id=f"{shard}{number:031x}", slug=f"t{shard}{number}", name="T", created_at=NOON)


class CountedHints:
    def __init__(self):
        self.sent = self.largest = 0

    def hint_many(self, hints):
        self.sent += len(hints)
        self.largest = max(self.largest, len(hints))
        return len(hints)


def test_que_12_100_000_tenants_are_planned_in_constant_memory():
    tenants, queue = MadeTenants(), CountedHints()

    for shard in SHARDS:
        position = sweep(tenants, queue, FakeClock(), shard)
        while position is not None:
            position = sweep(tenants, queue, FakeClock(), shard, position)

    assert queue.sent == 3 * FLEET
    assert queue.largest == 3 * PAGE
    assert tenants.kept == 0
