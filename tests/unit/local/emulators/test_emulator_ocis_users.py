import pytest

from tests.unit.local.emulators.emulator_clients import NAME, PUBLIC, UNKNOWN, error_of


@pytest.mark.parametrize("header", [None, "Basic eDp5", "Bearer app-token"])
def test_the_proxy_refuses_wrong_credentials_without_an_odata_body(files, header):
    headers = {"Authorization": header} if header else {}

    answer = files.http.get("/graph/v1.0/users", headers=headers)

    assert (answer.status_code, answer.data) == (401, b"")
    assert "Basic" in answer.headers["WWW-Authenticate"]


def test_the_caller_can_look_at_itself(files):
    assert files.get("/v1.0/me").json["onPremisesSamAccountName"] == NAME


def test_an_error_is_an_odata_error(files):
    answer = files.get(f"/v1.0/users/{UNKNOWN}")

    assert error_of(answer) == (404, "itemNotFound")
    assert answer.json["error"]["message"]
    assert set(answer.json["error"]["innererror"]) == {"date", "request-id"}


@pytest.mark.parametrize("path", ["/v1.0/drives/x/root", "/v1.0/nothing"])
def test_an_address_that_is_not_there_is_an_odata_error(files, path):
    assert error_of(files.get(path)) == (404, "itemNotFound")


def test_a_user_is_found_by_id_and_by_name_in_any_case(files):
    user = files.user("ada@acme.test", givenName="Ada")

    for key in (user, "ada@acme.test", "ADA@acme.test"):
        found = files.get(f"/v1.0/users/{key}").json
        assert (found["id"], found["givenName"], found["accountEnabled"]) == (user, "Ada", True)
    assert files.get("/v1.0/users/ada").status_code == 404


@pytest.mark.parametrize("is_enabled", [True, False])
def test_a_user_name_is_taken_in_any_case_also_by_a_disabled_user(files, is_enabled):
    files.user("ada", accountEnabled=is_enabled)

    answer = files.send("POST", "/v1.0/users", {"onPremisesSamAccountName": "ADA", "displayName": "Other"})

    assert error_of(answer) == (409, "nameAlreadyExists")


@pytest.mark.parametrize(
    "change",
    [
        {"id": UNKNOWN},
        {"onPremisesSamAccountName": "1ada"},
        {"onPremisesSamAccountName": "ada lovelace"},
        {"onPremisesSamAccountName": "äda"},
        {"onPremisesSamAccountName": None},
        {"displayName": ""},
        {"displayName": None},
        {"mail": "nowhere"},
        {"accountEnabled": "yes"},
        {"accountEnabled": 1},
        {"userType": "Robot"},
        {"preferredLanguage": "en"},
        {"username": "ada"},
    ],
)
def test_a_user_that_makes_no_sense_is_refused(files, change):
    body = {"onPremisesSamAccountName": "ada", "displayName": "Ada", **change}

    assert error_of(files.send("POST", "/v1.0/users", body)) == (400, "invalidRequest")
    assert len(files.values("/v1.0/users")) == 1


@pytest.mark.parametrize("body", ["{", "[]", '"x"', ""])
def test_a_body_that_is_no_object_is_refused(files, body):
    headers = {"Authorization": files.header}

    answer = files.http.post("/graph/v1.0/users", data=body, headers=headers)

    assert error_of(answer) == (400, "invalidRequest")


def test_a_user_is_changed_field_by_field(files):
    user = files.user()

    changed = files.send("PATCH", "/v1.0/users/ada", {"accountEnabled": False})
    unchanged = files.send("PATCH", f"/v1.0/users/{user}", {})

    assert (changed.status_code, changed.json["accountEnabled"], changed.json["displayName"]) == (
        200,
        False,
        "Ada",
    )
    assert unchanged.status_code == 204
    assert files.get(f"/v1.0/users/{user}").json["accountEnabled"] is False


def test_renaming_onto_somebody_else_is_a_conflict_but_onto_oneself_is_not(files):
    files.user("ada")
    eve = files.user("eve")

    onto = files.send("PATCH", f"/v1.0/users/{eve}", {"onPremisesSamAccountName": "Ada"})
    same = files.send("PATCH", f"/v1.0/users/{eve}", {"onPremisesSamAccountName": "Eve"})

    assert (error_of(onto), same.status_code) == ((409, "nameAlreadyExists"), 200)


@pytest.mark.parametrize(
    "body", [{"colour": "red"}, {"id": UNKNOWN}, {"mail": "x"}, {"preferredLanguage": "de"}]
)
def test_a_change_that_makes_no_sense_is_refused(files, body):
    assert error_of(files.send("PATCH", f"/v1.0/users/{files.user()}", body)) == (400, "invalidRequest")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_user_that_is_not_there_cannot_be_changed(files, method):
    assert error_of(files.send(method, f"/v1.0/users/{UNKNOWN}", {})) == (404, "itemNotFound")


def test_deleting_a_user_removes_the_personal_space_memberships_and_roles(files):
    user, group, space = files.user(), files.group(), files.space()
    files.send(
        "POST", f"/v1.0/groups/{group}/members/$ref", {"@odata.id": f"{PUBLIC}/graph/v1.0/users/{user}"}
    )
    files.invite(space, user, "user")
    files.log_in("ada")

    answer = files.send("DELETE", f"/v1.0/users/{user}")

    assert answer.status_code == 204
    assert [drive["driveType"] for drive in files.values("/v1.0/drives")] == ["project"]
    assert files.get(f"/v1.0/groups/{group}?$expand=members").json["members"] == []
    assert len(files.values(f"/v1beta1/drives/{space}/root/permissions")) == 1
    assert files.http.get("/_world").json["counts"]["assignments"] == 1


def test_nobody_deletes_oneself(files):
    assert error_of(files.send("DELETE", f"/v1.0/users/{NAME}")) == (403, "accessDenied")
