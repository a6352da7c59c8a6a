"""DEP-17: what alarms count is really in the log of the application, and the filter finds it there.

The filters are CloudWatch's `{ $.name = "value" }` over a line of JSON; `matches` reads just that form.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.chain import Break
from chalicelib.domain.seal import WholeHead
from chalicelib.errors import Unavailable
from chalicelib.handlers.sweep import sweep
from chalicelib.integrations.secrets import ManagedSecret
from chalicelib.logs import JsonLine
from chalicelib.reconcile.gate import _note
from chalicelib.services.audit import Audit, AuditMeans
from infra.aws.template.logs import BREAKER_OPENED, ERRORS, RECONCILE_LAG, SECRET_NOT_READ, TRAIL_BROKEN
from tests.builders import NOON, a_tenant
from tests.fakes import FakeClock, FakeTenants
from tests.fakes_reconcile import FakeHints

FORM = re.compile(r'\{ \$\.(\w+) = "([^"]+)" \}')


def matches(figure, record):
    """What the metric gets from that line; None when the filter passes it by."""
    line = json.loads(JsonLine().format(record))
    name, value = FORM.fullmatch(figure.pattern).groups()
    if line.get(name) != value:
        return None
    return line[figure.value.removeprefix("$.")] if figure.value.startswith("$.") else int(figure.value)


@pytest.fixture
def counted(caplog):
    """What a figure gets from all that was logged."""
    caplog.set_level(logging.INFO)
    return lambda figure: [
        found for record in caplog.records if (found := matches(figure, record)) is not None
    ]


def test_dep_17_a_breaker_that_opens_is_counted_once(counted):
    closed = Breaker(id="ocis")

    _note(closed, closed.with_(openings=1, opened_at=NOON))
    _note(closed.with_(openings=1, opened_at=NOON), closed)

    assert counted(BREAKER_OPENED) == [1]
    assert counted(ERRORS) == [1]


def test_dep_17_the_most_overdue_tenant_is_what_the_lag_says(counted):
    fleet = [
        a_tenant(slug=f"t{hours}", domains=(), updated_at=NOON - timedelta(hours=hours)) for hours in (1, 3)
    ]

    sweep(FakeTenants(*fleet), FakeHints(), FakeClock())

    assert counted(RECONCILE_LAG) == [3 * 3600]


def test_dep_17_a_fleet_in_order_has_no_lag(counted):
    sweep(FakeTenants(), FakeHints(), FakeClock())

    assert counted(RECONCILE_LAG) == []


def test_dep_17_a_secret_that_cannot_be_read_is_counted(counted):
    def refused():
        raise PermissionError

    with pytest.raises(Unavailable):
        ManagedSecret("MONGODB_URI", refused).value()

    assert counted(SECRET_NOT_READ) == [1]


@pytest.mark.parametrize("level", ["info", "warning"])
def test_dep_17_what_is_expected_wakes_nobody(counted, level):
    getattr(logging.getLogger("chalicelib"), level)("token refused")

    assert counted(ERRORS) == []


def test_dep_17_an_audit_trail_that_is_broken_is_counted(counted):
    class Altered(Audit):
        def verify(self, since, most=None):
            return SimpleNamespace(broken=Break("altered", "Event 1 of acme", "acme", 1))

    safe, chains = SimpleNamespace(kept=dict), SimpleNamespace(whole_head=WholeHead)
    means = AuditMeans(None, chains, None, lambda: safe, FakeClock(), lambda: 0.0)

    Altered(means).keep_head()

    assert counted(TRAIL_BROKEN) == [1]
