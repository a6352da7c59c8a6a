"""Where a tenant stands, in plain words, and when there is something to wait for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.portal.views.provisioning import Awaited, is_moving, is_restorable, stands
from tests.builders import NOON


def an_answer(**given):
    """What the API says of one integration."""
    fields = {"state": "ok", "generation": 2, "observedGeneration": 2, "lastAttemptAt": at(minutes=-1)}
    return {**fields, "nextAttemptAt": at(hours=1), **given}


def at(**distance):
    return (NOON + timedelta(**distance)).isoformat()


def a_stand(awaited=None, **given):
    answers = {each: an_answer() for each in ("authentik", "stalwart")} | {"ocis": an_answer(**given)}
    return stands(answers, NOON, awaited)[2]


@pytest.mark.parametrize(
    ("given", "busy"),
    [
        ({}, False),
        ({"observedGeneration": 1, "nextAttemptAt": at(seconds=-1)}, True),
        ({"observedGeneration": 1, "nextAttemptAt": at(minutes=1)}, True),
        ({"observedGeneration": 1, "nextAttemptAt": at(minutes=10)}, False),
        ({"state": "pending", "observedGeneration": 0, "nextAttemptAt": None}, True),
        ({"state": "retrying", "nextAttemptAt": at(minutes=1)}, True),
        ({"state": "retrying", "nextAttemptAt": at(minutes=10)}, False),
        ({"state": "blocked", "nextAttemptAt": at(hours=1)}, False),
        ({"state": "blocked", "observedGeneration": 1, "nextAttemptAt": at(seconds=-1)}, True),
        ({"state": "removed", "observedGeneration": 1, "nextAttemptAt": None}, False),
    ],
    ids=str,
)
def test_only_what_comes_soon_is_waited_for(given, busy):
    assert a_stand(**given).busy == busy


@pytest.mark.parametrize(
    ("since", "only", "looked", "busy"),
    [
        (at(seconds=-5), "", at(minutes=-1), True),
        (at(seconds=-5), "", None, True),
        (at(seconds=-5), "ocis", at(minutes=-1), True),
        (at(seconds=-5), "stalwart", at(minutes=-1), False),
        (at(seconds=-5), "", at(seconds=-5), False),
        (at(seconds=-5), "", at(seconds=-2), False),
        (at(minutes=-3), "", None, False),
        (at(minutes=1), "", None, False),
    ],
)
def test_a_look_that_was_asked_for_is_waited_for_until_it_was_seen(since, only, looked, busy):
    awaited = Awaited(datetime.fromisoformat(since), only)

    assert a_stand(awaited, lastAttemptAt=looked).busy == busy


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "Everything is as it should be."),
        ({"observedGeneration": 1}, "It was in order, but the latest change is not there yet."),
        ({"state": "blocked"}, "It needs a person: what is said below has to be put right first."),
        ({"state": "a-state-of-tomorrow"}, ""),
    ],
)
def test_a_state_is_told_in_a_sentence(given, says):
    assert a_stand(**given).says == says


@pytest.mark.parametrize(
    ("given", "due"),
    [
        ({"nextAttemptAt": at(seconds=-1)}, True),
        ({"nextAttemptAt": at(seconds=6)}, False),
        ({"nextAttemptAt": None}, False),
        ({"state": "pending", "nextAttemptAt": None}, True),
        ({"state": "removed", "nextAttemptAt": at(seconds=-1)}, False),
    ],
    ids=str,
)
def test_a_look_whose_time_has_come_is_due(given, due):
    assert a_stand(**given).due == due


@pytest.mark.parametrize(
    ("status", "states", "moving"),
    [
        ("active", "ok", False),
        ("pending", "ok", True),
        ("active", "retrying", True),
        ("active", "blocked", False),
    ],
)
def test_a_tenant_moves_while_its_states_may_soon_be_others(status, states, moving):
    assert is_moving({"status": status, "provisioningStatus": {"authentik": "ok", "ocis": states}}) == moving


@pytest.mark.parametrize(
    ("given", "restorable"),
    [
        ({}, True),
        ({"purgeAfter": None}, True),
        ({"purgeAfter": at(seconds=0)}, False),
        ({"purgedAt": at(seconds=-1)}, False),
        ({"status": "active"}, False),
    ],
    ids=str,
)
def test_a_tenant_can_be_restored_until_its_retention_is_over(given, restorable):
    tenant = {"status": "terminated", "purgeAfter": at(days=1), "purgedAt": None, **given}

    assert is_restorable(tenant, NOON) == restorable
