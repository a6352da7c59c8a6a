"""What the client of oCIS sends, and which answers it does not believe; a script answers for the vendor."""

import json

import pytest

from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.calls import Patience
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.ocis.client import Ocis, endpoint
from tests.unit.integrations.conftest import an_answer

MISSING = an_answer({"error": {"code": "itemNotFound", "message": "not found"}}, "404 Not Found")
ADA = {"id": "1", "onPremisesSamAccountName": "ada@acme.test", "displayName": "Ada", "mail": "ada@acme.test"}


def client(vendor, *answers):
    vendor.answers = list(answers)
    patience = Patience(connect=1, read=1, total=2, tries=1)
    return Ocis(Api(endpoint(vendor.url, "platform", "token"), patience, sleep=lambda _: None), vendor.url)


def sent(vendor):
    """Method and path of the last request."""
    return vendor.requests[-1].splitlines()[0]


@pytest.mark.parametrize(
    "body",
    [
        {"id": "1", "displayName": "dezky-t-acme-2", "members": []},
        {"id": "", "displayName": "dezky-t-acme"},
        {"id": 1, "displayName": "dezky-t-acme"},
        {"displayName": "dezky-t-acme"},
        {"id": "1"},
        {"id": "1", "displayName": "dezky-t-acme", "members": {}},
        {"id": "1", "displayName": "dezky-t-acme", "members": [{"id": "1"}]},
        {"id": "1", "displayName": "dezky-t-acme", "members": ["ada"]},
        {"id": "1", "displayName": "dezky-t-acme", "members": [{**ADA, "accountEnabled": "true"}]},
        {"value": []},
        [],
        None,
        "",
    ],
)
def test_a_group_that_makes_no_sense_is_not_believed(vendor, body):
    with pytest.raises(TryLater) as caught:
        client(vendor, an_answer(body)).groups.find("dezky-t-acme")

    assert caught.value.code == "unexpected-answer"


@pytest.mark.parametrize("members", [{}, {"members": None}, {"members": []}])
def test_a_group_without_members_may_leave_them_out(vendor, members):
    answer = an_answer({"id": "1", "displayName": "Dezky-T-Acme", **members})

    group = client(vendor, answer).groups.find("dezky-t-acme")

    assert group.members in (None, [])


@pytest.mark.parametrize(
    "body",
    [
        {**ADA, "onPremisesSamAccountName": "eve@acme.test"},
        {"id": "1"},
        {**ADA, "memberOf": {}},
        {"value": [ADA]},
        [],
    ],
)
def test_another_user_than_was_asked_for_is_not_believed(vendor, body):
    with pytest.raises(TryLater) as caught:
        client(vendor, an_answer(body)).users.find("ada@acme.test")

    assert caught.value.code == "unexpected-answer"


def test_a_user_is_found_by_id_as_well(vendor):
    assert client(vendor, an_answer(ADA)).users.find("1").key == "ada@acme.test"


@pytest.mark.parametrize("body", [{}, {"value": None}, {"value": [None]}, {"value": [{"id": "1"}]}, [], None])
def test_int_09_lists_that_make_no_sense_are_not_taken_for_empty(vendor, body):
    ocis = client(vendor, an_answer(body))

    for look in (
        ocis.spaces.projects,
        lambda: ocis.users.of_domain("acme.test"),
        lambda: ocis.users.of_group("1"),
    ):
        with pytest.raises(TryLater):
            look()


def test_grants_that_make_no_sense_are_not_taken_for_none(vendor):
    with pytest.raises(TryLater):
        client(vendor, an_answer({"value": [{"roles": []}]})).sharing.grants("1")


def test_a_search_that_is_ignored_gives_no_strangers(vendor):
    eve = {**ADA, "id": "2", "onPremisesSamAccountName": "eve@evil.test", "mail": "x@acme.test"}

    found = client(vendor, an_answer({"value": [eve, ADA]})).users.of_domain("acme.test")

    assert [each.key for each in found] == ["ada@acme.test"]


def test_a_filter_that_is_ignored_gives_no_strangers(vendor):
    mine, other = {**ADA, "memberOf": [{"id": "g"}]}, {**ADA, "id": "2", "memberOf": [{"id": "h"}]}

    found = client(vendor, an_answer({"value": [mine, other, {**ADA, "id": "3"}]})).users.of_group("g")

    assert [each.id for each in found] == ["1"]


def test_names_are_escaped_in_paths(vendor):
    client(vendor, MISSING).users.find("a+b@acme.test")

    assert sent(vendor).startswith("GET /graph/v1.0/users/a%2Bb%40acme.test?%24expand=memberOf ")


def test_new_members_are_named_by_their_addresses_at_the_server(vendor):
    client(vendor, an_answer(None, "204 No Content")).groups.add("g", ["1", "2"])

    references = [f"{vendor.url}/graph/v1.0/users/{each}" for each in ("1", "2")]
    assert f'{{"members@odata.bind": {json.dumps(references)}}}' in vendor.requests[-1]


def test_a_purge_says_so_in_a_header(vendor):
    client(vendor, an_answer(None, "204 No Content")).spaces.purge("a$b")

    assert sent(vendor).startswith("DELETE /graph/v1.0/drives/a%24b ")
    assert "\nPurge: T\r" in vendor.requests[-1]


CHANGES = {
    "change a user": lambda ocis: ocis.users.change("1", {"mail": "a@b.c"}),
    "add members": lambda ocis: ocis.groups.add("1", ["2"]),
    "change a space": lambda ocis: ocis.spaces.change("1", "Acme", 1),
    "restore a space": lambda ocis: ocis.spaces.restore("1"),
    "disable a space": lambda ocis: ocis.spaces.disable("1"),
    "look who shares": lambda ocis: ocis.sharing.grants("1"),
    "share": lambda ocis: ocis.sharing.invite("1", "2"),
    "make an editor": lambda ocis: ocis.sharing.make_editor("1", "2"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_cannot_be_seen_is_gone_or_forbidden_and_looked_for_again(vendor, change):
    with pytest.raises(TryLater) as caught:
        CHANGES[change](client(vendor, MISSING))

    assert caught.value.code == "moved"


DELETIONS = {
    "a user": lambda ocis: ocis.users.delete("1"),
    "a group": lambda ocis: ocis.groups.delete("1"),
    "a membership": lambda ocis: ocis.groups.remove("1", "2"),
    "a space": lambda ocis: ocis.spaces.purge("1"),
}


@pytest.mark.parametrize("deletion", DELETIONS)
def test_int_02_what_is_to_be_deleted_may_be_gone(vendor, deletion):
    DELETIONS[deletion](client(vendor, MISSING))

    assert vendor.requests[-1].startswith("DELETE ")


@pytest.mark.parametrize("deletion", DELETIONS)
def test_a_forbidden_deletion_needs_a_person(vendor, deletion):
    with pytest.raises(NeedsPerson):
        DELETIONS[deletion](client(vendor, an_answer({"error": {}}, "403 Forbidden")))


def test_a_space_that_is_enabled_is_not_purged(vendor):
    with pytest.raises(TryLater) as caught:
        client(vendor, an_answer({"error": {}}, "400 Bad Request")).spaces.purge("1")

    assert caught.value.code == "moved"


def test_a_name_that_is_taken_is_said_so(vendor):
    taken = an_answer({"error": {"code": "nameAlreadyExists"}}, "409 Conflict")

    assert client(vendor, taken).users.create("ada@acme.test", "Ada", enabled=True) is False


@pytest.mark.parametrize(
    "repeat",
    [lambda ocis: ocis.groups.create("dezky-t-acme"), lambda ocis: ocis.sharing.invite("1", "2")],
)
def test_what_is_there_already_is_no_failure(vendor, repeat):
    repeat(client(vendor, an_answer({"error": {"code": "nameAlreadyExists"}}, "409 Conflict")))

    assert sent(vendor).startswith("POST ")
