import pytest

from chalicelib.domain.steps import Step
from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.stalwart.connector import StalwartConnector
from chalicelib.integrations.stalwart.objects import Account, Domain, Linked
from tests.builders import a_wanted

OURS = Domain(id="b", name="acme.test", description="dezky:acme")
KEY = Linked(object="x:DkimSignature", id="s1")
CREATION = Step(action="create-domain", sentence="", target="acme.test")
REMOVAL = Step(action="destroy-domain", sentence="", target="b", arguments={"name": "acme.test"})
MAILBOX = Step(
    action="create-mailboxes",
    sentence="",
    target="acme.test",
    arguments={"drafts": {"ada@acme.test": {"name": "ada"}}},
)
MAILBOX_REMOVAL = Step(
    action="destroy-mailboxes", sentence="", target="b", arguments={"name": "acme.test", "ids": ["a1"]}
)


def an_account(**more):
    draft = {"@type": "User", "id": "a1", "name": "ada", "domainId": "b", "roles": {"@type": "User"}}
    return Account.model_validate({**draft, "permissions": {"@type": "Inherit"}, **more})


class FakeMail:
    """A Stalwart where something else happens between our look and our act."""

    def __init__(self, present=OURS, holder=None, linked=(), accounts=()):
        self.domains, self.accounts = FakeDomains(self, present, holder, linked), FakeAccounts(self, accounts)
        self.calls = []


class FakeDomains:
    def __init__(self, mail, present, holder, linked):
        self.mail, self.present, self.holder = mail, present, holder
        self.linked = list(linked)  # what each try to destroy the domain answers

    def get(self, identity):
        return self.present

    def named(self, names):
        return [self.present] if self.present else []

    def create(self, name, description):
        self.mail.calls.append(("create", name))
        return self.holder

    def destroy(self, identity):
        self.mail.calls.append(("destroy", identity))
        return self.linked.pop(0) if self.linked else []

    def destroy_signatures(self, identities, domain):
        self.mail.calls.append(("destroy-keys", tuple(identities), domain))


class FakeAccounts:
    def __init__(self, mail, present):
        self.mail, self.present, self.taken = mail, present, {}

    def get(self, identities):
        return [each for each in self.present if each.id in identities]

    def create(self, drafts):
        self.mail.calls.append(("create", tuple(drafts)))
        return self.taken

    def destroy(self, identities):
        self.mail.calls.append(("destroy", tuple(identities)))


def apply(mail, step):
    StalwartConnector(mail).apply(a_wanted(), step)


def failure_of(mail, step):
    with pytest.raises((TryLater, NeedsPerson)) as caught:
        apply(mail, step)
    return caught.value.code


def test_keys_go_before_their_domain():
    mail = FakeMail(linked=[[KEY]])

    apply(mail, REMOVAL)

    assert mail.calls == [("destroy", "b"), ("destroy-keys", ("s1",), "b"), ("destroy", "b")]


def test_a_domain_that_gets_new_keys_meanwhile_is_left_for_the_next_run():
    assert failure_of(FakeMail(linked=[[KEY], [KEY]]), REMOVAL) == "moved"


@pytest.mark.parametrize(
    "holder",
    [
        Linked(object="x:MailingList", id="l"),
        Linked(object="Account", id="a1"),
        Linked(object="Account", id="a2"),
    ],
)
def test_keys_stay_while_a_list_or_an_alias_from_elsewhere_needs_the_domain(holder):
    mail = FakeMail(linked=[[KEY, holder]], accounts=[an_account(domainId="other")])

    assert failure_of(mail, REMOVAL) == "domain-in-use"
    assert mail.calls == [("destroy", "b")]


def test_keys_stay_when_a_mailbox_came_since_the_look():
    mail = FakeMail(linked=[[KEY, Linked(object="x:Account", id="a1")]], accounts=[an_account()])

    assert failure_of(mail, REMOVAL) == "moved"
    assert mail.calls == [("destroy", "b")]


def test_a_domain_that_went_by_itself_is_done():
    mail = FakeMail(present=None)

    apply(mail, REMOVAL)

    assert mail.calls == []


@pytest.mark.parametrize("step", [REMOVAL, MAILBOX_REMOVAL])
@pytest.mark.parametrize(
    "change", [{"description": "dezky:acme-2"}, {"description": None}, {"name": "new.test"}]
)
def test_what_is_no_longer_what_it_was_stays(change, step):
    mail = FakeMail(present=OURS.model_copy(update=change), accounts=[an_account()])

    assert failure_of(mail, step) == "moved"
    assert mail.calls == []


def test_a_name_that_is_ours_already_is_adopted():
    apply(FakeMail(holder="b"), CREATION)


@pytest.mark.parametrize("change", [{"description": "dezky:acme-2"}, {"name": "holds-an-alias.test"}])
def test_a_name_that_others_hold_is_a_conflict(change):
    mail = FakeMail(OURS.model_copy(update=change), holder="b")

    assert failure_of(mail, CREATION) == "name-conflict"


def test_a_holder_that_is_gone_is_looked_for_again():
    assert failure_of(FakeMail(present=None, holder="b"), CREATION) == "moved"


def test_no_mailbox_is_made_on_a_domain_that_is_gone():
    mail = FakeMail(present=None)

    assert failure_of(mail, MAILBOX) == "moved"
    assert mail.calls == []


def test_no_mailbox_is_made_on_a_domain_of_others():
    mail = FakeMail(OURS.model_copy(update={"description": None}))

    assert failure_of(mail, MAILBOX) == "name-conflict"
    assert mail.calls == []


def an_address_taken_by(holder, *accounts):
    mail = FakeMail(accounts=accounts)
    mail.accounts.taken = {"ada@acme.test": holder}
    return mail


def test_a_mailbox_that_is_there_already_is_adopted():
    apply(an_address_taken_by(Linked(object="x:Account", id="a1"), an_account()), MAILBOX)


@pytest.mark.parametrize(
    "change",
    [{"@type": "Group", "roles": {"@type": "Default"}}, {"domainId": "other"}, {"name": "holds-an-alias"}],
)
def test_an_address_that_something_else_holds_is_a_conflict(change):
    mail = an_address_taken_by(Linked(object="x:Account", id="a1"), an_account(**change))

    assert failure_of(mail, MAILBOX) == "name-conflict"


def test_an_address_of_a_list_is_a_conflict():
    assert failure_of(an_address_taken_by(Linked(object="x:MailingList", id="l")), MAILBOX) == "name-conflict"


def test_a_holder_of_an_address_that_is_gone_is_looked_for_again():
    assert failure_of(an_address_taken_by(Linked(object="x:Account", id="a1")), MAILBOX) == "moved"


def test_mailboxes_that_went_by_themselves_are_done():
    mail = FakeMail()

    apply(mail, MAILBOX_REMOVAL)

    assert mail.calls == []


def test_a_mailbox_that_moved_to_another_domain_stays():
    mail = FakeMail(accounts=[an_account(domainId="other")])

    assert failure_of(mail, MAILBOX_REMOVAL) == "moved"
    assert mail.calls == []
