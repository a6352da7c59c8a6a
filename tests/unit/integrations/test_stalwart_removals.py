import pytest

from chalicelib.integrations.stalwart.mailboxes import LOCKED, OPEN, REFUSING, permissions
from tests.builders import NOON, a_person, a_wanted
from tests.unit.integrations.stalwart_values import (
    ACME,
    ADA,
    OLD,
    a_group,
    an_account,
    diff,
    patches,
    seen,
    trouble,
)


def strangers(number, denied=OPEN):
    return [an_account(f"s{each}", denied) for each in range(number)]


@pytest.mark.parametrize(("unknown", "known"), [(5, 0), (8, 31)])
def test_few_strangers_are_locked_out(unknown, known):
    people = [a_person(f"k{each}@acme.test", name=f"K{each}") for each in range(known)]
    accounts = [an_account(f"k{each}") for each in range(known)]

    found = patches(a_wanted(*people), *strangers(unknown), *accounts)

    assert set(found) == {f"s{each}" for each in range(unknown)}


@pytest.mark.parametrize(("unknown", "known"), [(6, 0), (8, 30)])
def test_int_10_many_strangers_at_once_are_a_mistake_until_a_person_says_otherwise(unknown, known):
    people = [a_person(f"k{each}@acme.test", name=f"K{each}") for each in range(known)]
    accounts = [an_account(f"k{each}") for each in range(known)]

    assert trouble(a_wanted(*people), seen(*strangers(unknown), *accounts)) == "mass-delete-guard"


def test_strangers_that_are_locked_out_already_do_not_count():
    assert diff(a_wanted(), seen(*strangers(9, LOCKED), *strangers(0))) == ()


def test_the_guard_holds_up_neither_a_person_s_lock_nor_a_suspension():
    inactive = a_wanted(a_person(name="Ada", active=False))
    suspended = a_wanted(lifecycle="suspended")

    assert set(patches(inactive, an_account(), *strangers(9))) == {"ada"}
    assert len(patches(suspended, *strangers(9))) == 9


def test_a_removed_domain_goes_after_its_mailboxes_and_groups_after_people():
    accounts = [a_group("team", domainId="c"), an_account("x", domainId="c"), an_account()]

    mailboxes, domain = diff(a_wanted(ADA), seen(*accounts, ours=(ACME, OLD)))

    assert (mailboxes.action, mailboxes.target, mailboxes.risk) == ("destroy-mailboxes", "c", "destructive")
    assert mailboxes.arguments == {"name": "old.test", "ids": ["x", "team"]}
    assert (domain.action, domain.target, domain.risk) == ("destroy-domain", "c", "destructive")


def test_a_removed_domain_with_many_mailboxes_waits_for_a_person():
    accounts = [an_account(f"x{each}", domainId="c", denied=LOCKED) for each in range(5)]

    assert trouble(a_wanted(), seen(*accounts, ours=(ACME, OLD))) == "mass-delete-guard"


def test_a_terminated_tenant_keeps_what_it_no_longer_wants_until_its_purge():
    tenant = a_wanted(lifecycle="terminated")

    assert patches(tenant, an_account("x", domainId="c"), ours=(ACME, OLD)) == {
        "x": {"permissions": permissions(REFUSING)}
    }
    assert diff(tenant, seen(an_account("x", REFUSING, domainId="c"), ours=(ACME, OLD))) == ()


def test_a_purge_takes_everything_of_ours_mailboxes_first():
    tenant = a_wanted(ADA, lifecycle="terminated", purging_since=NOON, domains=("acme.test", "taken.test"))
    accounts = [an_account(), *strangers(9), an_account("x", domainId="c")]

    found = diff(tenant, seen(*accounts, ours=(ACME, OLD), taken=("taken.test",)))

    assert [(step.action, step.target) for step in found] == [
        *(("destroy-mailboxes", "b"), ("destroy-mailboxes", "c")),
        *(("destroy-domain", "b"), ("destroy-domain", "c")),
    ]


def test_a_purge_is_over_when_nothing_of_ours_is_left():
    tenant = a_wanted(ADA, lifecycle="terminated", purging_since=NOON)

    assert diff(tenant, seen(ours=(), taken=("acme.test",))) == ()
