"""The operators' inbox: it opens and closes with the state itself."""

from __future__ import annotations

import pytest

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import IntegrationError, IntegrationStatus, Provisioning
from chalicelib.repositories.breakers import Breakers
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, a_tenant, all_ok, an_active_tenant

TROUBLE = IntegrationError(code="name-conflict", message="A space of this name is not ours")


@pytest.fixture
def operator(api):
    return api.operator()


def stored(api, *tenants):
    for each in tenants:
        Tenants(api.mongo).add(each)


def with_ocis(status):
    return all_ok().with_status("ocis", status)


def items(api, operator, **params):
    answer = api.get("/attention", operator, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def names(item):
    return [each["action"] for each in item["actions"]]


def test_a_fleet_in_order_needs_no_attention(api, operator):
    stored(api, an_active_tenant())

    assert items(api, operator) == []


def test_a_new_tenant_is_under_way_in_all_three(api, operator):
    stored(api, a_tenant())

    found = items(api, operator)

    assert [(each["integration"], each["cause"]) for each in found] == [
        ("authentik", "under-way"),
        ("stalwart", "under-way"),
        ("ocis", "under-way"),
    ]
    assert found[0]["tenant"]["slug"] == "acme"


@pytest.mark.parametrize(
    ("state", "what", "actions"),
    [
        ("blocked", "oCIS needs a person: A space of this name is not ours", ["plan", "reconcile", "pause"]),
        ("retrying", "oCIS is tried again: A space of this name is not ours", ["reconcile", "plan", "pause"]),
        ("paused", "oCIS is paused for this tenant", ["plan"]),
    ],
)
def test_trouble_is_said_in_plain_words_with_evidence_and_what_can_be_done(
    api, operator, state, what, actions
):
    status = IntegrationStatus(
        state=state,
        observed_generation=1,
        attempts=4,
        error=TROUBLE,
        last_success_at=NOON,
        next_attempt_at=NOON,
    )
    stored(api, an_active_tenant(provisioning=with_ocis(status)))

    (item,) = items(api, operator)

    assert (item["cause"], item["what"], names(item)) == (state, what, actions)
    assert item["since"] == "2026-11-22T12:00:00.000Z"
    assert item["evidence"] == {
        "generation": 1,
        "observedGeneration": 1,
        "attempts": 4,
        "nextAttemptAt": "2026-11-22T12:00:00.000Z",
        "code": "name-conflict",
        "message": "A space of this name is not ours",
    }


def test_an_item_closes_by_itself_when_the_state_is_in_order_again(api, operator):
    tenant = an_active_tenant(provisioning=with_ocis(IntegrationStatus(state="blocked", error=TROUBLE)))
    stored(api, tenant)
    before = items(api, operator)

    Tenants(api.mongo).save(tenant.with_(provisioning=all_ok()), tenant)

    assert (len(before), items(api, operator)) == (1, [])


def test_a_change_that_is_not_there_yet_opens_an_item_even_where_the_state_is_ok(api, operator):
    stored(api, an_active_tenant(generation=2, provisioning=all_ok(1)))

    assert len(items(api, operator)) == 3
    assert len(items(api, operator, integration="stalwart")) == 1


def test_a_document_that_nobody_looked_at_is_in_it(api, operator):
    api.mongo.collection("tenants").insert_one({"_id": "old", "slug": "old-one", "name": "Old One"})

    assert {each["tenant"]["slug"] for each in items(api, operator)} == {"old-one"}


def test_a_purged_tenant_is_not(api, operator):
    gone = IntegrationStatus(state="removed", observed_generation=1)
    provisioning = Provisioning(authentik=gone, stalwart=gone, ocis=gone)
    stored(
        api,
        an_active_tenant(
            lifecycle="terminated", purging_since=NOON, purged_at=NOON, provisioning=provisioning
        ),
    )

    assert items(api, operator) == []


def test_open_breakers_and_dead_letters_come_first_and_on_the_first_page_only(api, operator):
    error = IntegrationError(code="no-answer", message="away")
    Breakers(api.mongo).save(Breaker(id="ocis").opened(NOON, NOON - NOON, error), Breaker(id="ocis"))
    api.queue.dead["stalwart"] = 7
    stored(api, a_tenant(slug="one-1", domains=()), a_tenant(slug="two-2", domains=()))

    first = api.get("/attention?limit=1", operator).json()
    second = api.get("/attention?limit=1", operator, params={"cursor": first["nextCursor"]}).json()

    assert [each["cause"] for each in first["items"]] == ["not-called", "dead-letters", *["under-way"] * 3]
    assert first["items"][0]["what"].startswith("oCIS does not answer")
    assert first["items"][1]["evidence"] == {"messages": 7}
    assert [each["cause"] for each in second["items"]] == ["under-way"] * 3


def test_it_takes_five_round_trips_on_indexes(api, operator, commands):
    from tests.http.test_round_trips import stages

    stored(api, a_tenant())
    api.get("/me", operator)

    with commands.recorded() as sent:
        items(api, operator)
        items(api, operator, q="ac", cause="blocked", integration="ocis")

    assert len(sent) == 10
    assert all("COLLSCAN" not in stages(api, command) for command in sent)


def test_only_operators_see_it(api):
    assert api.get("/attention", api.customer()).json()["code"] == "operator-scope-required"
    assert api.get("/attention", api.support()).status_code == 403
