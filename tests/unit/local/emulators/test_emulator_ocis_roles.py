import pytest

from infra.local.emulators.ocis import roles
from tests.unit.local.emulators.emulator_clients import UNKNOWN, error_of


def test_a_role_is_assigned_with_201_and_takes_the_place_of_the_old_one(files):
    user, application = files.user(), files.values("/v1.0/applications")[0]
    body = {"principalId": user, "resourceId": application["id"], "appRoleId": roles.SPACE_ADMIN}

    answer = files.send("POST", f"/v1.0/users/{user}/appRoleAssignments", body)
    held = files.values(f"/v1.0/users/{user}/appRoleAssignments")
    removed = files.send("DELETE", f"/v1.0/users/{user}/appRoleAssignments/{answer.json['id']}")

    assert {role["id"] for role in application["appRoles"]} == set(roles.APP_ROLES)
    assert (answer.status_code, held) == (201, [answer.json])
    assert removed.status_code == 204
    assert files.values(f"/v1.0/users/{user}/appRoleAssignments") == []
    again = files.send("DELETE", f"/v1.0/users/{user}/appRoleAssignments/{answer.json['id']}")
    assert error_of(again) == (404, "itemNotFound")


@pytest.mark.parametrize(
    "change", [{"principalId": UNKNOWN}, {"resourceId": UNKNOWN}, {"appRoleId": UNKNOWN}, {"x": 1}]
)
def test_a_role_assignment_whose_ids_do_not_match_is_refused(files, change):
    user, application = files.user(), files.values("/v1.0/applications")[0]["id"]
    body = {"principalId": user, "resourceId": application, "appRoleId": roles.USER, **change}

    assert error_of(files.send("POST", f"/v1.0/users/{user}/appRoleAssignments", body)) == (
        400,
        "invalidRequest",
    )


def test_ones_own_role_cannot_be_changed(files):
    me, application = files.get("/v1.0/me").json["id"], files.values("/v1.0/applications")[0]["id"]
    body = {"principalId": me, "resourceId": application, "appRoleId": roles.USER}
    own = files.values(f"/v1.0/users/{me}/appRoleAssignments")[0]["id"]

    assert error_of(files.send("POST", f"/v1.0/users/{me}/appRoleAssignments", body)) == (403, "accessDenied")
    removed = files.send("DELETE", f"/v1.0/users/{me}/appRoleAssignments/{own}")
    assert error_of(removed) == (403, "accessDenied")


def test_without_the_admin_role_users_are_401_groups_403_and_foreign_spaces_404(files):
    user, group = files.user(), files.group()
    files.log_in("ada")
    personal = files.get(f"/v1.0/users/{user}?$expand=drive").json["drive"]["id"]
    files.sabotage(deed="role", to=roles.USER)
    body = {"onPremisesSamAccountName": "eve", "displayName": "Eve"}

    assert error_of(files.send("POST", "/v1.0/users", body)) == (401, "accessDenied")
    assert error_of(files.send("DELETE", f"/v1.0/users/{user}")) == (401, "accessDenied")
    assert error_of(files.send("DELETE", f"/v1.0/groups/{group}")) == (403, "accessDenied")
    assert error_of(files.send("POST", "/v1.0/drives", {"name": "Acme"})) == (403, "accessDenied")
    assert error_of(files.get(f"/v1.0/drives/{personal}")) == (404, "itemNotFound")
    assert error_of(files.send("DELETE", f"/v1.0/drives/{personal}")) == (404, "itemNotFound")
    assert error_of(files.get("/v1.0/users")) == (403, "accessDenied")


def test_a_read_only_directory_refuses_writes_of_users_and_groups(files):
    user, group = files.user(), files.group()
    files.sabotage(deed="read-only", to=True)

    assert error_of(files.send("PATCH", f"/v1.0/users/{user}", {"displayName": "x"})) == (405, "notAllowed")
    assert error_of(files.send("DELETE", f"/v1.0/groups/{group}")) == (405, "notAllowed")
    assert files.space()


def test_a_manager_without_the_admin_role_changes_only_what_it_manages(files):
    own, other = files.space("Own"), files.space("Other")
    me, user = files.get("/v1.0/me").json["id"], files.user()
    files.invite(other, user, "user", roles.MANAGER)
    files.send("PATCH", f"/v1beta1/drives/{other}/root/permissions/u:{me}", {"roles": [roles.VIEWER]})
    files.sabotage(deed="role", to=roles.USER)

    assert files.send("PATCH", f"/v1.0/drives/{own}", {"name": "New"}).status_code == 200
    assert files.get(f"/v1.0/drives/{other}").status_code == 200
    assert error_of(files.send("PATCH", f"/v1.0/drives/{other}", {"name": "New"})) == (404, "itemNotFound")


def test_roles_of_somebody_who_is_not_there_are_not_found(files):
    assert error_of(files.get(f"/v1.0/users/{UNKNOWN}/appRoleAssignments")) == (404, "itemNotFound")
