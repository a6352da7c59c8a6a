import pytest

from infra.local.emulators.ocis import roles
from tests.unit.local.emulators.emulator_clients import UNKNOWN, error_of


def test_a_space_is_shared_with_one_group_or_user(files):
    space, group, user = files.space(), files.group(), files.user()

    with_group, with_user = files.invite(space, group), files.invite(space, user, "user", roles.VIEWER)

    assert with_group.json["value"][0]["grantedToV2"]["group"]["id"] == group
    assert (with_user.status_code, with_user.json["value"][0]["id"]) == (200, f"u:{user}")
    held = {
        entry["id"]: entry["roles"] for entry in files.values(f"/v1beta1/drives/{space}/root/permissions")
    }
    assert held[f"g:{group}"] == [roles.EDITOR]
    assert held[f"u:{user}"] == [roles.VIEWER]


def test_sharing_twice_is_a_conflict(files):
    space, group = files.space(), files.group()
    files.invite(space, group)

    assert error_of(files.invite(space, group)) == (409, "nameAlreadyExists")


@pytest.mark.parametrize(
    "change",
    [
        {"recipients": []},
        {"recipients": [{"objectId": "G"}, {"objectId": "G"}]},
        {"recipients": [{"objectId": UNKNOWN}]},
        {"recipients": [{"objectId": "G", "@libre.graph.recipient.type": "user"}]},
        {"recipients": [{"objectId": "G", "@libre.graph.recipient.type": "robot"}]},
        {"recipients": [{"id": "G"}]},
        {"roles": []},
        {"roles": [UNKNOWN]},
        {"roles": [roles.EDITOR, roles.VIEWER]},
        {"role": roles.EDITOR},
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused(files, change):
    space, group = files.space(), files.group()
    body = {
        "recipients": [{"objectId": group, "@libre.graph.recipient.type": "group"}],
        "roles": [roles.EDITOR],
        **change,
    }
    for recipient in body["recipients"]:
        recipient.update({key: group for key, value in recipient.items() if value == "G"})

    assert error_of(files.send("POST", f"/v1beta1/drives/{space}/root/invite", body)) == (
        400,
        "invalidRequest",
    )


def test_a_permission_is_changed_and_removed(files):
    space, group = files.space(), files.group()
    files.invite(space, group)
    path = f"/v1beta1/drives/{space}/root/permissions/g:{group}"

    changed = files.send("PATCH", path, {"roles": [roles.MANAGER]})
    removed = files.send("DELETE", path)

    assert (changed.status_code, changed.json["roles"], removed.status_code) == (200, [roles.MANAGER], 204)
    assert error_of(files.send("DELETE", path)) == (404, "itemNotFound")
    assert error_of(files.send("PATCH", path, {"roles": [roles.EDITOR]})) == (404, "itemNotFound")
    assert error_of(files.send("PATCH", path, {"roles": ["x"]})) == (400, "invalidRequest")


def test_a_space_keeps_a_manager(files):
    me, space = files.get("/v1.0/me").json["id"], files.space()
    path = f"/v1beta1/drives/{space}/root/permissions/u:{me}"

    assert error_of(files.send("DELETE", path)) == (403, "accessDenied")
    assert error_of(files.send("PATCH", path, {"roles": [roles.VIEWER]})) == (403, "accessDenied")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1.0/drives/x"),
        ("PATCH", "/v1.0/drives/x"),
        ("DELETE", "/v1.0/drives/x"),
        ("GET", "/v1beta1/drives/x/root/permissions"),
    ],
)
def test_a_space_that_is_not_there_is_not_found(files, method, path):
    assert error_of(files.send(method, path, {})) == (404, "itemNotFound")
