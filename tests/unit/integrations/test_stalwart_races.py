import pytest

from chalicelib.domain.steps import Step
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.stalwart.client import Domain, Linked
from chalicelib.integrations.stalwart.connector import StalwartConnector
from tests.builders import a_tenant

OURS = Domain(id="b", name="acme.test", description="dezky:acme")
KEY = Linked(object="x:DkimSignature", id="s1")
CREATION = Step(action="create-domain", sentence="", target="acme.test")
REMOVAL = Step(action="destroy-domain", sentence="", target="b", arguments={"name": "acme.test"})


class FakeMail:
    """A Stalwart where something else happens between our look and our act."""

    def __init__(self, present=OURS, holder=None, linked=()):
        self.present = present
        self.holder = holder
        self.linked = list(linked)  # what each try to destroy the domain answers
        self.calls = []

    def get_domain(self, identity):
        return self.present

    def create_domain(self, name, description):
        self.calls.append(("create", name))
        return self.holder

    def destroy_domain(self, identity):
        self.calls.append(("destroy", identity))
        return self.linked.pop(0) if self.linked else []

    def destroy_signatures(self, identities, domain):
        self.calls.append(("destroy-keys", tuple(identities), domain))


def failure_of(mail, step):
    with pytest.raises((TryLater, NeedsPerson)) as caught:
        StalwartConnector(mail).apply(a_tenant(), step)
    return caught.value.code


def test_keys_go_before_their_domain():
    mail = FakeMail(linked=[[KEY]])

    StalwartConnector(mail).apply(a_tenant(), REMOVAL)

    assert mail.calls == [("destroy", "b"), ("destroy-keys", ("s1",), "b"), ("destroy", "b")]


def test_a_domain_that_gets_new_keys_meanwhile_is_left_for_the_next_run():
    assert failure_of(FakeMail(linked=[[KEY], [KEY]]), REMOVAL) == "moved"


def test_keys_stay_while_anything_else_needs_the_domain():
    mail = FakeMail(linked=[[KEY, Linked(object="x:Account", id="a")]])

    assert failure_of(mail, REMOVAL) == "domain-in-use"
    assert mail.calls == [("destroy", "b")]


def test_a_domain_that_went_by_itself_is_done():
    mail = FakeMail(present=None)

    StalwartConnector(mail).apply(a_tenant(), REMOVAL)

    assert mail.calls == []


@pytest.mark.parametrize(
    "change", [{"description": "dezky:acme-2"}, {"description": None}, {"name": "new.test"}]
)
def test_a_domain_that_is_no_longer_what_it_was_stays(change):
    mail = FakeMail(present=OURS.model_copy(update=change))

    assert failure_of(mail, REMOVAL) == "moved"
    assert mail.calls == []


def test_a_name_that_is_ours_already_is_adopted():
    StalwartConnector(FakeMail(holder="b")).apply(a_tenant(), CREATION)


@pytest.mark.parametrize("change", [{"description": "dezky:acme-2"}, {"name": "holds-an-alias.test"}])
def test_a_name_that_others_hold_is_a_conflict(change):
    mail = FakeMail(OURS.model_copy(update=change), holder="b")

    assert failure_of(mail, CREATION) == "name-conflict"


def test_a_holder_that_is_gone_is_looked_for_again():
    assert failure_of(FakeMail(present=None, holder="b"), CREATION) == "moved"
