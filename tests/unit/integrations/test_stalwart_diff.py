import pytest

from chalicelib.integrations.stalwart.mailboxes import GIB, LOCKED, OPEN, REFUSING, permissions
from tests.builders import a_person, a_wanted
from tests.unit.integrations.stalwart_values import (
    ACME,
    ADA,
    OLD,
    a_group,
    actions,
    an_account,
    diff,
    patches,
    seen,
    trouble,
)


def test_nothing_is_to_be_done_when_all_is_there():
    assert diff(a_wanted(ADA), seen(an_account())) == ()


def test_a_new_mailbox_is_a_plain_step():
    (step,) = diff(a_wanted(ADA, plan="business"), seen())

    assert (step.action, step.risk, step.target) == ("create-mailboxes", "safe", "acme.test")
    assert step.sentence == "Create the mailbox ada@acme.test"
    draft = step.arguments["drafts"]["ada@acme.test"]
    assert (draft["name"], draft["description"]) == ("ada", "Ada")
    assert draft["quotas"] == {"maxDiskQuota": 50 * GIB}
    assert draft["permissions"] == {"@type": "Inherit"}


def test_many_mailboxes_are_few_steps_with_short_sentences():
    people = [a_person(f"p{number:03}@acme.test") for number in range(201)]

    first, second = diff(a_wanted(*people), seen())

    assert (len(first.arguments["drafts"]), len(second.arguments["drafts"])) == (200, 1)
    assert first.sentence == (
        "Create the mailboxes p000@acme.test, p001@acme.test, p002@acme.test and 197 more"
    )


@pytest.mark.parametrize("person", [a_person("bo@elsewhere.test"), a_person("bo@acme.test", home=False)])
def test_only_people_at_home_with_an_address_of_ours_get_a_mailbox(person):
    assert diff(a_wanted(person), seen()) == ()


@pytest.mark.parametrize(
    ("change", "patch"),
    [
        ({"description": None}, {"description": "Ada"}),
        ({"quotas": {}}, {"quotas/maxDiskQuota": 5 * GIB}),
        ({"quotas": {"maxDiskQuota": 1, "maxEmails": 7}}, {"quotas/maxDiskQuota": 5 * GIB}),
        ({"roles": {"@type": "Admin"}}, {"roles": {"@type": "User"}}),
        ({"denied": LOCKED}, {"permissions": {"@type": "Inherit"}}),
        ({"permissions": {"@type": "Replace"}}, {"permissions": {"@type": "Inherit"}}),
        (
            {"permissions": {"@type": "Merge", "enabledPermissions": {"impersonate": True}}},
            {"permissions": {"@type": "Inherit"}},
        ),
    ],
)
def test_a_mailbox_changed_by_hand_is_put_right_field_by_field(change, patch):
    assert patches(a_wanted(ADA), an_account(**change)) == {"ada": patch}


@pytest.mark.parametrize(
    "change",
    [
        {"permissions": {"@type": "Merge"}},
        {"permissions": {"@type": "Merge", "disabledPermissions": {"authenticate": False}}},
        {"aliases": {"0": {"name": "countess", "domainId": "b", "enabled": True}}},
        {"quotas": {"maxDiskQuota": 5 * GIB, "maxEmails": 7}},
    ],
)
def test_what_is_the_same_or_free_is_left_as_it_is(change):
    assert patches(a_wanted(ADA), an_account(**change)) == {}


@pytest.mark.parametrize(("lifecycle", "denied"), [("suspended", LOCKED), ("terminated", REFUSING)])
def test_everybody_is_locked_out_with_the_tenant(lifecycle, denied):
    tenant = a_wanted(ADA, lifecycle=lifecycle)

    (step,) = diff(tenant, seen(an_account(), an_account("gone"), a_group()))

    assert (step.action, step.risk) == ("lock-mailboxes", "disruptive")
    wanted = {"permissions": permissions(denied)}
    assert step.arguments["patches"] == {"ada": wanted, "gone": wanted, "info": wanted}


def test_nobody_is_locked_out_twice():
    tenant = a_wanted(ADA, lifecycle="suspended")

    assert diff(tenant, seen(an_account(denied=LOCKED), an_account("gone", LOCKED))) == ()


def test_resume_restores_only_who_is_active():
    tenant = a_wanted(ADA, a_person("bo@acme.test", name="Bo", active=False))
    accounts = [an_account(denied=REFUSING), an_account("bo", REFUSING), an_account("gone", REFUSING)]

    found = patches(tenant, *accounts, a_group(denied=REFUSING))

    open_again, locked = {"permissions": permissions(OPEN)}, {"permissions": permissions(LOCKED)}
    assert found == {"ada": open_again, "info": open_again, "bo": locked, "gone": locked}


@pytest.mark.parametrize("denied", [frozenset({"emailReceive"}), frozenset({"authenticate"})])
def test_what_was_taken_from_a_group_by_hand_stays_taken(denied):
    assert patches(a_wanted(), a_group(denied=denied)) == {}


def test_a_guest_is_left_alone_while_the_tenant_is_active():
    guest = a_person("bo@acme.test", name="Robert", home=False, active=False)

    assert diff(a_wanted(guest, plan="business"), seen(an_account("bo"))) == ()


def test_of_two_people_with_one_address_the_active_one_counts():
    left = a_person("ada@acme.test", name="Ada before", active=False)

    assert diff(a_wanted(ADA, left), seen(an_account())) == ()


def test_locks_come_before_everything_else():
    people = [a_person("ada@acme.test", active=False), a_person("bo@acme.test")]
    tenant = a_wanted(*people, domains=("acme.test", "new.test"))

    found = actions(tenant, seen(an_account(), an_account("x", domainId="c"), ours=(ACME, OLD)))

    assert found == [
        *("lock-mailboxes", "create-domain", "create-mailboxes"),
        *("destroy-mailboxes", "destroy-domain"),
    ]


def test_a_conflict_of_one_domain_holds_up_nothing_else_and_is_told_last():
    tenant = a_wanted(a_person(active=False), a_person("bo@taken.test"), domains=("acme.test", "taken.test"))

    assert actions(tenant, seen(an_account(), taken=("taken.test",))) == ["lock-mailboxes"]
    assert trouble(tenant, seen(an_account(denied=LOCKED), taken=("taken.test",))) == "name-conflict"


@pytest.mark.parametrize(
    "holder",
    [
        a_group("ada"),
        an_account("eve", LOCKED, aliases={"0": {"name": "ada", "domainId": "b", "enabled": False}}),
    ],
)
def test_an_address_that_something_else_has_is_told_and_left_alone(holder):
    assert trouble(a_wanted(ADA), seen(holder)) == "name-conflict"


def test_keys_that_somebody_manages_by_hand_are_taken_back():
    by_hand = ACME.model_copy(update={"dkimManagement": a_variant("Manual")})

    (step,) = diff(a_wanted(), seen(ours=(by_hand,)))

    assert (step.action, step.target) == ("manage-keys", "b")


def a_variant(name):
    return ACME.dkimManagement.model_copy(update={"type": name})
