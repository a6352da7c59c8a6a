"""What oCIS's connector plans for what it has seen; nothing is called."""

import pytest

from chalicelib.integrations.ocis.connector import OcisConnector
from chalicelib.integrations.ocis.groups import Group
from chalicelib.integrations.ocis.looking import Observed
from chalicelib.integrations.ocis.sharing import EDITOR, Grant
from chalicelib.integrations.ocis.spaces import Drive
from chalicelib.integrations.ocis.users import User
from tests.builders import NOON, a_person, a_wanted

GIB = 2**30


def a_user(name="ada@acme.test", groups=None, **given):
    fields = {"id": f"id-{name}", "displayName": "Ada", "mail": name, "accountEnabled": True}
    belongings = None if groups is None else [{"id": f"id-{each}", "displayName": each} for each in groups]
    return User.model_validate({**fields, "onPremisesSamAccountName": name, "memberOf": belongings, **given})


def a_space(identity="space-1", *, trashed=False, **given):
    root = {"deleted": {"state": "trashed"}} if trashed else {}
    fields = {"id": identity, "name": "Acme", "driveType": "project", "quota": {"total": 10 * GIB}}
    return Drive.model_validate({**fields, "root": root, **given})


def seen(*members, **given):
    """A tenant in order, but for what is given."""
    fields = {
        "spaces": (a_space(),),
        "group": Group.model_validate({"id": "group-1", "displayName": "dezky-t-acme"}),
        "members": members,
        "grants": (Grant(id="g:group-1", roles=[EDITOR]),),
    }
    return Observed(**{**fields, **given})


def planned(goal, observed):
    return OcisConnector(None).diff(goal, observed)


def actions(goal, observed):
    return [each.action for each in planned(goal, observed)]


def test_nothing_is_planned_for_a_tenant_in_order():
    assert planned(a_wanted(a_person()), seen(a_user())) == ()


def test_a_new_tenant_gets_group_space_users_and_memberships_in_this_order():
    nothing = Observed(spaces=())

    steps = planned(a_wanted(a_person()), nothing)

    assert [each.action for each in steps] == [
        *("create-group", "create-space", "share-space"),
        *("create-user", "add-members"),
    ]
    assert {each.risk for each in steps} == {"safe"}


def test_whoever_is_locked_out_is_so_before_anything_else_happens():
    goal = a_wanted(a_person(active=False), a_person("bob@acme.test"), plan="business")

    steps = planned(goal, seen(a_user(), a_user("eve@acme.test", groups=["dezky-t-acme"])))

    assert [each.action for each in steps[:2]] == ["change-user", "change-user"]
    assert [each.risk for each in steps[:2]] == ["disruptive", "disruptive"]
    assert [each.sentence for each in steps[:2]] == [
        "Disable the user ada@acme.test",
        "Disable the user eve@acme.test",
    ]


@pytest.mark.parametrize(
    ("drift", "fields"),
    [
        ({"displayName": "Eve"}, {"displayName": "Ada"}),
        ({"displayName": None}, {"displayName": "Ada"}),
        ({"mail": None}, {"mail": "ada@acme.test"}),
        ({"accountEnabled": False}, {"accountEnabled": True}),
        ({"mail": "Ada@acme.test", "displayName": "A."}, {"mail": "ada@acme.test", "displayName": "Ada"}),
    ],
)
def test_a_user_is_given_what_differs_and_nothing_else(drift, fields):
    (step,) = planned(a_wanted(a_person()), seen(a_user(**drift)))

    assert (step.action, step.target, step.arguments) == (
        "change-user",
        "id-ada@acme.test",
        {"fields": fields},
    )


def test_a_user_of_whom_the_server_does_not_say_so_is_enabled():
    assert planned(a_wanted(a_person()), seen(a_user(accountEnabled=None))) == ()


def test_what_the_server_computes_is_not_compared():
    space = a_space(
        quota={"total": 10 * GIB, "used": 7, "remaining": 3, "state": "nearing"}, eTag="x", driveAlias="y"
    )

    assert planned(a_wanted(), seen(spaces=(space,))) == ()


def test_members_join_twenty_at_a_time():
    people = [a_person(f"p{each}@acme.test") for each in range(41)]

    steps = planned(a_wanted(*people), seen())

    batches = [each.arguments["users"] for each in steps if each.action == "add-members"]
    assert [len(each) for each in batches] == [20, 20, 1]


def test_a_user_of_ours_outside_the_group_joins_by_id():
    (step,) = planned(a_wanted(a_person()), seen(others=(a_user(groups=[]),)))

    assert step.arguments == {"users": {"ada@acme.test": "id-ada@acme.test"}}


@pytest.mark.parametrize(
    ("user", "is_disabled"),
    [
        (a_user("eve@acme.test", groups=["dezky-t-acme"]), True),
        (a_user("eve@acme.test", groups=["dezky-t-acme", "choir"]), True),
        (a_user("eve@acme.test", groups=["dezky-t-acme", "dezky-t-nordic"]), False),
        (a_user("eve@acme.test", groups=["dezky-t-acme", "Dezky-T-Nordic"]), False),
        (a_user("eve@elsewhere.test", groups=["dezky-t-acme"]), False),
        (a_user("known@elsewhere.test", groups=["dezky-t-acme"]), True),
        (a_user("eve@sub.acme.test", groups=["dezky-t-acme"]), False),
        (a_user("eve", groups=["dezky-t-acme"], mail="eve@acme.test"), False),
        (a_user("eve@acme.test", groups=["dezky-t-acme"], mail=None), False),
    ],
)
def test_only_those_who_were_ours_are_disabled_when_they_leave(user, is_disabled):
    steps = planned(a_wanted(), seen(user, users=frozenset({"id-known@elsewhere.test"})))

    assert [each.action for each in steps] == ["change-user"] * is_disabled + ["remove-member"]


@pytest.mark.parametrize(
    ("size", "leaving", "is_held_back"), [(5, 5, False), (6, 6, True), (50, 10, False), (50, 11, True)]
)
def test_int_10_at_most_five_or_a_fifth_may_leave_in_a_run(size, leaving, is_held_back):
    members = [a_user(f"p{each}@acme.test", groups=["dezky-t-acme"]) for each in range(size)]
    people = [a_person(f"p{each}@acme.test") for each in range(leaving, size)]

    steps = planned(a_wanted(*people), seen(*members))

    assert ([each.target for each in steps] == ["mass-delete-guard"]) is is_held_back
    assert (len([each for each in steps if each.action == "remove-member"]) == leaving) is not is_held_back


def test_a_suspended_tenant_is_locked_whatever_needs_a_person():
    goal = a_wanted(a_person(), a_person("1st@acme.test"), a_person("bob@acme.test"), lifecycle="suspended")
    twins = (a_space("space-1"), a_space("space-2"))
    other = a_user("bob@acme.test", mail="eve@elsewhere.test", groups=[])

    assert actions(goal, seen(a_user(), spaces=twins, others=(other,))) == [
        *("change-user", "disable-space", "disable-space"),
    ]


@pytest.mark.parametrize(
    ("spaces", "known", "expected"),
    [
        ((a_space(trashed=True),), "", ["restore-space"]),
        ((a_space(trashed=True), a_space("space-2")), "", []),
        ((a_space(trashed=True), a_space("space-2", trashed=True)), "space-2", ["restore-space"]),
        ((a_space(trashed=True), a_space("space-2", trashed=True)), "space-3", ["report"]),
        ((a_space(), a_space("space-2")), "space-2", ["report"]),
        ((a_space(quota=None),), "", ["change-space"]),
        ((a_space(quota={"total": 0}),), "", ["change-space"]),
    ],
)
def test_only_one_space_is_ever_taken_for_the_tenants(spaces, known, expected):
    assert actions(a_wanted(), seen(spaces=spaces, known=known)) == expected


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ((), ["share-space"]),
        ((Grant(id="g:another", roles=[EDITOR]),), ["share-space"]),
        ((Grant(id="u:group-1", roles=[EDITOR]),), ["share-space"]),
        ((Grant(id="g:group-1", roles=[]),), ["make-editor"]),
        ((Grant(id="g:group-1", roles=["another"]),), ["make-editor"]),
        (None, []),
    ],
)
def test_the_group_is_to_be_an_editor_of_the_space(grants, expected):
    assert actions(a_wanted(), seen(grants=grants)) == expected


def test_what_nobody_but_a_person_can_settle_is_said_last_and_the_gravest_first():
    goal = a_wanted(a_person(), a_person("1st@acme.test"), a_person("guest@nordic.test", home=False))
    twins = (a_space("space-1"), a_space("space-2"))
    other = a_user(mail="eve@elsewhere.test", groups=[])

    steps = planned(goal, seen(spaces=twins, others=(other,), group=None, grants=None))

    assert [each.target for each in steps] == [
        *("dezky-t-acme", "duplicate-space", "name-conflict", "unsupported-address", "waits-for-home"),
    ]


def test_a_purge_deletes_spaces_then_users_then_the_group():
    goal = a_wanted(a_person(), lifecycle="terminated", purging_since=NOON)

    steps = planned(goal, seen(a_user(groups=["dezky-t-acme"])))

    assert [each.action for each in steps] == ["disable-space", "purge-space", "delete-user", "delete-group"]
    assert [each.risk for each in steps] == ["disruptive", "destructive", "destructive", "destructive"]


@pytest.mark.parametrize(
    ("user", "is_deleted"),
    [
        (a_user("left@acme.test", groups=[], accountEnabled=False), True),
        (a_user("left@acme.test", groups=["choir"], accountEnabled=False), True),
        (a_user("left@acme.test", groups=[], accountEnabled=True), False),
        (a_user("left@acme.test", groups=["dezky-t-nordic"], accountEnabled=False), False),
        (a_user("left@acme.test", groups=[], accountEnabled=False, mail="eve@acme.test"), False),
        (a_user("left@acme.test", groups=[], accountEnabled=False, id="never-stored"), False),
    ],
)
def test_of_those_who_left_long_ago_only_locked_users_of_ours_are_purged(user, is_deleted):
    goal = a_wanted(lifecycle="terminated", purging_since=NOON)

    steps = planned(goal, seen(apart=(user,), users=frozenset({"id-left@acme.test"}), spaces=(), group=None))

    assert [each.action for each in steps] == ["delete-user"] * is_deleted


def test_a_guest_is_never_purged_even_if_nobody_else_counts_on_them():
    goal = a_wanted(
        a_person("in@nordic.test", home=False),
        a_person("out@nordic.test", home=False),
        lifecycle="terminated",
        purging_since=NOON,
    )
    inside = a_user("in@nordic.test", groups=["dezky-t-acme"])
    outside = a_user("out@nordic.test", groups=[])

    steps = planned(goal, seen(inside, others=(outside,), spaces=()))

    assert [each.action for each in steps] == ["delete-group"]
