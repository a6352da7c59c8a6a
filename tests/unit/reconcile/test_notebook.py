"""What is about to be made is written down first, and forgotten when a later look has settled it."""

from datetime import timedelta

import pytest

from chalicelib.domain.provisioning import Begun, Lease
from chalicelib.domain.steps import Step
from chalicelib.errors import TryLater
from tests.builders import NOON, a_tenant
from tests.fakes import FakeTenants
from tests.fakes_reconcile import FakeConnector, Stage, with_status

DOMAINS = ("acme.test", "acme.example")


class Maker(FakeConnector):
    """Its steps say what they make."""

    def diff(self, tenant, observed):
        missing = () if tenant.purging else [name for name in tenant.domains if name not in observed]
        return tuple(Step(action="add", sentence=f"Add {name}", target=name, makes=name) for name in missing)


def a_stage(connector, **fields):
    return Stage(a_tenant(domains=DOMAINS, **fields), connector)


def names(stage):
    return [each.name for each in stage.status.begun]


def test_everything_that_a_run_makes_is_written_down_before_the_first_call():
    connector, noted = Maker(), []
    stage = a_stage(connector)
    connector.before["apply"] = lambda: noted.append(names(stage))

    outcome = stage.run()

    assert noted == [list(DOMAINS)]
    assert (outcome.kind, names(stage)) == ("done", [])


def test_what_was_begun_and_failed_stays_written_down_with_its_time():
    connector = Maker(failing=TryLater("no-answer", "Lost"), fails_at="apply")
    stage = a_stage(connector)

    stage.run()

    assert stage.status.begun == tuple(Begun(name=each, at=stage.clock()) for each in DOMAINS)


def test_a_look_that_comes_too_early_keeps_the_word_of_it_and_another_is_due_when_it_settles():
    begun = Begun(name="gone.test", at=NOON)
    stage = a_stage(Maker(*DOMAINS), provisioning=with_status(begun=(begun,)))
    stage.clock.move(59)

    stage.run()

    assert names(stage) == ["gone.test"]
    assert stage.status.next_attempt_at == NOON + timedelta(seconds=60)


def test_a_good_look_a_minute_later_forgets_it():
    stage = a_stage(Maker(*DOMAINS), provisioning=with_status(begun=(Begun(name="gone.test", at=NOON),)))
    stage.clock.move(60)

    stage.run()

    assert names(stage) == []


def test_a_look_that_failed_forgets_nothing():
    connector = Maker(failing=TryLater("busy", "Busy"))
    stage = a_stage(connector, provisioning=with_status(begun=(Begun(name="gone.test", at=NOON),)))
    stage.clock.move(3600)

    stage.run()

    assert names(stage) == ["gone.test"]


def test_a_purge_is_not_over_while_something_may_still_appear():
    lost = with_status(begun=(Begun(name="late.test", at=NOON),))
    others = {each: with_status(state="removed").authentik for each in ("stalwart", "ocis")}
    stage = a_stage(Maker(), lifecycle="terminated", purging_since=NOON, provisioning=lost.with_(**others))

    early = stage.run()
    stage.clock.move(60)
    late = stage.run()

    assert (early.kind, early.code) == ("later", "unsettled")
    assert (late.kind, stage.status.state, names(stage)) == ("done", "removed", [])


def test_a_worker_that_lost_its_lease_makes_nothing():
    connector = Maker()
    stage = a_stage(connector)

    def taken_over():
        other = Lease(token="other", until=stage.clock() + timedelta(seconds=60))
        provisioning = stage.stored.provisioning.with_status("authentik", stage.status.with_(lease=other))
        stage.tenants.save(stage.stored.with_(provisioning=provisioning), stage.stored)

    connector.before["observe"] = taken_over

    outcome = stage.run()

    assert (outcome.kind, outcome.code) == ("skipped", "fenced")
    assert connector.calls == ["observe"]


def test_a_long_run_writes_it_down_again_so_that_the_time_is_that_of_the_last_call():
    connector, times = Maker(), []
    stage = a_stage(connector)

    def slow():
        stage.clock.move(11)
        connector.before["apply"] = lambda: times.append({each.at for each in stage.status.begun})

    connector.before["apply"] = slow

    stage.run()

    assert times == [{NOON + timedelta(seconds=11)}]


def test_what_makes_nothing_of_its_own_is_not_written_down():
    saves = Saves(a_tenant())
    stage = Stage(a_tenant(), FakeConnector(), tenants=saves)

    with_one = Stage(a_tenant(), Maker(), tenants=(more := Saves(a_tenant())))
    stage.tenant, with_one.tenant = saves.first, more.first
    stage.run()
    with_one.run()

    assert (saves.count, more.count) == (2, 3)


class Saves(FakeTenants):
    """Counts them."""

    def __init__(self, tenant):
        super().__init__(tenant)
        self.first, self.count = tenant, 0

    def save(self, tenant, as_read):
        self.count += 1
        return super().save(tenant, as_read)


@pytest.mark.parametrize("seconds", [0, 9])
def test_two_calls_of_a_short_run_cost_one_write(seconds):
    saves, connector = Saves(a_tenant(domains=DOMAINS)), Maker()
    stage = Stage(saves.first, connector, tenants=saves)
    connector.before["apply"] = lambda: stage.clock.move(seconds)

    stage.run()

    assert saves.count == 3


@pytest.mark.parametrize("wish", [{"name": "Acme 2"}, {"domains": (*DOMAINS, "acme.net")}])
@pytest.mark.parametrize(("seconds", "is_soon"), [(5, True), (59, True), (60, False)])
def test_a_new_wish_that_is_seen_fulfilled_in_haste_is_looked_at_again_soon(seconds, is_soon, wish):
    stage = a_stage(FakeConnector(*DOMAINS))
    stage.run()
    stage.clock.move(seconds)
    stage.tenants.save(stage.stored.changed(stage.clock(), **wish), stage.stored)

    stage.run()

    soon = stage.status.next_attempt_at - stage.clock() <= timedelta(seconds=60)
    assert (stage.status.state, soon) == ("ok", is_soon)
