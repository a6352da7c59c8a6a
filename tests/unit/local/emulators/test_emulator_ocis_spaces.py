import pytest

from infra.local.emulators.ocis import OcisSettings, create_app, roles
from tests.unit.local.emulators.emulator_clients import NAME, PUBLIC, SETTINGS, TOKEN, Files, error_of


def test_a_second_space_of_the_same_name_is_no_error(files):
    first, second = (
        files.space("Acme", description="dezky:acme"),
        files.space("Acme", description="dezky:acme"),
    )

    drives = files.values("/v1.0/drives?$filter=driveType eq 'project'")

    assert first != second
    assert {drive["id"] for drive in drives} == {first, second}
    assert {drive["driveAlias"] for drive in drives} == {"project/acme"}


def test_the_creator_manages_the_space(files):
    me, space = files.get("/v1.0/me").json["id"], files.space()

    [permission] = files.values(f"/v1beta1/drives/{space}/root/permissions")

    assert (permission["id"], permission["roles"]) == (f"u:{me}", [roles.MANAGER])


@pytest.mark.parametrize(
    "name", ["Acme Inc.", "a/b", "a\\b", "a:b", "a?", "a*", 'a"', "a>", "a<", "a|b", "", " ", "x" * 256]
)
def test_a_space_cannot_have_a_name_that_no_folder_has(files, name):
    space = files.space()

    created = files.send("POST", "/v1.0/drives", {"name": name})
    renamed = files.send("PATCH", f"/v1.0/drives/{space}", {"name": name})

    assert error_of(created) == error_of(renamed) == (400, "invalidRequest")


@pytest.mark.parametrize(
    "fields",
    [
        {"driveType": "personal"},
        {"quota": {"total": -1}},
        {"quota": {}},
        {"quota": {"limit": 1}},
        {"colour": "red"},
    ],
)
def test_a_space_that_makes_no_sense_is_refused(files, fields):
    assert error_of(files.send("POST", "/v1.0/drives", {"name": "Acme", **fields})) == (400, "invalidRequest")


def test_a_quota_above_the_maximum_is_refused_and_zero_is_unlimited():
    files = Files(create_app(OcisSettings(NAME, TOKEN, PUBLIC, None, max_quota=100)))
    unlimited = Files(create_app(SETTINGS))

    for total in (101, 0):
        answer = files.send("POST", "/v1.0/drives", {"name": "Acme", "quota": {"total": total}})
        assert error_of(answer) == (400, "invalidRequest")
    assert files.space(quota={"total": 100})
    space = unlimited.space(quota={"total": 0})
    assert unlimited.get(f"/v1.0/drives/{space}").json["quota"] == {"total": 0, "used": 0, "state": "normal"}


def test_a_space_is_changed_but_keeps_its_alias(files):
    space = files.space("Acme", quota={"total": 10})

    changed = files.send("PATCH", f"/v1.0/drives/{space}", {"name": "New", "quota": {"total": 20}})
    described = files.send("PATCH", f"/v1.0/drives/{space}", {"description": "dezky:acme"})

    assert (changed.status_code, changed.json["name"], changed.json["driveAlias"]) == (
        200,
        "New",
        "project/acme",
    )
    assert described.json["quota"]["total"] == described.json["quota"]["remaining"] == 20
    assert described.json["description"] == "dezky:acme"


def test_a_disabled_space_stays_in_the_list_without_its_usage(files):
    space = files.space(quota={"total": 10})

    answers = [files.send("DELETE", f"/v1.0/drives/{space}") for _ in range(2)]
    [drive] = files.values("/v1.0/drives?$filter=driveType eq 'project'")

    assert [answer.status_code for answer in answers] == [204, 204]
    assert (drive["root"]["deleted"], drive["quota"]) == ({"state": "trashed"}, {"total": 10})


def test_a_disabled_space_is_restored_by_a_header(files):
    space = files.space()
    files.send("DELETE", f"/v1.0/drives/{space}")

    without = files.send("PATCH", f"/v1.0/drives/{space}", {"description": "x"})
    no_members = files.get(f"/v1beta1/drives/{space}/root/permissions")
    restored = files.send("PATCH", f"/v1.0/drives/{space}", {}, Restore="true")

    assert error_of(without) == error_of(no_members) == (404, "itemNotFound")
    assert (restored.status_code, "deleted" in restored.json["root"]) == (200, False)


def test_a_space_is_purged_only_after_it_was_disabled(files):
    space = files.space()

    too_early = files.send("DELETE", f"/v1.0/drives/{space}", Purge="T")
    files.send("DELETE", f"/v1.0/drives/{space}", Purge="no")
    purged = files.send("DELETE", f"/v1.0/drives/{space}", Purge="T")
    again = files.send("DELETE", f"/v1.0/drives/{space}", Purge="T")

    assert error_of(too_early) == (400, "invalidRequest")
    assert purged.status_code == 204
    assert error_of(again) == (404, "itemNotFound")
    assert files.values("/v1.0/drives") == []
