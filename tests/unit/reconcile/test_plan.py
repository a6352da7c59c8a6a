"""A plan: steps in words, a digest that moves when anything of it moves, and no write."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from chalicelib.domain.plan import part_digest
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.reconcile.planner import Planner
from tests.builders import a_person, a_tenant, a_wanted
from tests.fakes import FakeRoster
from tests.fakes_reconcile import FakeConnector


@dataclass
class Seen:
    names: list[str] = field(default_factory=list)
    marks: dict[str, object] = field(default_factory=dict)


def a_planner(*people, **connectors):
    names = {"authentik": FakeConnector(), "stalwart": FakeConnector(), "ocis": FakeConnector()} | connectors
    for name, connector in names.items():
        connector.integration = name
    return Planner(names, FakeRoster(*people))


def test_a_plan_says_what_would_be_done_and_does_nothing():
    connector = FakeConnector()

    plan = a_planner(ocis=connector).plan(a_tenant())

    assert [[step.sentence for step in part.steps] for part in plan.parts] == [["Add acme.test"]] * 3
    assert connector.calls == ["observe"]
    assert connector.held == []


def test_the_same_state_has_the_same_digest():
    tenant = a_tenant()

    assert a_planner().plan(tenant).digest == a_planner().plan(tenant).digest


@pytest.mark.parametrize(
    ("planner", "tenant", "moved"),
    [
        (a_planner(ocis=FakeConnector("acme.test")), {}, ("ocis",)),
        (a_planner(ocis=FakeConnector("stranger.test")), {}, ("ocis",)),
        (a_planner(), {"generation": 2}, ("generation", "authentik", "stalwart", "ocis")),
        (a_planner(stalwart=FakeConnector(failing=TryLater("no-answer", "away"))), {}, ("stalwart",)),
    ],
)
def test_the_digest_tells_what_moved(planner, tenant, moved):
    approved = a_planner().plan(a_tenant(id="1"))

    fresh = planner.plan(a_tenant(id="1", **tenant))

    assert fresh.moved_since(approved.digest) == moved
    assert approved.moved_since(approved.digest) == ()


@pytest.mark.parametrize("nonsense", ["", "x", "g1.a.b", "g1.a.b.c.d"])
def test_a_digest_that_is_none_has_moved_altogether(nonsense):
    plan = a_planner().plan(a_tenant())

    assert plan.moved_since(nonsense) == ("generation", "authentik", "stalwart", "ocis")


def test_an_integration_that_cannot_be_asked_is_named_and_the_others_are_planned():
    plan = a_planner(authentik=FakeConnector(failing=NeedsPerson("name-conflict", "Not ours"))).plan(
        a_tenant()
    )

    assert (plan.parts[0].problem.code, plan.parts[0].steps) == ("name-conflict", ())
    assert plan.obscured == ("authentik",)
    assert [len(part.steps) for part in plan.parts[1:]] == [1, 1]


def test_the_order_in_which_a_vendor_lists_things_does_not_matter_and_their_content_does():
    tenant = a_wanted(a_person())
    one = part_digest(tenant, Seen(["a", "b"], {"x": 1, "y": {"b", "a"}}), ())

    assert part_digest(tenant, Seen(["b", "a"], {"y": {"a", "b"}, "x": 1}), ()) == one
    assert part_digest(tenant, Seen(["a"], {"x": 1, "y": {"b", "a"}}), ()) != one
