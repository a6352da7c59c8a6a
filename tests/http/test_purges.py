"""What the platform itself holds of a purged tenant goes, and its guests are not stranded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.provisioning import Provisioning
from chalicelib.domain.user import User
from chalicelib.repositories.documents import from_document
from chalicelib.repositories.tenants import Tenants
from chalicelib.services import purges
from infra.aws.database_role import actions
from tests.builders import NOON, a_membership, an_active_tenant
from tests.http.test_database_rights import asked

ONCE = {"subject": "Mail bounces", "text": "My address is Hidden Road 5"}


@pytest.fixture
def acme(api):
    return stored(api, "acme")


@pytest.fixture
def nova(api):
    return stored(api, "nova", domains=("nova.test",))


@pytest.fixture
def service(api, monkeypatch):
    from chalicelib import wiring

    monkeypatch.setattr(purges, "A_BATCH", 2)
    return wiring.services().purges


def stored(api, slug, **given):
    tenant = an_active_tenant(slug=slug, **given)
    Tenants(api.mongo).add(tenant)
    return tenant


def is_purging(api, tenant, **more):
    """As the schedule leaves it that begins the purge."""
    tenants = Tenants(api.mongo)
    ended = {"lifecycle": "terminated", "terminated_at": NOON, "purge_after": NOON, "purging_since": NOON}
    before = tenants.get(tenant.slug)
    return tenants.save(before.with_(**ended, **more), before)


def belongs(api, subject, *tenants):
    return api.customer(subject, memberships=tuple(a_membership(each) for each in tenants)).user


def homes(api):
    users = [from_document(User, each) for each in api.documents("users")]
    return {each.subject: each.home for each in users}


def test_a_guest_of_a_purged_home_is_at_home_in_the_next_tenant_which_hears_of_it(api, acme, nova, service):
    belongs(api, "guest", acme, nova)
    belongs(api, "alone", acme)
    belongs(api, "of-nova", nova)
    is_purging(api, acme)
    api.queue.hints.clear()

    assert service.carry_on() == 2

    assert homes(api) == {"guest": nova.id, "alone": None, "of-nova": nova.id}
    assert Tenants(api.mongo).get("nova").generation == nova.generation + 1
    assert Tenants(api.mongo).get("acme").generation == acme.generation
    assert [hint[:3] for hint in api.queue.hints] == [
        (each, nova.id, "member.home") for each in ("authentik", "stalwart", "ocis")
    ]
    removed = [each for each in api.documents("auditEvents") if each["action"] == "member.remove"]
    assert {each["actor"]["userId"] for each in removed} == {"schedule"}
    assert {each["tenantId"] for each in removed} == {acme.id}
    assert len(removed) == 2


def test_who_is_a_guest_of_the_purged_tenant_keeps_their_home(api, acme, nova, service):
    belongs(api, "guest", nova, acme)
    is_purging(api, acme)

    service.carry_on()

    assert homes(api) == {"guest": nova.id}
    assert Tenants(api.mongo).get("nova").generation == nova.generation


def test_a_next_home_that_is_terminated_is_not_touched(api, acme, nova, service):
    belongs(api, "guest", acme, nova)
    tenants = Tenants(api.mongo)
    ended = tenants.save(nova.with_(lifecycle="terminated", terminated_at=NOON), nova)
    is_purging(api, acme)

    service.carry_on()

    assert tenants.get("nova").generation == ended.generation


def test_of_two_homes_that_are_purged_at_once_nobody_is_left_behind(api, acme, nova, service):
    third = stored(api, "orca", domains=("orca.test",))
    belongs(api, "guest", acme, nova, third)
    is_purging(api, acme)
    is_purging(api, nova)

    service.carry_on()

    assert homes(api) == {"guest": third.id}
    assert Tenants(api.mongo).get("orca").generation == third.generation + 1


def test_many_go_in_batches_that_resume(api, acme, nova, service, monkeypatch):
    for number in range(5):
        belongs(api, f"guest-{number}", acme, nova)
    is_purging(api, acme)
    monkeypatch.setattr(purges, "A_RUN", 1)

    gone = [service.carry_on() for _ in range(5)]

    assert gone == [2, 2, 1, 0, 0]
    assert set(homes(api).values()) == {nova.id}
    emptied = Tenants(api.mongo).get("acme").emptied
    assert (emptied.memberships, emptied.tickets) == (5, 0)
    assert emptied.done_at
    assert Tenants(api.mongo).get("nova").generation == nova.generation + 3  # once a batch


def test_nothing_of_a_tenant_that_can_be_restored_goes(api, acme, service):
    belongs(api, "anna", acme)
    tenants = Tenants(api.mongo)
    tenants.save(acme.with_(lifecycle="terminated", terminated_at=NOON, purge_after=NOON), acme)

    assert service.carry_on() == 0
    assert homes(api) == {"anna": acme.id}


def test_a_tenant_that_was_purged_before_anybody_thought_of_it_is_emptied_too(api, acme, nova, service):
    belongs(api, "guest", acme, nova)
    is_purging(api, acme, purged_at=NOON, provisioning=Provisioning())

    assert service.carry_on() == 1
    assert homes(api) == {"guest": nova.id}


def test_tickets_of_a_purged_tenant_are_deleted_and_those_of_others_stay(api, acme, nova, service):
    operator = api.operator()
    for slug in ("acme", "acme", "acme", "nova"):
        assert api.post(f"/tenants/{slug}/tickets", operator, ONCE).status_code == 201
    is_purging(api, acme)

    assert service.carry_on() == 3

    assert [each["tenantSlug"] for each in api.documents("tickets")] == ["nova"]
    deleted = [each for each in api.documents("auditEvents") if each["action"] == "ticket.delete"]
    assert {each["target"]["name"] for each in deleted} == {"acme-1", "acme-2", "acme-3"}
    assert not [each for each in api.documents("auditEvents") if "Hidden Road" in str(each)]


def test_nobody_opens_a_ticket_of_a_tenant_that_is_being_purged(api, acme, service):
    operator = api.operator()
    is_purging(api, acme)
    service.carry_on()

    answer = api.post("/tenants/acme/tickets", operator, ONCE)

    assert (answer.status_code, answer.json()["code"]) == (409, "impossible-move")
    assert api.documents("tickets") == []


def test_the_receipt_says_what_the_platform_itself_has_deleted(api, acme, service):
    operator = api.operator()
    belongs(api, "anna", acme)
    api.post("/tenants/acme/tickets", operator, ONCE)
    is_purging(api, acme, purged_at=NOON)
    before = api.get("/tenants/acme/receipt", operator).json()["platform"]

    service.carry_on()

    after = api.get("/tenants/acme/receipt", operator).json()["platform"]
    assert before == {"memberships": 0, "tickets": 0, "doneAt": None}
    assert (after["memberships"], after["tickets"], after["doneAt"] is None) == (1, 1, False)


def test_a_batch_that_cannot_be_finished_leaves_nothing_half_done(api, acme, nova, service, monkeypatch):
    belongs(api, "guest", acme, nova)
    api.post("/tenants/acme/tickets", api.operator(), ONCE)
    is_purging(api, acme)

    def broken(ticket_ids):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(service._tickets, "remove", broken)
        with pytest.raises(RuntimeError):
            service.carry_on()
    assert homes(api)["guest"] == acme.id
    assert len(api.documents("tickets")) == 1

    assert service.carry_on() == 2
    assert homes(api)["guest"] == nova.id


def test_the_schedule_begins_and_empties_within_the_rights_of_the_platform(api, acme, nova, commands):
    from chalicelib.handlers import triggers

    belongs(api, "guest", acme, nova)
    api.post("/tenants/acme/tickets", api.operator(), ONCE)
    tenants = Tenants(api.mongo)
    over = NOON - timedelta(days=9000)
    tenants.save(acme.with_(lifecycle="terminated", terminated_at=over, purge_after=over), acme)

    with commands.recorded() as sent:
        assert triggers.purge_what_is_over() == 1

    assert homes(api)["guest"] == nova.id
    assert api.documents("tickets") == []
    may = actions("dezkyPlatform")
    used = set(asked(sent))
    assert ("tickets", "remove") in used
    assert {each for each in used if each[1] not in may.get(each[0], ())} == set()


def test_what_is_left_is_found_once_the_retention_is_over(api, acme):
    is_purging(api, acme)

    assert [each.slug for each in Tenants(api.mongo).unemptied(NOON, 10)] == ["acme"]
    assert Tenants(api.mongo).unemptied(NOON - timedelta(days=1), 10) == ()
