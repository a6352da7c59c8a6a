"""What the connector would do: same arguments, same steps, no calls."""

from itertools import count

import pytest

from chalicelib.integrations.authentik.applications import Binding
from chalicelib.integrations.authentik.client import Authentik
from chalicelib.integrations.authentik.connector import AuthentikConnector
from chalicelib.integrations.authentik.groups import Member, Team
from chalicelib.integrations.authentik.marks import group_attributes
from chalicelib.integrations.authentik.observed import Access, Observed
from chalicelib.integrations.authentik.users import User
from tests.builders import NOON, a_person, a_wanted

ADA, BOB = a_person("ada@acme.test", name="Ada"), a_person("bob@acme.test", name="Bob")
GIL = a_person("gil@home.test", home=False)
PURGING = {"lifecycle": "terminated", "purging_since": NOON}
_numbers = count(1)


def an_account(person=ADA, **given):
    fields = {
        "pk": next(_numbers),
        "username": person.address,
        "name": person.name,
        "email": person.address,
        "is_active": True,
        "path": "dezky/acme",
        "type": "internal",
        "attributes": {"dezky_tenant": "acme", "dezky_user": person.id},
    }
    return User(**{**fields, **given})


def a_team(*users, tenant=None, **given):
    fields = {
        "pk": "team",
        "name": "dezky-t-acme",
        "is_superuser": False,
        "attributes": group_attributes(tenant or a_wanted(), {}),
        "users": [each.pk for each in users],
        "users_obj": [Member(pk=u.pk, username=u.username, attributes=u.attributes) for u in users],
    }
    return Team(**{**fields, **given})


def whole(tenant, *users, **given):
    """What is there when all of `users` are members of the group that the tenant should have."""
    return Observed(team=a_team(*users, tenant=tenant), users=users, **given)


def steps(tenant, observed):
    return AuthentikConnector(Authentik(None)).diff(tenant, observed)


def actions(tenant, observed):
    return [(step.action, step.target) for step in steps(tenant, observed)]


def test_nothing_is_done_when_all_is_as_it_should_be():
    tenant = a_wanted(ADA, BOB)

    assert steps(tenant, whole(tenant, an_account(ADA), an_account(BOB))) == ()


def test_a_new_tenant_gets_its_group_before_its_people():
    plan = steps(a_wanted(ADA, BOB), Observed())

    assert [step.action for step in plan] == ["create-group", "create-user", "create-user"]
    assert {step.risk for step in plan} == {"safe"}
    assert plan[1].sentence == "Create the account ada@acme.test"


def test_locking_out_comes_before_all_else_that_can_fail():
    tenant = a_wanted(ADA.with_(name="Countess"), BOB, plan="business", lifecycle="suspended")

    plan = steps(tenant, Observed(team=a_team(ada := an_account(ADA)), users=(ada,)))

    assert [step.action for step in plan] == [
        "lock-out",
        "end-sessions",
        "change-group",
        "change-user",
        "create-user",
    ]
    assert plan[0].risk == plan[1].risk == "disruptive"
    assert plan[4].arguments["fields"]["is_active"] is False


def test_one_step_carries_all_that_differs_in_an_account():
    tenant = a_wanted(ADA)
    ada = an_account(name="X", email="x@acme.test", type="external", is_active=False)

    (step,) = steps(tenant, whole(tenant, ada))

    assert step.arguments["fields"] == {
        "name": "Ada",
        "email": "ada@acme.test",
        "is_active": True,
        "type": "internal",
    }
    assert step.arguments["mark"] is False
    assert step.sentence == "Let ada@acme.test sign in"


@pytest.mark.parametrize("name", [" Ada ", "Ada\n"])
def test_a_name_is_compared_as_the_vendor_keeps_it(name):
    tenant = a_wanted(ADA.with_(name=name))

    assert steps(tenant, whole(tenant, an_account())) == ()


def test_sessions_end_again_until_the_group_says_that_all_are_locked_out():
    tenant = a_wanted(ADA, lifecycle="suspended")
    ada = an_account(is_active=False)

    halfway = steps(tenant, Observed(team=a_team(ada), users=(ada,)))
    afterwards = steps(tenant, whole(tenant, ada))

    assert [step.action for step in halfway] == ["end-sessions", "change-group"]
    assert halfway[0].arguments["pks"] == [ada.pk]
    assert afterwards == ()


@pytest.mark.parametrize(
    ("known", "gone", "is_guarded"), [(0, 5, False), (1, 6, True), (24, 6, False), (23, 6, True)]
)
def test_int_10_the_guard_lets_five_or_a_fifth_go(known, gone, is_guarded):
    people = tuple(a_person(f"p{number}@acme.test") for number in range(known + gone))
    tenant = a_wanted(*people[:known])

    plan = steps(tenant, whole(tenant, *[an_account(person) for person in people]))

    assert [step.action for step in plan if step.action == "mass-delete-guard"] == (
        ["mass-delete-guard"] if is_guarded else []
    )
    assert len([step for step in plan if step.action == "lock-out"]) == (0 if is_guarded else gone)


def test_strangers_in_the_group_count_for_the_guard():
    tenant = a_wanted(ADA)
    strangers = [
        an_account(a_person(f"s{number}@x.test"), path="users", attributes={}) for number in range(6)
    ]
    ada = an_account()

    plan = steps(tenant, Observed(team=a_team(ada, *strangers), users=(ada,)))

    assert [step.action for step in plan] == ["mass-delete-guard"]


def test_those_who_were_locked_out_before_do_not_count_for_the_guard():
    tenant = a_wanted(ADA)
    former = [an_account(a_person(f"f{number}@acme.test"), is_active=False) for number in range(9)]
    ada = an_account()

    assert steps(tenant, Observed(team=a_team(ada), users=(ada, *former))) == ()


def test_the_account_of_the_right_name_is_the_persons_when_two_claim_to_be():
    tenant = a_wanted(ADA)
    copied, genuine = an_account(username="copy@acme.test"), an_account()

    assert actions(tenant, whole(tenant, copied, genuine)) == [
        ("lock-out", "copy@acme.test"),
        ("end-sessions", ""),
    ]


def test_an_account_of_another_person_of_the_tenant_is_not_adopted():
    tenant = a_wanted(ADA, BOB.with_(address="ada@acme.test"), ADA.with_(address="new@acme.test"))
    ada = an_account()

    plan = steps(a_wanted(*tenant.people[1:]), whole(tenant, ada))

    assert [(step.action, step.target) for step in plan] == [
        ("change-user", "ada@acme.test"),
        ("create-user", "ada@acme.test"),
    ]
    assert plan[0].arguments["fields"] == {"username": "new@acme.test", "email": "new@acme.test"}


@pytest.mark.parametrize("mark", [["x"], {"a": 1}, 7, None])
def test_marks_that_make_no_sense_are_nobodys(mark):
    tenant = a_wanted(ADA)
    odd = an_account(BOB, attributes={"dezky_tenant": mark, "dezky_user": mark})

    assert actions(tenant, whole(tenant, an_account(), odd)) == [("remove-member", "bob@acme.test")]


def test_a_guest_who_has_no_account_is_waited_for_last():
    assert actions(a_wanted(GIL, ADA), Observed())[-1] == ("waits-for-home-tenant", "gil@home.test")


def test_a_guest_who_may_not_come_is_not_waited_for():
    tenant = a_wanted(GIL.with_(active=False))

    assert steps(tenant, whole(tenant)) == ()


@pytest.mark.parametrize(("others", "risk"), [((), "disruptive"), (("admins",), "safe")])
def test_the_first_binding_of_an_application_shuts_others_out(others, risk):
    tenant = a_wanted()
    bindings = tuple(
        Binding(pk=each, target="app", group=each, enabled=True, negate=False) for each in others
    )

    (step,) = steps(tenant, whole(tenant, access=(Access("files", "app", bindings),)))

    assert (step.action, step.risk) == ("bind", risk)


def test_a_purge_deletes_what_is_marked_and_says_that_it_destroys():
    tenant = a_wanted(ADA, GIL, **PURGING)
    gil = an_account(GIL, path="dezky/home", attributes={"dezky_tenant": "home", "dezky_user": GIL.id})
    clerk = an_account(BOB, attributes={})

    plan = steps(tenant, Observed(team=a_team(ada := an_account(), gil), users=(ada, clerk)))

    assert [(step.action, step.target, step.risk) for step in plan] == [
        ("delete-user", "ada@acme.test", "destructive"),
        ("delete-group", "dezky-t-acme", "destructive"),
    ]


def test_nothing_is_left_to_purge():
    assert steps(a_wanted(ADA, **PURGING), Observed()) == ()


def test_strangers_leave_the_group_of_a_suspended_tenant_whatever_their_number():
    tenant = a_wanted(lifecycle="suspended")
    strangers = [
        an_account(a_person(f"s{number}@x.test"), path="users", attributes={}) for number in range(6)
    ]

    plan = steps(tenant, Observed(team=a_team(*strangers, tenant=tenant)))

    assert [step.action for step in plan] == ["remove-member"] * 6


def test_an_account_under_our_path_is_not_a_guests_because_of_its_name():
    tenant = a_wanted(GIL)
    theirs = an_account(GIL, attributes={"dezky_tenant": "acme"}, is_active=False)

    assert actions(tenant, Observed(team=a_team(), users=(theirs,))) == [
        ("waits-for-home-tenant", "gil@home.test")
    ]
