import pytest

from tests.unit.local.emulators.emulator_clients import PUBLIC, UNKNOWN, error_of


def test_a_group_name_is_taken_in_any_case(files):
    group = files.group("Acme")

    again = files.send("POST", "/v1.0/groups", {"displayName": "ACME"})
    onto = files.send("PATCH", f"/v1.0/groups/{files.group('other')}", {"displayName": "acme"})

    assert error_of(again) == error_of(onto) == (409, "nameAlreadyExists")
    assert files.get("/v1.0/groups/acme").json["id"] == group


@pytest.mark.parametrize(
    "body", [{}, {"displayName": ""}, {"displayName": "x", "id": UNKNOWN}, {"name": "x"}]
)
def test_a_group_that_makes_no_sense_is_refused(files, body):
    assert error_of(files.send("POST", "/v1.0/groups", body)) == (400, "invalidRequest")


def test_a_group_keeps_a_name(files):
    answer = files.send("PATCH", f"/v1.0/groups/{files.group()}", {"displayName": ""})

    assert error_of(answer) == (400, "invalidRequest")


def test_groups_can_be_searched_renamed_and_deleted(files):
    group, space = files.group("acme"), files.space()
    files.group("other")
    files.invite(space, group)

    found = files.values("/v1.0/groups?$search=acm&$expand=members")
    renamed = files.send("PATCH", f"/v1.0/groups/{group}", {"displayName": "acme 2"})
    name = files.get(f"/v1.0/groups/{group}").json["displayName"]
    deleted = files.send("DELETE", f"/v1.0/groups/{group}")

    assert [(entry["id"], entry["members"]) for entry in found] == [(group, [])]
    assert (renamed.status_code, name, deleted.status_code) == (204, "acme 2", 204)
    assert error_of(files.get(f"/v1.0/groups/{group}")) == (404, "itemNotFound")
    assert error_of(files.send("DELETE", f"/v1.0/groups/{group}")) == (404, "itemNotFound")
    assert len(files.values(f"/v1beta1/drives/{space}/root/permissions")) == 1


def test_members_are_added_one_by_one_or_twenty_at_once_and_repeats_are_skipped(files):
    group = files.group()
    people = [f"{PUBLIC}/graph/v1.0/users/{files.user(f'user{n}')}" for n in range(21)]

    too_many = files.send("PATCH", f"/v1.0/groups/{group}", {"members@odata.bind": people})
    enough = files.send("PATCH", f"/v1.0/groups/{group}", {"members@odata.bind": people[:20]})
    again = files.send("PATCH", f"/v1.0/groups/{group}", {"members@odata.bind": people[:2]})
    one = files.send("POST", f"/v1.0/groups/{group}/members/$ref", {"@odata.id": people[0]})

    assert error_of(too_many) == (400, "invalidRequest")
    assert [enough.status_code, again.status_code, one.status_code] == [204, 204, 204]
    assert len(files.get(f"/v1.0/groups/{group}?$expand=members").json["members"]) == 20


@pytest.mark.parametrize(
    ("reference", "status"),
    [
        (f"{PUBLIC}/graph/v1.0/users/{UNKNOWN}", 404),
        (f"{PUBLIC}/graph/v1.0/groups/{UNKNOWN}", 400),
        (UNKNOWN, 400),
        (None, 400),
    ],
)
def test_only_users_that_are_there_can_be_members(files, reference, status):
    group = files.group()

    one = files.send("POST", f"/v1.0/groups/{group}/members/$ref", {"@odata.id": reference})
    many = files.send("PATCH", f"/v1.0/groups/{group}", {"members@odata.bind": [reference]})

    assert (one.status_code, many.status_code) == (status, status)


def test_a_member_is_removed_once(files):
    user, group = files.user(), files.group()
    files.send("POST", f"/v1.0/groups/{group}/members/$ref", {"@odata.id": f"/graph/v1.0/users/{user}"})

    answers = [files.send("DELETE", f"/v1.0/groups/{group}/members/{user}/$ref") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 404]
