"""The record of runs over HTTP: who reads it, how it is narrowed, what it costs and how long it is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.provisioning import IntegrationStatus, Provisioning
from chalicelib.domain.run import Run, RunStep, VendorRequest
from chalicelib.errors import AlreadyExists
from chalicelib.repositories.runs import RunCollection
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, a_membership, an_active_tenant, an_id
from tests.http.test_round_trips import stages


@pytest.fixture
def acme(api):
    tenant = an_active_tenant()
    Tenants(api.mongo).add(tenant)
    return tenant


def a_run(tenant, minutes=0, **given):
    run_id = an_id()
    fields = {"id": run_id, "run_id": run_id, "tenant_id": tenant.id, "integration": "ocis", "generation": 1}
    at = {"started_at": NOON + timedelta(minutes=minutes), "duration_ms": 120, "outcome": "done"}
    return Run(**{**fields, **at, **given})


def recorded(api, *runs):
    for each in runs:
        RunCollection(api.mongo).add(each)
    return [each.id for each in runs]


def ids(answer):
    return [each["id"] for each in answer.json()["items"]]


def test_the_latest_run_comes_first(api, acme):
    first, second, third = recorded(api, *(a_run(acme, minutes) for minutes in (1, 2, 3)))
    operator = api.operator()

    assert ids(api.get("/tenants/acme/runs", operator)) == [third, second, first]
    assert ids(api.get("/tenants/acme/runs?sort=startedAt", operator)) == [first, second, third]


def test_a_run_is_told_in_sentences(api, acme):
    steps = (RunStep(sentence="Create the space dezky-t-acme", risk="safe"),)
    recorded(api, a_run(acme, steps=steps, step_count=1, code="busy", message="Busy", reason="tenant.create"))
    member = api.customer(memberships=(a_membership(acme),))

    (run,) = api.get("/tenants/acme/runs", member).json()["items"]

    assert run | {"id": "", "runId": ""} == {
        "id": "",
        "runId": "",
        "integration": "ocis",
        "generation": 1,
        "reason": "tenant.create",
        "startedAt": "2026-11-22T12:00:00.000Z",
        "durationMs": 120,
        "outcome": "done",
        "code": "busy",
        "message": "Busy",
        "steps": [{"sentence": "Create the space dezky-t-acme", "risk": "safe"}],
        "stepCount": 1,
        "drift": False,
        "found": [],
        "requests": None,
    }


def test_operators_see_the_vendors_own_ids_of_what_was_asked(api, acme):
    requests = (VendorRequest(id="ocis/Ab-000001", method="POST", status=409),)
    recorded(api, a_run(acme, requests=requests))
    owner = api.customer(memberships=(a_membership(acme, "owner"),))

    (seen,) = api.get("/tenants/acme/runs", api.operator()).json()["items"]
    (hidden,) = api.get("/tenants/acme/runs", owner).json()["items"]

    assert seen["requests"] == [{"id": "ocis/Ab-000001", "method": "POST", "status": 409}]
    assert hidden["requests"] is None


def test_a_run_from_before_there_were_ids_has_none(api, acme):
    recorded(api, a_run(acme))
    api.mongo.collection("runs").update_many({}, {"$unset": {"requests": ""}})

    (run,) = api.get("/tenants/acme/runs", api.operator()).json()["items"]

    assert run["requests"] == []


def test_azt_19_nobody_reads_the_runs_of_another_tenant(api, acme):
    other = an_active_tenant(slug="other", domains=())
    Tenants(api.mongo).add(other)
    recorded(api, a_run(other))
    member = api.customer(memberships=(a_membership(acme),))

    assert ids(api.get("/tenants/acme/runs", member)) == []
    assert api.get("/tenants/other/runs", member).json()["code"] == "tenant-not-found"


def test_runs_are_narrowed_by_integration_outcome_and_id(api, acme):
    mine = a_run(acme, 2, integration="stalwart", outcome="later")
    again = a_run(acme, 3, integration="stalwart", run_id=mine.run_id)
    recorded(api, a_run(acme, 1), mine, again)
    operator = api.operator()

    def narrowed(query):
        return ids(api.get(f"/tenants/acme/runs?{query}", operator))

    assert narrowed("integration=stalwart") == [again.id, mine.id]
    assert narrowed("integration=stalwart&outcome=later") == [mine.id]
    assert narrowed("outcome=blocked") == []
    assert narrowed(f"q={mine.run_id}") == [again.id, mine.id]


@pytest.mark.parametrize("query", ["integration=jira", "outcome=good", "sort=outcome", "tenantId=x"])
def test_what_runs_cannot_be_narrowed_by_is_refused(api, acme, query):
    assert api.get(f"/tenants/acme/runs?{query}", api.operator()).status_code == 422


def test_pages_have_no_gaps_even_when_runs_began_in_the_same_millisecond(api, acme):
    made = recorded(api, *(a_run(acme) for _ in range(7)))
    operator, seen, cursor = api.operator(), [], None

    while len(seen) < 20:
        page = api.get("/tenants/acme/runs?limit=3", operator, params={"cursor": cursor} if cursor else {})
        seen, cursor = seen + ids(page), page.json()["nextCursor"]
        if cursor is None:
            break

    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize(
    "query",
    ["", "integration=ocis", "outcome=done", "integration=ocis&outcome=done", "q=x", "sort=startedAt"],
)
def test_a_list_of_runs_takes_three_round_trips_each_on_an_index(api, acme, commands, query):
    recorded(api, *(a_run(acme, minutes) for minutes in range(4)))
    operator = api.operator()
    api.get("/me", operator)

    with commands.recorded() as sent:
        answer = api.get(f"/tenants/acme/runs?{query}&limit=2", operator)

    assert answer.status_code == 200
    assert len(sent) == 3
    assert all("COLLSCAN" not in stages(api, command) for command in sent)
    assert "hint" in sent[2]


def test_runs_expire_but_those_of_a_purge_do_not(api, acme):
    recorded(api, a_run(acme, expires_at=NOON), a_run(acme, 1))

    documents = {each["sort"]["startedAt"]: each for each in api.documents("runs")}
    expiring, kept = (documents[name] for name in sorted(documents))
    index = api.mongo.collection("runs").index_information()["expiresAt"]

    assert index["expireAfterSeconds"] == 0
    assert "expiresAt" in expiring
    assert "expiresAt" not in kept


def test_an_id_is_taken_once(api, acme):
    run = a_run(acme)
    recorded(api, run)

    with pytest.raises(AlreadyExists):
        recorded(api, run.with_(message="again"))


def test_a_purge_is_proven_by_a_receipt_of_what_was_deleted_and_when_it_was_seen_gone(api):
    gone = IntegrationStatus(state="removed", observed_generation=3, last_success_at=NOON)
    purged = an_active_tenant(
        lifecycle="terminated",
        terminated_at=NOON,
        purging_since=NOON,
        purged_at=NOON,
        generation=3,
        provisioning=Provisioning(authentik=gone, stalwart=gone, ocis=gone),
    )
    Tenants(api.mongo).add(purged)
    earlier = a_run(purged, steps=(RunStep(sentence="Create the space Acme", risk="safe"),), generation=1)
    deletes = (RunStep(sentence="Purge the space Acme", risk="destructive"),)
    last = a_run(purged, 1, steps=deletes, generation=3, integration="ocis")
    recorded(api, earlier, last)

    receipt = api.get("/tenants/acme/receipt", api.operator()).json()

    assert receipt["purgedAt"] == "2026-11-22T12:00:00.000Z"
    assert [
        (each["integration"], each["deleted"], each["seenGoneAt"]) for each in receipt["integrations"]
    ] == [
        ("authentik", [], "2026-11-22T12:00:00.000Z"),
        ("stalwart", [], "2026-11-22T12:00:00.000Z"),
        ("ocis", ["Purge the space Acme"], "2026-11-22T12:00:00.000Z"),
    ]


def test_que_19_there_is_no_receipt_before_everything_is_gone(api, acme):
    answer = api.get("/tenants/acme/receipt", api.operator())

    assert (answer.status_code, answer.json()["code"]) == (409, "not-purged")
