"""An operator pauses the repair of drift while others write the same tenant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.drift import PauseDrift
from chalicelib.errors import ConcurrentChange
from chalicelib.services.drift import DriftPauses, Part
from chalicelib.services.means import Means
from chalicelib.services.records import Records
from tests.builders import CUSTOMER_ISSUER, NOON, OPERATOR_ISSUER, an_active_tenant, an_actor, an_id
from tests.fakes import FakeAudit, FakeClock, FakeQueue, FakeUnitOfWork
from tests.fakes_reconcile import BusyTenants

WISH = PauseDrift(reason="A migration by hand", until=NOON + timedelta(days=1, microseconds=1_999))


class Desk:
    def __init__(self, refusals=0):
        self.tenant = an_active_tenant()
        self.tenants = BusyTenants(self.tenant, refusals=refusals)
        self.audit = FakeAudit()
        unit, clock, unused = FakeUnitOfWork(), FakeClock(), Any
        self.pauses = DriftPauses(
            Means(
                partners=unused,
                tenants=self.tenants,
                users=unused,
                records=Records(self.audit, FakeQueue(), unit, clock, an_id),
                unit=unit,
                clock=clock,
                new_id=an_id,
                operator_issuer=OPERATOR_ISSUER,
                customer_issuer=CUSTOMER_ISSUER,
                kept=timedelta(days=30),
            )
        )

    def pause(self):
        return self.pauses.pause(an_actor(), Part(self.tenant, "ocis"), WISH)


@pytest.mark.parametrize("refusals", [0, 4])
def test_reconciles_that_write_meanwhile_are_waited_out(refusals):
    desk = Desk(refusals)

    paused = desk.pause()

    assert paused.provisioning.ocis.drift_paused.until == NOON + timedelta(days=1, milliseconds=1)
    assert (paused.version, paused.generation) == (2, 1)
    assert [event.action for event in desk.audit.events] == ["tenant.drift-pause.pause.ocis"]


def test_who_never_gets_a_turn_is_told_so():
    desk = Desk(refusals=5)

    with pytest.raises(ConcurrentChange):
        desk.pause()
    assert desk.audit.events == []


@pytest.mark.parametrize("stored", ["changed", "gone"])
def test_a_change_by_people_in_between_is_not_overwritten(stored):
    desk = Desk()
    read = desk.tenant
    if stored == "gone":
        desk.tenants.stored.clear()
    else:
        desk.tenants.save(read.changed(NOON, name="Acme 2"), read)

    with pytest.raises(ConcurrentChange):
        desk.pause()
    assert desk.audit.events == []
