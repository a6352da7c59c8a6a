import pytest

from chalicelib.domain.steps import Step
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.authentik.client import Group
from chalicelib.integrations.authentik.connector import AuthentikConnector
from tests.builders import a_tenant

OURS = Group(
    pk="pk-1", name="dezky-t-acme", is_superuser=False, attributes={"dezky_tenant": "acme", "theirs": 1}
)
CHANGE = Step(action="change-group", sentence="", target="dezky-t-acme")


class FakeDirectory:
    """An Authentik where something else happens between our look and our act."""

    def __init__(self, present):
        self.present = present
        self.changes = []

    def find_group(self, name):
        return self.present

    def change_group(self, pk, attributes):
        self.changes.append((pk, attributes))


def test_keys_that_others_wrote_since_the_look_are_kept():
    directory = FakeDirectory(OURS)

    AuthentikConnector(directory).apply(a_tenant(), CHANGE)

    ((pk, attributes),) = directory.changes
    assert (pk, attributes["theirs"], attributes["dezky_plan"]) == ("pk-1", 1, "starter")


def test_a_group_that_lost_our_marker_since_the_look_is_not_touched():
    directory = FakeDirectory(OURS.model_copy(update={"attributes": {}}))

    with pytest.raises(NeedsPerson):
        AuthentikConnector(directory).apply(a_tenant(), CHANGE)

    assert directory.changes == []


def test_a_group_that_went_since_the_look_is_looked_for_again():
    directory = FakeDirectory(None)

    with pytest.raises(TryLater):
        AuthentikConnector(directory).apply(a_tenant(), CHANGE)

    assert directory.changes == []
