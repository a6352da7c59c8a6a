"""QUE-27 and INT-21: work that cannot be done now waits: bounded, watched, and in nobody else's way."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from infra.aws.manifest import FUNCTIONS, INTEGRATIONS, VENDORS, WORKERS
from infra.aws.template.model import pascal
from tests.builders import NOON, a_tenant
from tests.fakes_reconcile import Stage

THROTTLED = 600  # seconds without a single worker
QUEUES = [pascal(f"reconcile-{each}") for each in (*INTEGRATIONS, "sweep")]


def queue(sam, name):
    return sam["Resources"][f"{name}Queue"]["Properties"]


def worker_event(sam, integration):
    function = sam["Resources"][f"Reconcile{integration.capitalize()}"]["Properties"]
    (event,) = (each["Properties"] for each in function["Events"].values() if each["Type"] == "SQS")
    return event


@pytest.mark.parametrize("name", QUEUES)
def test_que_27_ten_minutes_without_workers_are_no_reason_to_give_a_message_up(sam, name):
    properties = queue(sam, name)

    # A poller that cannot invoke its function has received the message all the same; it is hidden meanwhile.
    receives = math.ceil(THROTTLED / properties["VisibilityTimeout"])

    assert receives < properties["RedrivePolicy"]["maxReceiveCount"]
    assert properties["MessageRetentionPeriod"] > 100 * THROTTLED


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_que_27_pollers_take_no_more_than_workers_can(sam, integration):
    """With a bound of its own, a mapping does not poll for more; a reserved concurrency would let it."""
    assert worker_event(sam, integration)["ScalingConfig"]["MaximumConcurrency"] == WORKERS[integration]


def test_que_27_a_message_that_waited_does_its_work():
    stage = Stage(a_tenant())
    stage.clock.move(THROTTLED)

    outcome = stage.run(hinted_at=NOON, run_id="waited")

    assert (outcome.kind, stage.status.state) == ("done", "ok")
    assert stage.clock.now - NOON == timedelta(seconds=THROTTLED)


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_int_21_a_slow_vendor_has_few_workers_and_somebody_is_told(sam, integration):
    age = sam["Resources"][f"{pascal(f'reconcile-{integration}')}Old"]["Properties"]

    assert worker_event(sam, integration)["ScalingConfig"]["MaximumConcurrency"] <= 5
    assert age["MetricName"] == "ApproximateAgeOfOldestMessage"
    assert 0 < age["Threshold"] <= 1_800
    assert age["AlarmActions"]


# What somebody waits for while a vendor is asked, beside plans; each asks briefly. A line is a decision.
ASKED = {
    "authentik": {"POST /tenants/{slug}/users/{user_id}/invitation"},
    "stalwart": {"POST /tenants/{slug}/domains/{name}/check", "check_domains"},
    "ocis": set(),
}


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_int_21_no_worker_but_its_own_and_no_page_waits_for_a_vendor(integration):
    secrets = set(VENDORS[integration].secrets)

    who = {serves for each in FUNCTIONS if set(each.needs.secrets) & secrets for serves in each.serves}

    assert who == {
        f"reconcile_{integration}",
        "GET /tenants/{slug}/plan",
        "POST /tenants/{slug}/reconcile",
        *ASKED[integration],
    }
