"""INT-10: more removals than are likely wait for a person, who approves exactly them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.provisioning import Approval
from chalicelib.domain.wanted import wanted
from chalicelib.reconcile.planner import Planner
from tests.builders import a_person, an_active_tenant
from tests.contract.connectors.authentik_bench import an_authentik
from tests.contract.connectors.ocis_bench import ocis_bench
from tests.contract.connectors.stalwart_bench import a_stalwart
from tests.fakes import FakeRoster
from tests.fakes_reconcile import Stage

BENCHES = {"authentik": an_authentik, "stalwart": a_stalwart, "ocis": ocis_bench}
PEOPLE = tuple(a_person(f"p{number}@nova.test") for number in range(8))
NOT_DONE = {"plan-moved", "mass-delete-guard"}
TENANT = an_active_tenant(slug="nova", name="Nova", domains=("nova.test",))


class Leaving(Stage):
    """A tenant all of whose people have left, and a vendor that still holds them."""

    def __init__(self, bench):
        super().__init__(TENANT, bench.connector)
        self.bench = bench
        self.planner = Planner({bench.connector.integration: bench.connector}, FakeRoster())
        bench.reconcile(wanted(TENANT, PEOPLE))
        bench.forget()

    @property
    def part(self):
        (part,) = self.planner.plan(self.stored).parts
        return part

    def approve(self, digest, minutes=15):
        approval = Approval(digest=digest, by="op", until=self.clock.now + timedelta(minutes=minutes))
        status = self.status.with_(approval=approval)
        provisioning = self.stored.provisioning.with_status("authentik", status)
        self.tenants.stored[TENANT.id] = self.stored.with_(provisioning=provisioning)


@pytest.fixture(params=BENCHES)
def stage(request):
    with BENCHES[request.param]() as bench:
        yield Leaving(bench)


def test_the_plan_names_everything_that_would_go_and_says_that_it_needs_approval(stage):
    part = stage.part

    told = " ".join(step.sentence for step in part.steps)
    assert part.needs_approval
    assert all(f"p{number}@nova.test" in told or f"nova.p{number}" in told for number in range(8)), told


def test_without_approval_nothing_of_it_is_done(stage):
    outcome = stage.run()

    assert (outcome.kind, outcome.code) == ("blocked", "mass-delete-guard")
    assert stage.bench.writes() == []


def test_what_was_approved_is_done_and_nothing_is_left_to_do(stage):
    digest = stage.part.digest
    stage.approve(digest)

    outcome = stage.run(approved=digest)

    assert (outcome.kind, stage.status.state) == ("done", "ok")
    assert len(outcome.steps) > 0
    assert stage.part.steps == ()
    assert not stage.part.needs_approval


def test_a_message_alone_approves_nothing(stage):
    outcome = stage.run(approved=stage.part.digest)

    assert outcome.code in NOT_DONE
    assert stage.bench.writes() == []


def test_an_approval_without_its_message_lets_nothing_through(stage):
    stage.approve(stage.part.digest)

    assert stage.run().code == "mass-delete-guard"
    assert stage.bench.writes() == []


def test_an_approval_that_is_over_lets_nothing_through(stage):
    digest = stage.part.digest
    stage.approve(digest, minutes=0)

    assert stage.run(approved=digest).code in NOT_DONE
    assert stage.bench.writes() == []


def test_when_anything_moved_since_nothing_is_done(stage):
    digest = stage.part.digest
    stage.approve(digest)
    stage.bench.reconcile(wanted(TENANT, (*PEOPLE, a_person("late@nova.test"))))
    stage.bench.forget()

    assert stage.run(approved=digest).code == "plan-moved"
    assert stage.bench.writes() == []


def test_an_approval_is_good_for_its_own_wish_only(stage):
    digest = stage.part.digest
    stage.approve(digest)
    stage.tenants.stored[TENANT.id] = stage.stored.changed(stage.clock.now, name="Nova 2")

    assert stage.run(approved=digest).code == "plan-moved"
    assert stage.bench.writes() == []
