"""Something else happens between the connector's look and its act."""

from types import SimpleNamespace

import pytest

from chalicelib.domain.steps import Step
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.authentik.connector import AuthentikConnector
from chalicelib.integrations.authentik.groups import Group, Member, Team
from chalicelib.integrations.authentik.users import User
from tests.builders import a_person, a_wanted

ADA = a_person("ada@acme.test")
TENANT = a_wanted(ADA)
OURS = Group(
    pk="pk-1", name="dezky-t-acme", is_superuser=False, attributes={"dezky_tenant": "acme", "theirs": 1}
)
ACCOUNT = User(
    pk=7,
    username="ada@acme.test",
    name="Ada",
    email="ada@acme.test",
    is_active=True,
    path="dezky/acme",
    type="internal",
    attributes={"dezky_tenant": "acme", "theirs": 1},
)
CHANGE_GROUP = Step(action="change-group", sentence="", target="dezky-t-acme")
DELETE_GROUP = Step(action="delete-group", sentence="", target="dezky-t-acme", arguments={"group": "pk-1"})
DELETE_USER = Step(action="delete-user", sentence="", target="ada@acme.test", arguments={"pk": 7})
ADOPT = Step(
    action="change-user",
    sentence="",
    target="ada@acme.test",
    arguments={"pk": 7, "person": ADA.id, "fields": {"name": "Ada"}, "mark": True},
)
RENAME = ADOPT.with_(arguments={**ADOPT.arguments, "fields": {"username": "x@acme.test"}, "mark": False})
CREATE = Step(
    action="create-user",
    sentence="",
    target="ada@acme.test",
    arguments={"person": ADA.id, "fields": {"username": "ada@acme.test"}, "group": "pk-1"},
)


class FakeAuthentik:
    """Holds at most one group and one user, and notes every write."""

    def __init__(self, group=OURS, user=ACCOUNT, takes_names=True):
        self.writes = []
        self._takes_names = takes_names
        self.applications = None
        self.groups = SimpleNamespace(
            find=lambda name: group,
            get_team=lambda pk: group,
            change=lambda *change: self.writes.append(change),
            delete=lambda *change: self.writes.append(change),
            add=lambda *change: self.writes.append(change),
        )
        self.users = SimpleNamespace(
            find=lambda pk: user,
            named=lambda name: user,
            create=lambda fields: False,
            change=self._change,
            delete=lambda *change: self.writes.append(change),
        )

    def _change(self, *change):
        self.writes.append(change)
        return self._takes_names


def changed(thing, **update):
    return thing.model_copy(update=update)


def test_keys_that_others_wrote_to_the_group_since_the_look_are_kept():
    authentik = FakeAuthentik()

    AuthentikConnector(authentik).apply(TENANT, CHANGE_GROUP)

    ((pk, attributes),) = authentik.writes
    assert (pk, attributes["theirs"], attributes["dezky_plan"]) == ("pk-1", 1, "starter")


def test_keys_that_others_wrote_to_the_account_since_the_look_are_kept():
    authentik = FakeAuthentik()

    AuthentikConnector(authentik).apply(TENANT, ADOPT)

    attributes = {"dezky_tenant": "acme", "dezky_user": ADA.id, "theirs": 1}
    assert authentik.writes == [(7, {"name": "Ada", "attributes": attributes})]


@pytest.mark.parametrize("step", [CHANGE_GROUP, DELETE_GROUP], ids=lambda step: step.action)
def test_a_group_that_lost_our_marker_since_the_look_is_not_touched(step):
    authentik = FakeAuthentik(group=changed(OURS, attributes={}))

    with pytest.raises(NeedsPerson) as caught:
        AuthentikConnector(authentik).apply(TENANT, step)

    assert caught.value.code == "name-conflict"
    assert authentik.writes == []


@pytest.mark.parametrize("step", [ADOPT, CREATE], ids=lambda step: step.action)
def test_an_account_that_lost_our_marker_since_the_look_is_not_adopted(step):
    authentik = FakeAuthentik(user=changed(ACCOUNT, attributes={}))

    with pytest.raises(NeedsPerson) as caught:
        AuthentikConnector(authentik).apply(TENANT, step)

    assert caught.value.code == "name-conflict"
    assert authentik.writes == []


def test_an_account_of_another_name_than_the_persons_is_not_adopted():
    authentik = FakeAuthentik()

    with pytest.raises(NeedsPerson):
        AuthentikConnector(authentik).apply(a_wanted(ADA.with_(address="new@acme.test")), ADOPT)

    assert authentik.writes == []


def test_a_member_that_went_while_we_looked_makes_us_look_again():
    member = Member(pk=9, username="gone@acme.test", attributes={"dezky_tenant": "acme"})
    team = Team(**OURS.model_dump(), users=[9], users_obj=[member])
    authentik = FakeAuthentik(user=None)
    authentik.groups.find_team = lambda name: team
    authentik.users.under = lambda path: []

    with pytest.raises(TryLater):
        AuthentikConnector(authentik).observe(TENANT)


def test_an_account_that_lost_our_marker_since_the_look_is_not_deleted():
    authentik = FakeAuthentik(user=changed(ACCOUNT, attributes={"dezky_tenant": "acme-2"}))

    with pytest.raises(TryLater):
        AuthentikConnector(authentik).apply(TENANT, DELETE_USER)

    assert authentik.writes == []


def test_an_account_that_has_another_name_since_the_look_is_looked_for_again():
    authentik = FakeAuthentik(user=changed(ACCOUNT, username="else@acme.test"))

    with pytest.raises(TryLater):
        AuthentikConnector(authentik).apply(TENANT, ADOPT)

    assert authentik.writes == []


@pytest.mark.parametrize("step", [CHANGE_GROUP, ADOPT, CREATE], ids=lambda step: step.action)
def test_what_went_since_the_look_is_looked_for_again(step):
    authentik = FakeAuthentik(group=None, user=None)

    with pytest.raises(TryLater):
        AuthentikConnector(authentik).apply(TENANT, step)

    assert authentik.writes == []


@pytest.mark.parametrize("step", [DELETE_GROUP, DELETE_USER], ids=lambda step: step.action)
def test_what_went_before_it_was_deleted_is_gone(step):
    authentik = FakeAuthentik(group=None, user=None)

    AuthentikConnector(authentik).apply(TENANT, step)

    assert authentik.writes == []


def test_an_account_that_was_made_since_the_look_is_adopted_as_a_member():
    authentik = FakeAuthentik()

    AuthentikConnector(authentik).apply(TENANT, CREATE)

    attributes = {"dezky_tenant": "acme", "dezky_user": ADA.id, "theirs": 1}
    assert authentik.writes == [(7, {"username": "ada@acme.test", "attributes": attributes}), ("pk-1", 7)]


def test_a_name_that_was_taken_since_the_look_is_a_conflict():
    authentik = FakeAuthentik(takes_names=False)

    with pytest.raises(NeedsPerson) as caught:
        AuthentikConnector(authentik).apply(TENANT, RENAME)

    assert caught.value.code == "name-conflict"
    assert "x@acme.test" in caught.value.message
