"""Whatever an item of the inbox says can be done, can be done, by sending what it says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib import wiring
from chalicelib.domain.attention import ACTIONS, CAUSES
from chalicelib.domain.provisioning import Drift, DriftPause, IntegrationError, IntegrationStatus
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, a_tenant, all_ok, an_active_tenant
from tests.http.test_attention import items, names, stored, with_ocis

TROUBLE = IntegrationError(code="mass-delete-guard", message="More people would go than is likely")
DRIFT = Drift(at=NOON, found=("Remove ada@acme.test", "Remove bob@acme.test"))


@pytest.fixture
def operator(api):
    return api.operator()


def a_pause(days=1, generation=1):
    until = wiring.now() + timedelta(days=days)
    return DriftPause(reason="Migration", until=until, by="op", generation=generation)


def in_ocis(**status):
    return an_active_tenant(provisioning=with_ocis(IntegrationStatus(observed_generation=1, **status)))


SITUATIONS = {
    "new": a_tenant,
    "changed": lambda: an_active_tenant(generation=2, provisioning=all_ok(1)),
    "retrying": lambda: in_ocis(state="retrying", error=TROUBLE),
    "blocked": lambda: in_ocis(state="blocked", error=TROUBLE, drift=DRIFT),
    "blocked, paused": lambda: in_ocis(state="blocked", error=TROUBLE, drift_paused=a_pause()),
    "paused": lambda: in_ocis(state="paused"),
    "drift paused": lambda: in_ocis(state="ok", drift=DRIFT, drift_paused=a_pause()),
    "suspended": lambda: in_ocis(state="blocked").with_(lifecycle="suspended"),
    "terminated": lambda: in_ocis(state="blocked").with_(lifecycle="terminated", terminated_at=NOON),
    "purging": lambda: in_ocis(state="blocked").with_(lifecycle="terminated", purging_since=NOON),
}


def performed(api, operator, action):
    """The answer to exactly what the item says."""
    body = None
    if action["takes"]:
        assert action["takes"] == "PauseDrift"
        body = {"reason": "Let it be", "until": (wiring.now() + timedelta(days=2)).isoformat()}
    return api.call(action["method"], action["path"], operator, body)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_action_that_an_item_names_is_possible(api, operator, situation):
    stored(api, SITUATIONS[situation]())
    actions = {
        (each["integration"], a["action"]): a for each in items(api, operator) for a in each["actions"]
    }

    answers = {name: performed(api, operator, action).status_code for name, action in actions.items()}

    assert actions
    assert set(answers.values()) <= {200, 202}, answers


def test_what_they_take_is_a_schema_of_the_document(api, operator):
    stored(api, in_ocis(state="blocked"))
    (item,) = items(api, operator)

    takes = {each["takes"] for each in item["actions"]} - {None}

    assert takes <= set(api.get("/openapi.json").json()["components"]["schemas"])
    assert takes


@pytest.mark.parametrize(
    ("situation", "offered"),
    [
        ("blocked", "pause"),
        ("blocked, paused", "resume"),
        ("drift paused", "resume"),
        ("new", None),  # of what was never there nothing can be left alone
        ("changed", None),
        ("terminated", None),
        ("purging", None),
    ],
)
def test_a_pause_is_offered_where_it_helps_and_its_end_where_one_is_on(api, operator, situation, offered):
    stored(api, SITUATIONS[situation]())

    found = {name for item in items(api, operator) for name in names(item)} & {"pause", "resume"}

    assert found == ({offered} if offered else set())


def test_a_pause_that_is_asked_for_is_on_and_its_end_makes_the_repair_due(api, operator):
    stored(api, in_ocis(state="blocked", drift=DRIFT, error=TROUBLE))
    (item,) = items(api, operator)

    performed(api, operator, next(each for each in item["actions"] if each["action"] == "pause"))
    (item,) = items(api, operator)

    assert item["evidence"]["pauseReason"] == "Let it be"
    performed(api, operator, next(each for each in item["actions"] if each["action"] == "resume"))
    (item,) = items(api, operator)
    assert "pausedUntil" not in item["evidence"]
    assert names(item)[-1] == "pause"


def test_a_paused_repair_is_an_item_with_what_differs_and_until_when(api, operator):
    pause = a_pause()
    stored(api, in_ocis(state="ok", drift=DRIFT, drift_paused=pause))

    (item,) = items(api, operator)

    assert (item["cause"], names(item)) == ("drift-paused", ["resume", "plan"])
    assert item["what"] == "An operator has paused the repair of what differs in oCIS"
    assert item["since"] == "2026-11-22T12:00:00.000Z"
    assert item["evidence"]["drift"] == "Remove ada@acme.test; Remove bob@acme.test"
    assert item["evidence"]["pauseReason"] == "Migration"
    assert item["evidence"]["pausedUntil"] == pause.until.isoformat(timespec="milliseconds")[:-6] + "Z"


@pytest.mark.parametrize("pause", [a_pause(days=-1), a_pause(generation=7)], ids=["over", "of another wish"])
def test_a_pause_that_does_not_hold_is_no_item(api, operator, pause):
    stored(api, in_ocis(state="ok", drift_paused=pause))

    assert items(api, operator) == []


def test_items_are_counted_by_cause_and_a_cause_can_be_asked_for(api, operator):
    stored(
        api,
        a_tenant(slug="new-1", domains=()),
        in_ocis(state="blocked").with_(slug="blocked-1", domains=()),
        in_ocis(state="blocked").with_(slug="blocked-2", domains=()),
        in_ocis(state="ok", drift_paused=a_pause()).with_(slug="left-1", domains=()),
    )
    api.queue.dead["ocis"] = 7

    answer = api.get("/attention?cause=blocked&limit=1", operator).json()
    second = api.get(
        "/attention?cause=blocked&limit=1", operator, params={"cursor": answer["nextCursor"]}
    ).json()

    assert [each["tenant"]["slug"] for each in answer["items"] + second["items"]] == [
        "blocked-1",
        "blocked-2",
    ]
    assert answer["counts"] == second["counts"]
    assert answer["counts"] == dict.fromkeys(CAUSES, 0) | {
        "under-way": 3,
        "blocked": 2,
        "drift-paused": 1,
        "dead-letters": 1,
    }


@pytest.mark.parametrize(
    ("asked", "counted"),
    [("integration=ocis", 2), ("integration=stalwart", 1), ("q=ne", 3), ("q=nobody", 0), ("", 4)],
)
def test_counts_are_of_the_same_search(api, operator, asked, counted):
    stored(
        api,
        a_tenant(slug="new-1", domains=(), name="New"),
        in_ocis(state="blocked").with_(slug="blocked-1", domains=()),
    )

    answer = api.get(f"/attention?{asked}", operator).json()

    assert sum(answer["counts"].values()) == counted == len(answer["items"])


def test_a_document_that_nobody_looked_at_is_counted_as_it_is_shown(api, operator):
    api.mongo.collection("tenants").insert_one({"_id": "old", "slug": "old-one", "name": "Old One"})

    answer = api.get("/attention?cause=under-way", operator).json()

    assert (len(answer["items"]), answer["counts"]["under-way"]) == (3, 3)


def test_a_cause_of_a_whole_integration_can_be_asked_for(api, operator):
    stored(api, a_tenant())
    api.queue.dead["stalwart"] = 7

    assert [each["cause"] for each in items(api, operator, cause="dead-letters")] == ["dead-letters"]
    assert items(api, operator, cause="dead-letters", integration="ocis") == []
    assert api.get("/attention?cause=none", operator).status_code == 422


def test_dead_letters_are_put_back_by_an_operator_and_noted(api, operator):
    api.queue.dead["stalwart"] = 7
    (item,) = items(api, operator)

    answer = performed(api, operator, item["actions"][0])

    assert (answer.status_code, answer.json()) == (
        202,
        {"integration": "stalwart", "messages": 7, "more": False},
    )
    assert items(api, operator) == []
    event = api.document("auditEvents", action="integration.redrive")
    assert (event["target"]["id"], event["actor"]["userId"]) == ("stalwart", operator.user.id)


def test_only_operators_put_dead_letters_back(api, operator):
    path = "/attention/dead-letters/ocis/redrive"

    assert api.post(path, api.customer()).json()["code"] == "operator-scope-required"
    assert api.post(path, api.support()).json()["code"] == "operator-rights-required"
    assert api.post(path).status_code == 401
    assert api.post("/attention/dead-letters/mail/redrive", operator).status_code == 404
    assert [each for each in api.documents("auditEvents") if each["action"] == "integration.redrive"] == []


def test_every_cause_has_its_actions():
    assert set(ACTIONS) == set(CAUSES)


def test_what_closes_an_item_closes_its_count(api, operator):
    tenant = in_ocis(state="blocked")
    stored(api, tenant)

    Tenants(api.mongo).save(tenant.with_(provisioning=all_ok()), tenant)

    assert sum(api.get("/attention", operator).json()["counts"].values()) == 0
