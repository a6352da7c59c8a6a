"""Whose a domain is, and what follows for what integrations are asked to hold."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.ownership import DomainClaim, claim
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wanted import wanted
from tests.builders import NOON, a_person, a_tenant, an_active_tenant

LATER = NOON + timedelta(minutes=1)


def a_claim(name="mine.test", ownership="unproven", token="t1"):  # noqa: S107 (it is published)
    return DomainClaim(name=name, ownership=ownership, token=token, since=NOON)


def test_an_unproven_domain_is_not_wanted_anywhere_and_has_no_mailboxes():
    tenant = a_tenant(domains=("acme.test", "mine.test"), claims=(a_claim(),))

    goal = wanted(tenant, ())

    assert goal.domains == ("acme.test",)
    assert not goal.is_mail_account(a_person("ada@mine.test"))
    assert tenant.domains == ("acme.test", "mine.test")


def test_a_document_from_before_there_were_claims_reads_as_approved():
    tenant = Tenant.model_validate({"id": "1", "slug": "old", "name": "Old", "domains": ["old.test"]})

    assert tenant.ownership_of("old.test") == "approved"
    assert wanted(tenant, ()).domains == ("old.test",)


def test_owning_is_a_new_wish():
    tenant = an_active_tenant(domains=("mine.test",), claims=(a_claim(),))

    owned = tenant.owning("mine.test", "proven", LATER)

    assert owned.owned_domains == ("mine.test",)
    assert (owned.generation, owned.is_converged) == (tenant.generation + 1, False)
    assert owned.claims[0] == a_claim().with_(ownership="proven", since=LATER)


def test_what_is_named_again_keeps_its_claim_and_what_goes_loses_it():
    tenant = a_tenant(
        domains=("old.test", "mine.test", "gone.test"), claims=(a_claim(), a_claim("gone.test"))
    )

    fields = tenant.claiming(
        ("old.test", "mine.test", "new.test"), lambda name: claim(name, LATER, "", by_operator=True)
    )

    named = tenant.with_(**fields)
    assert [named.ownership_of(each) for each in named.domains] == ["approved", "unproven", "approved"]
    assert [each.name for each in named.claims] == ["mine.test", "new.test"]
