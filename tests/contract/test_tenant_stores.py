"""The same promises, kept by the fake and by MongoDB."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.config import from_environment
from chalicelib.domain.provisioning import IntegrationStatus, Provisioning
from chalicelib.errors import AlreadyExists, ConcurrentChange, DomainTaken, TenantNotFound
from chalicelib.repositories.indexes import create_indexes
from chalicelib.repositories.mongo import Mongo
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, a_tenant, an_active_tenant
from tests.fakes import FakeTenants


@pytest.fixture(scope="module")
def mongo(mongodb_uri):
    mongo = Mongo(from_environment({"MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": "contract"}))
    create_indexes(mongo)
    yield mongo
    mongo.client.close()


@pytest.fixture(params=["fake", "mongodb"])
def tenants(request):
    if request.param == "fake":
        return FakeTenants()
    mongo = request.getfixturevalue("mongo")
    mongo.collection("tenants").delete_many({})
    return Tenants(mongo)


def due_at(when, **given):
    status = IntegrationStatus(next_attempt_at=when)
    return a_tenant(
        **{"domains": (), **given}, provisioning=Provisioning(authentik=status, stalwart=status, ocis=status)
    )


def all_due(tenants, now, shard=None, limit=2):
    found, after = [], None
    while True:
        page = tenants.due(now, limit, after=after, shard=shard)
        found += [each.slug for each in page.items]
        after = page.next
        if after is None:
            return found


def test_what_was_added_is_there_unchanged(tenants):
    tenant = an_active_tenant(domains=("a.test", "b.test"), contact={"name": "Ada", "email": "ada@a.test"})

    tenants.add(tenant)

    assert tenants.get("acme") == tenants.find(tenant.id) == tenant
    assert tenants.find_many([tenant.id, "nobody"]) == (tenant,)


def test_what_was_begun_is_kept_with_its_names_and_times(tenants):
    begun = IntegrationStatus().begins(["space", "user ada.b+c@acme.test"], NOON)
    tenant = a_tenant(provisioning=Provisioning(ocis=begun))

    tenants.add(tenant)

    assert tenants.find(tenant.id).provisioning.ocis.begun == begun.begun


def test_a_taken_slug_is_refused(tenants):
    tenants.add(a_tenant(slug="acme"))

    with pytest.raises(AlreadyExists):
        tenants.add(a_tenant(slug="acme", domains=()))


def test_a_domain_of_a_live_tenant_is_taken_and_of_a_terminated_one_free(tenants):
    first = a_tenant()
    tenants.add(first)

    with pytest.raises(DomainTaken):
        tenants.add(a_tenant(slug="rival"))
    tenants.save(first.with_(lifecycle="terminated"), first)
    tenants.add(a_tenant(slug="rival"))
    with pytest.raises(DomainTaken):
        tenants.save(first.with_(revision=2), first.with_(revision=2))


def test_two_tenants_without_domains_do_not_collide(tenants):
    tenants.add(a_tenant(slug="one-1", domains=()))
    tenants.add(a_tenant(slug="two-2", domains=()))

    assert tenants.get("two-2").domains == ()


def test_db_15_who_read_an_older_revision_saves_nothing(tenants):
    tenant = a_tenant()
    tenants.add(tenant)

    saved = tenants.save(tenant.with_(name="First"), tenant)

    assert saved.revision == 2
    with pytest.raises(ConcurrentChange):
        tenants.save(tenant.with_(name="Second"), tenant)
    assert tenants.get("acme") == saved


def test_a_field_that_is_unset_is_gone(tenants):
    tenant = a_tenant(partner_id="p" * 32, suspended_reason="unpaid")
    tenants.add(tenant)

    tenants.save(tenant.with_(partner_id=None, suspended_reason=None), tenant)

    assert (tenants.get("acme").partner_id, tenants.get("acme").suspended_reason) == (None, None)


def test_what_is_not_there(tenants):
    with pytest.raises(TenantNotFound):
        tenants.get("nobody")
    assert tenants.find("nobody") is None
    with pytest.raises(ConcurrentChange):
        tenants.save(a_tenant(), a_tenant())


def test_who_waits_longest_is_due_first_and_who_may_wait_is_not_due(tenants):
    for minutes, slug in ((3, "three"), (1, "one-1"), (2, "two-2"), (-5, "later")):
        tenants.add(due_at(NOON - timedelta(minutes=minutes), slug=slug))

    assert all_due(tenants, NOON) == ["three", "two-2", "one-1"]


def test_a_shard_holds_the_ids_that_begin_with_it(tenants):
    tenants.add(due_at(NOON, id="a" + "0" * 31, slug="in-a"))
    tenants.add(due_at(NOON, id="b" + "0" * 31, slug="in-b"))

    assert [all_due(tenants, NOON, shard) for shard in ("a", "b", "c", "new")] == [["in-a"], ["in-b"], [], []]


def test_a_purged_tenant_is_never_due(tenants):
    tenants.add(due_at(NOON, lifecycle="terminated", purging_since=NOON, purged_at=NOON))

    assert all_due(tenants, NOON + timedelta(days=9000)) == []


def test_past_retention_are_the_terminated_that_can_no_longer_be_restored(tenants):
    minute = timedelta(minutes=1)
    for slug, purge_after, purging_since in (
        ("over-2", NOON, None),
        ("over-1", NOON - minute, None),
        ("kept", NOON + minute, None),
        ("under-way", NOON - minute, NOON),
        ("live", None, None),
    ):
        tenants.add(a_tenant(slug=slug, domains=(), purge_after=purge_after, purging_since=purging_since))

    assert [each.slug for each in tenants.past_retention(NOON, 10)] == ["over-1", "over-2"]
    assert [each.slug for each in tenants.past_retention(NOON, 1)] == ["over-1"]


def test_db_09_documents_that_nobody_looked_at_are_found_page_by_page(mongo):
    collection = mongo.collection("tenants")
    collection.delete_many({})
    collection.insert_many([{"_id": f"{n:032x}", "slug": f"old-{n}", "name": "Old"} for n in range(5)])
    tenants = Tenants(mongo)
    tenants.add(due_at(NOON, slug="known"))

    assert all_due(tenants, NOON, "new") == [f"old-{n}" for n in range(5)]
    assert all_due(tenants, NOON) == ["known", *(f"old-{n}" for n in range(5))]


def test_domains_are_due_longest_waiting_first_and_then_those_nobody_has_looked_at(tenants):
    late, soon, fresh = (a_tenant(slug=slug, domains=()) for slug in ("late", "soon", "fresh"))
    for each in (soon, late, fresh):
        tenants.add(each)
    tenants.look_at_domains(late.id, NOON - timedelta(minutes=2))
    tenants.look_at_domains(soon.id, NOON - timedelta(minutes=1))

    assert [each.slug for each in tenants.domains_due(NOON, 9)] == ["late", "soon", "fresh"]
    assert [each.slug for each in tenants.domains_due(NOON, 1)] == ["late"]
    tenants.look_at_domains(fresh.id, NOON + timedelta(minutes=1))
    assert [each.slug for each in tenants.domains_due(NOON, 9)] == ["late", "soon"]


def test_a_save_leaves_alone_when_domains_are_due(tenants):
    tenant = a_tenant()
    tenants.add(tenant)
    tenants.look_at_domains(tenant.id, NOON + timedelta(days=1))

    tenants.save(tenant.with_(name="Renamed"), tenants.get("acme"))

    assert tenants.domains_due(NOON, 9) == ()
