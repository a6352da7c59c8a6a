"""What happens to a tenant at a vendor beside us is made good, and told: loss is not hidden by repair."""

from __future__ import annotations

import json
import logging
from typing import cast

import pytest

from chalicelib.domain.ports import TenantStore
from chalicelib.reconcile.reconciler import Reconciler
from tests.builders import an_id
from tests.fakes_reconcile import FakeRuns
from tests.simulation.estate import Estate, contents
from tests.simulation.network import Calm, connector
from tests.simulation.vendors import Reply

EVIL = "\x1b[31m<script>alert(1)</script>\u202e" + "x" * 200


def a_place(integration):
    """In order, and seen so."""
    place = Estate(integration)
    place.settle()
    place.settle()
    return place


def told_run(place):
    """One look, with a record of runs."""
    place.clock.move(3600)
    runs, looking = FakeRuns(), connector(place.integration, place.vendor, Calm(), place.clock)
    store = cast("TenantStore", place.tenants)
    connectors = {place.integration: looking}
    reconciler = Reconciler(store, place.roster, connectors, place.clock, an_id, lambda: 0.5, runs=runs)
    outcome = reconciler.reconcile(place.integration, place.tenant.id)
    return outcome, runs.added


def lose_the_group(place):
    with place.vendor.world.changing():
        groups = place.vendor.world.table("groups")
        groups.pop(next(key for key, each in groups.items() if each["name"] == "dezky-t-nord"))


def lose_a_mailbox(place):
    with place.vendor.world.changing() as state:
        accounts = state["objects"]["Account"]
        accounts.pop(next(key for key, each in accounts.items() if each["name"] == "ada"))


def lose_the_space(place):
    with place.vendor.world.installation.changing() as state:
        state["spaces"].clear()


LOSSES = {
    "authentik": (lose_the_group, "Create the group dezky-t-nord"),
    "stalwart": (lose_a_mailbox, "Create the mailbox ada@nord.test"),
    "ocis": (lose_the_space, "Create the space Nord"),
}


@pytest.mark.parametrize("integration", LOSSES)
def test_int_18_what_was_deleted_by_hand_is_made_again_and_the_loss_is_told(integration, caplog):
    lose, sentence = LOSSES[integration]
    place = a_place(integration)
    before = place.count()
    lose(place)
    assert place.count() != before

    with caplog.at_level(logging.WARNING, "chalicelib.reconcile.reconciler"):
        outcome, runs = told_run(place)

    assert (outcome.kind, place.count()) == ("done", before)
    drift = place.tenant.provisioning.of(integration).drift
    assert sentence in drift.found
    assert drift.repaired_at == drift.at == place.clock()
    assert [(run.drift, sentence in run.found) for run in runs] == [(True, True)]
    (record,) = caplog.records
    assert record.drift == [step.action for step in outcome.drift]


def test_int_18_the_second_look_tells_nothing_more():
    place = a_place("ocis")
    lose_the_space(place)
    told_run(place)

    outcome, runs = told_run(place)

    assert (outcome.kind, outcome.steps, runs) == ("done", (), [])


def test_int_16_an_evil_name_at_a_vendor_is_told_as_short_plain_text():
    place = a_place("ocis")
    with place.vendor.world.installation.changing() as state:
        next(iter(state["spaces"].values()))["name"] = EVIL
    place.wish(place.tenant.suspended(place.clock(), "unpaid"))

    outcome, runs = told_run(place)

    (told,) = [each.sentence for each in runs[0].steps if "space" in each.sentence]
    assert outcome.kind == "done"
    assert told == f"Disable the space [31m<script>alert(1)</script>{'x' * 200}"
    assert contents(place.vendor)["spaces"]


@pytest.mark.parametrize("integration", LOSSES)
def test_int_16_what_a_vendor_says_in_its_errors_is_in_no_status(integration):
    place = Estate(integration)
    place.vendor = Rude(place.vendor)

    outcome, runs = told_run(place)

    error = place.tenant.provisioning.of(integration).error
    assert outcome.kind in {"later", "blocked"}
    for text in (outcome.message, error.message, error.code, *(run.message for run in runs)):
        assert text.isprintable()
        assert len(text) < 200
        assert "script" not in text


class Rude:
    """Refuses everything, in words that somebody else chose."""

    def __init__(self, vendor):
        self._vendor = vendor

    def __getattr__(self, name):
        return getattr(self._vendor, name)

    def answer(self, request):
        body = {"detail": EVIL, "title": EVIL, "error": {"code": EVIL, "message": EVIL}, "type": EVIL}
        return Reply(400, json.dumps(body).encode(), "application/problem+json")
