"""Whoever leaves a tenant is out of all three systems soon, also when one of them was away for a while."""

from __future__ import annotations

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wanted import Person
from infra.local.identity.sessions import Browser
from tests.simulation.estate import contents
from tests.simulation.run import Simulation
from tests.simulation.test_outage import CALM

ADA = Person(id="a1", address="ada@nord.test", name="Ada")
BEN = Person(id="b2", address="ben@nord.test", name="Ben")
BOUND = 60.0  # seconds, when nothing is away
OUTAGE = 600.0
SWEEPS = 3 * 300.0  # seconds until an outage is made good


class Office:
    """One tenant with two people, in order everywhere."""

    def __init__(self) -> None:
        self.simulation = Simulation(1, CALM, keep_trace=False)
        self.shop = self.simulation.shop
        self.shop.open(3)
        self.simulation.keep_sweeping()
        self.tenant = Tenant(id="f" * 32, slug="nord", name="Nord", domains=("nord.test",))
        self.shop.roster.joins(self.tenant.id, ADA, "owner")
        self.shop.roster.joins(self.tenant.id, BEN, "member")
        self.shop.tenants.add(self.tenant)
        self.simulation.people.promise(self.tenant, "found")
        self.shop.schedule.wait(BOUND)
        with self.shop.vendors["authentik"].world.changing():
            for user in self._accounts().values():
                self.shop.vendors["authentik"].world.sessions.open(user, Browser("a browser", "192.0.2.1"))

    def wish(self) -> None:
        stored = self.shop.tenants.stored[self.tenant.id]
        wished = stored.changed(self.shop.schedule.clock())
        self.simulation.people.promise(self.shop.tenants.people_save(wished, stored), "member")

    def lets_in(self, address: str) -> dict[str, bool]:
        """Where somebody may still sign in, or send mail."""
        box = next(
            each
            for each in contents(self.shop.vendors["stalwart"])["Account"].values()
            if f"{each['name']}@nord.test" == address
        )
        users = contents(self.shop.vendors["ocis"])["users"].values()
        return {
            "authentik": self._accounts()[address]["is_active"],
            "stalwart": not box["permissions"].get("disabledPermissions", {}).get("authenticate"),
            "ocis": next(each["accountEnabled"] for each in users if each["mail"] == address),
        }

    def sessions(self) -> set[str]:
        """Who is signed in."""
        names = {each["pk"]: each["username"] for each in self._accounts().values()}
        held = self.shop.vendors["authentik"].world.table("sessions").values()
        return {names[each["user"]] for each in held}

    def _accounts(self):
        users = contents(self.shop.vendors["authentik"])["users"].values()
        return {each["username"]: each for each in users if each["username"].endswith("@nord.test")}


@pytest.fixture
def office():
    office = Office()
    yield office
    office.simulation.schedule.close()


def leaves(office):
    office.shop.roster.leaves(office.tenant.id, BEN)


def is_deactivated(office):
    office.shop.roster.changes(office.tenant.id, BEN, active=False)


EVERYWHERE, NOWHERE = dict.fromkeys(INTEGRATIONS, True), dict.fromkeys(INTEGRATIONS, False)


@pytest.mark.parametrize("goes", [leaves, is_deactivated])
def test_int_24_who_goes_is_out_of_all_three_within_a_minute_and_nobody_else_is(office, goes):
    assert office.lets_in(BEN.address) == EVERYWHERE
    assert office.sessions() == {ADA.address, BEN.address}

    goes(office)
    office.wish()
    office.shop.schedule.wait(BOUND)

    assert office.lets_in(BEN.address) == NOWHERE
    assert office.lets_in(ADA.address) == EVERYWHERE
    assert office.sessions() == {ADA.address}


@pytest.mark.parametrize("down", INTEGRATIONS)
def test_int_24_a_vendor_that_is_away_keeps_nobody_in_at_the_others_and_follows(office, down):
    office.simulation.storm.fall(down, OUTAGE)
    leaves(office)
    office.wish()

    office.shop.schedule.wait(BOUND)
    meanwhile = office.lets_in(BEN.address)
    office.shop.schedule.wait(OUTAGE + SWEEPS)

    assert meanwhile == {**NOWHERE, down: True}
    assert office.lets_in(BEN.address) == NOWHERE
    assert office.simulation.checks.violations == []
