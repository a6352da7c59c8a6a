"""Where a tenant stands in each integration, and what operators leave alone there, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.provisioning import (
    Drift,
    DriftPause,
    IntegrationError,
    IntegrationStatus,
    Provisioning,
)
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, a_membership, an_active_tenant

PAUSE = "/tenants/acme/integrations/ocis/drift-pause"


def in_days(days):
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def a_wish(days=7.0, **given):
    return {"reason": "A migration by hand", "until": in_days(days), **given}


@pytest.fixture
def acme(api):
    tenant = an_active_tenant()
    Tenants(api.mongo).add(tenant)
    return tenant


def test_members_see_where_their_tenant_stands(api):
    stands = IntegrationStatus(
        state="retrying",
        observed_generation=1,
        attempts=2,
        last_attempt_at=NOON,
        error=IntegrationError(code="busy", message="oCIS is busy"),
        ids={"space": "s-1"},
        drift=Drift(at=NOON, found=("Create the space dezky-t-acme",)),
        drift_paused=DriftPause(
            reason="By hand", until=datetime.now(UTC) + timedelta(days=1), by="op-1", generation=2
        ),
    )
    tenant = an_active_tenant(generation=2, provisioning=Provisioning(ocis=stands))
    Tenants(api.mongo).add(tenant)
    member = api.customer(memberships=(a_membership(tenant),))

    seen = api.get("/tenants/acme/integrations", member).json()

    assert list(seen) == ["authentik", "stalwart", "ocis"]
    assert seen["authentik"]["state"] == "pending"
    pause = seen["ocis"].pop("driftPause")
    assert (pause["reason"], pause["by"]) == ("By hand", None)
    assert seen["ocis"] == {
        "state": "retrying",
        "generation": 2,
        "observedGeneration": 1,
        "attempts": 2,
        "lastAttemptAt": "2026-11-22T12:00:00.000Z",
        "lastSuccessAt": None,
        "nextAttemptAt": None,
        "error": {"code": "busy", "message": "oCIS is busy"},
        "drift": {
            "at": "2026-11-22T12:00:00.000Z",
            "found": ["Create the space dezky-t-acme"],
            "repairedAt": None,
        },
        "ids": None,
    }


def test_operators_also_see_the_vendors_ids_and_who_paused(api):
    operator = api.operator()
    status = IntegrationStatus(state="ok", ids={"space": "s-1"})
    Tenants(api.mongo).add(an_active_tenant(provisioning=Provisioning(ocis=status)))
    api.call("PUT", PAUSE, operator, a_wish())

    seen = api.get("/tenants/acme/integrations", operator).json()["ocis"]

    assert seen["ids"] == {"space": "s-1"}
    assert seen["driftPause"]["by"] == operator.user.id


def test_where_a_tenant_of_others_stands_is_not_told(api, acme):
    assert api.get("/tenants/acme/integrations", api.customer()).json()["code"] == "tenant-not-found"


def test_it_takes_two_round_trips(api, acme, commands):
    operator = api.operator()
    api.get("/me", operator)

    with commands.recorded() as sent:
        api.get("/tenants/acme/integrations", operator)

    assert len(sent) == 2


def test_a_pause_is_a_change_of_the_version_but_no_new_wish(api, acme):
    operator = api.operator()

    answer = api.call("PUT", PAUSE, operator, a_wish(), headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (answer.json()["generation"], answer.json()["provisioningStatus"]["ocis"]) == (1, "ok")
    stored = api.document("tenants", slug="acme")["provisioning"]["ocis"]["driftPaused"]
    assert (stored["reason"], stored["by"], stored["generation"]) == (
        "A migration by hand",
        operator.user.id,
        1,
    )


def test_a_pause_and_its_end_are_audited_and_followed_by_a_look(api, acme):
    operator = api.operator()

    api.call("PUT", PAUSE, operator, a_wish())
    lifted = api.delete(PAUSE, operator)

    first, second = (
        api.document("auditEvents", action=f"tenant.drift-pause.{v}.ocis") for v in ("pause", "lift")
    )
    assert first["reason"].startswith("until 20")
    assert first["reason"].endswith(": A migration by hand")
    assert (first["actor"]["userId"], "reason" in second) == (operator.user.id, False)
    assert (lifted.status_code, lifted.json()["version"]) == (200, 3)
    assert "driftPaused" not in api.document("tenants", slug="acme")["provisioning"]["ocis"]
    assert ("ocis", acme.id, "tenant.drift-pause.lift.ocis") in api.queue.hints


def test_a_pause_is_set_anew_by_a_second_one(api, acme):
    operator = api.operator()
    api.call("PUT", PAUSE, operator, a_wish())

    api.call("PUT", PAUSE, operator, a_wish(reason="Still at it"))

    shown = api.get("/tenants/acme/integrations", operator).json()["ocis"]["driftPause"]
    assert shown["reason"] == "Still at it"


def test_lifting_no_pause_changes_nothing(api, acme):
    answer = api.delete(PAUSE, api.operator())

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert api.documents("auditEvents") == []


def test_a_change_of_the_tenant_ends_the_pause(api, acme):
    operator = api.operator()
    api.call("PUT", PAUSE, operator, a_wish())

    api.patch("/tenants/acme", operator, {"name": "Acme 2"})

    assert api.get("/tenants/acme/integrations", operator).json()["ocis"]["driftPause"] is None


@pytest.mark.parametrize("days", [-1, 0, 90.1, 36_500])
def test_a_pause_ends_in_the_next_ninety_days(api, acme, days):
    answer = api.call("PUT", PAUSE, api.operator(), a_wish(days))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "until")
    assert api.document("tenants", slug="acme")["version"] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": "2026-12-01T00:00:00"},
        {"until": "soon"},
        {"until": 1_800_000_000},
        {"until": "9999-12-31T23:59:59-14:00"},
        {"reason": " "},
        {"reason": None},
        {"by": "someone"},
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(api, acme, wrong):
    assert api.call("PUT", PAUSE, api.operator(), a_wish() | wrong).status_code == 422


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_there_are_three_integrations(api, acme, method):
    given = {"json": a_wish()} if method == "PUT" else {}

    answer = api.call(method, PAUSE.replace("ocis", "jira"), api.operator(), **given)

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_stale_if_match_pauses_nothing(api, acme):
    answer = api.call("PUT", PAUSE, api.operator(), a_wish(), headers={"If-Match": '"9"'})

    assert answer.status_code == 412
    assert api.document("tenants", slug="acme")["version"] == 1


def test_a_terminated_tenant_has_no_pauses(api):
    Tenants(api.mongo).add(an_active_tenant(lifecycle="terminated", terminated_at=NOON))

    assert api.call("PUT", PAUSE, api.operator(), a_wish()).json()["code"] == "impossible-move"


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_owners_do_not_pause(api, acme, method):
    owner = api.customer(memberships=(a_membership(acme, "owner"),))
    given = {"json": a_wish()} if method == "PUT" else {}

    assert api.call(method, PAUSE, owner, **given).json()["code"] == "operator-scope-required"
