"""The fleet in numbers: right, cheap, and for operators only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import wiring
from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import (
    Drift,
    DriftPause,
    IntegrationError,
    IntegrationStatus,
)
from chalicelib.repositories.breakers import Breakers
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, a_tenant, an_active_tenant
from tests.http.test_attention import with_ocis
from tests.http.test_round_trips import stages

DRIFT = Drift(at=NOON, found=("Remove ada@acme.test",))
ALL_INTEGRATIONS = ("authentik", "stalwart", "ocis")


@pytest.fixture
def operator(api):
    return api.operator()


def stored(api, **tenants):
    for slug, tenant in tenants.items():
        Tenants(api.mongo).add(tenant.with_(slug=slug, domains=()))


def stats(api, operator):
    answer = api.get("/stats", operator)
    assert answer.status_code == 200, answer.text
    return answer.json()


def some(**counts):
    """Of states: those that are not named are none."""
    return dict.fromkeys(("pending", "ok", "retrying", "blocked", "paused", "removed"), 0) | counts


def test_a_platform_without_tenants_has_zeros_and_no_gaps(api, operator):
    found = stats(api, operator)

    assert found["tenants"]["total"] == 0
    assert set(found["tenants"]["byStatus"].values()) == {0}
    assert found["integrations"] == dict.fromkeys(ALL_INTEGRATIONS, some())
    assert found["drift"] == {
        "open": dict.fromkeys(ALL_INTEGRATIONS, 0),
        "paused": dict.fromkeys(ALL_INTEGRATIONS, 0),
    }
    assert found["attention"]["total"] == 0
    assert len(found["tenants"]["months"]) == 12


def test_tenants_are_counted_by_status_and_by_state(api, operator):
    stored(
        api,
        one=an_active_tenant(),
        two=an_active_tenant(provisioning=with_ocis(IntegrationStatus(state="blocked"))),
        three=a_tenant(),
        four=an_active_tenant(lifecycle="suspended"),
        five=an_active_tenant(lifecycle="terminated", terminated_at=wiring.now()),
    )

    found = stats(api, operator)

    assert found["tenants"]["total"] == 5
    assert found["tenants"]["byStatus"] == {"pending": 1, "active": 2, "suspended": 1, "terminated": 1}
    assert found["integrations"] == {
        "authentik": some(pending=1, ok=4),
        "stalwart": some(pending=1, ok=4),
        "ocis": some(pending=1, ok=3, blocked=1),
    }


def test_drift_is_counted_where_it_is_open_and_where_its_repair_is_paused(api, operator):
    later = wiring.now() + timedelta(days=1)
    pause = DriftPause(reason="Migration", until=later, by="op", generation=1)
    seen = IntegrationStatus(state="ok", observed_generation=1)
    stored(
        api,
        left=an_active_tenant(provisioning=with_ocis(seen.with_(drift=DRIFT, drift_paused=pause))),
        failing=an_active_tenant(provisioning=with_ocis(seen.with_(state="retrying", drift=DRIFT))),
        repaired=an_active_tenant(provisioning=with_ocis(seen.with_(drift=DRIFT.with_(repaired_at=NOON)))),
    )

    found = stats(api, operator)["drift"]

    assert found["open"] == {"authentik": 0, "stalwart": 0, "ocis": 2}
    assert found["paused"] == {"authentik": 0, "stalwart": 0, "ocis": 1}


def test_attention_is_counted_as_the_inbox_counts_it(api, operator):
    error = IntegrationError(code="no-answer", message="away")
    Breakers(api.mongo).save(Breaker(id="ocis").opened(NOON, NOON - NOON, error), Breaker(id="ocis"))
    api.queue.dead["stalwart"] = 7
    stored(api, one=a_tenant(), two=an_active_tenant())

    found = stats(api, operator)["attention"]

    assert found["counts"] == api.get("/attention", operator).json()["counts"]
    assert found["total"] == 3 + 1 + 1


def month(months, ago):
    return months[-1 - ago]


def test_the_last_twelve_months_are_told_and_nothing_older(api, operator):
    now = wiring.now()
    first = datetime(now.year, now.month, 1, tzinfo=UTC)
    last_month = first - timedelta(days=1)
    long_ago = first - timedelta(days=800)
    stored(
        api,
        one=a_tenant(created_at=now),
        two=a_tenant(created_at=first),
        three=a_tenant(created_at=last_month, terminated_at=now, lifecycle="terminated"),
        four=a_tenant(created_at=long_ago, terminated_at=last_month, lifecycle="terminated"),
        five=a_tenant(created_at=long_ago, terminated_at=long_ago, lifecycle="terminated"),
    )

    months = stats(api, operator)["tenants"]["months"]

    assert [each["month"] for each in months] == sorted({each["month"] for each in months})
    assert month(months, 0) == {"month": f"{now:%Y-%m}", "created": 2, "terminated": 1}
    assert month(months, 1) == {"month": f"{last_month:%Y-%m}", "created": 1, "terminated": 1}
    assert sum(each["created"] + each["terminated"] for each in months) == 5


def test_documents_that_miss_fields_are_counted_too(api, operator):
    tenants = api.mongo.collection("tenants")
    tenants.insert_one({"_id": "old", "slug": "old-one", "name": "Old One"})
    tenants.insert_one({"_id": "odd", "slug": "odd-one", "name": "Odd", "status": None, "provisioning": None})
    tenants.insert_one(
        {"_id": "two", "slug": "two", "name": "Two", "createdAt": None, "provisioning": {"ocis": {}}}
    )

    found = stats(api, operator)

    assert found["tenants"]["byStatus"]["pending"] == found["tenants"]["total"] == 3
    assert found["integrations"] == dict.fromkeys(ALL_INTEGRATIONS, some(pending=3))
    assert found["attention"]["counts"]["under-way"] == 9


def test_db_07_it_takes_seven_round_trips_on_indexes_whatever_the_fleet(api, operator, commands):
    stored(api, **{f"tenant-{n:02}": a_tenant() for n in range(30)})
    api.get("/me", operator)

    with commands.recorded() as sent:
        stats(api, operator)

    assert len(sent) == 7
    assert all("COLLSCAN" not in stages(api, command) for command in sent)


def test_only_operators_see_it(api):
    assert api.get("/stats", api.customer()).json()["code"] == "operator-scope-required"
    assert api.get("/stats", api.support()).json()["code"] == "operator-rights-required"
    assert api.get("/stats").status_code == 401
