import base64

import pytest

from infra.local.emulators.ocis import OcisSettings, create_app, roles

PUBLIC = "http://files.test"
NAME, TOKEN = "platform", "app-token"
SETTINGS = OcisSettings(NAME, TOKEN, PUBLIC, None)
UNKNOWN = "00000000-0000-0000-0000-000000000000"


class Files:
    """A client of the Graph API, in process."""

    def __init__(self, app):
        self.http = app.test_client()
        self.header = "Basic " + base64.b64encode(f"{NAME}:{TOKEN}".encode()).decode()

    def send(self, method, path, json=None, **headers):
        headers = {"Authorization": self.header, **headers}
        return self.http.open(f"/graph{path}", method=method, json=json, headers=headers)

    def get(self, path):
        return self.send("GET", path)

    def values(self, path):
        return self.get(path).json["value"]

    def user(self, name="ada", **fields):
        body = {
            "onPremisesSamAccountName": name,
            "displayName": name.title(),
            "mail": "a@acme.test",
            **fields,
        }
        answer = self.send("POST", "/v1.0/users", body)
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    def group(self, name="dezky-t-acme"):
        return self.send("POST", "/v1.0/groups", {"displayName": name}).json["id"]

    def space(self, name="Acme", **fields):
        answer = self.send("POST", "/v1.0/drives", {"name": name, **fields})
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    def invite(self, space, recipient, kind="group", role=roles.EDITOR):
        recipients = [{"objectId": recipient, "@libre.graph.recipient.type": kind}]
        return self.send(
            "POST", f"/v1beta1/drives/{space}/root/invite", {"recipients": recipients, "roles": [role]}
        )

    def log_in(self, name, **more):
        return self.http.post("/_login", json={"username": name, **more})

    def sabotage(self, **deed):
        return self.http.post("/_sabotage", json=deed)


@pytest.fixture
def files():
    return Files(create_app(SETTINGS))


def error_of(answer):
    return answer.status_code, answer.json["error"]["code"]


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


def test_users_can_be_searched_filtered_ordered_and_expanded(files):
    ada, eve, group = (
        files.user("ada", mail="ada@acme.test"),
        files.user("eve", mail="eve@acme.test"),
        files.group(),
    )
    reference = {"@odata.id": f"{PUBLIC}/graph/v1.0/users/{eve}"}
    files.send("POST", f"/v1.0/groups/{group}/members/$ref", reference)

    def ids(query):
        return [user["id"] for user in files.values(f"/v1.0/users?{query}")]

    assert ids('$search="ada@acme.test"') == [ada]
    assert ids("$search=ADA") == [ada]
    assert ids(f"$filter=memberOf/any(x:x/id eq {group})") == [eve]
    assert ids(f"$filter=memberOf/any(x:x/id eq '{UNKNOWN}')") == []
    assert ids("$orderby=onPremisesSamAccountName desc&$search=acme") == [eve, ada]
    expanded = files.values("/v1.0/users?$search=eve&$expand=memberOf,appRoleAssignments")[0]
    assert expanded["memberOf"] == [{"id": group, "displayName": "dezky-t-acme"}]
    assert [held["appRoleId"] for held in expanded["appRoleAssignments"]] == [roles.USER]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$search=a@acme.test", (400, "invalidRequest")),
        ("$filter=mail eq 'a@acme.test'", (501, "notSupported")),
        ("$orderby=colour", (400, "invalidRequest")),
        ("$orderby=mail sideways", (400, "invalidRequest")),
        ("$expand=photo", (400, "invalidRequest")),
    ],
)
def test_query_options_that_are_not_supported_are_refused(files, query, expected):
    assert error_of(files.get(f"/v1.0/users?{query}")) == expected


def test_a_personal_space_appears_only_after_the_first_sign_in(files):
    user = files.user()
    before = files.get(f"/v1.0/users/{user}?$expand=drive").json

    first, second = files.log_in("ada").json, files.log_in("ada").json

    after = files.get(f"/v1.0/users/{user}?$expand=drive,drives").json
    assert "drive" not in before
    assert first["drive"]["id"] == second["drive"]["id"] == after["drive"]["id"] == after["drives"][0]["id"]
    assert (after["drive"]["driveType"], after["drive"]["owner"]["user"]["id"]) == ("personal", user)
    assert "drive" not in files.values("/v1.0/users?$search=ada&$expand=drive")[0]


def test_a_disabled_or_unknown_user_cannot_sign_in(files):
    files.user("ada", accountEnabled=False)

    assert error_of(files.log_in("ada")) == (403, "accessDenied")
    assert error_of(files.log_in("nobody")) == (404, "itemNotFound")
    assert error_of(files.http.post("/_login", json={"username": 1})) == (400, "invalidRequest")
    assert files.values("/v1.0/drives") == []


def test_a_groups_claim_takes_away_other_memberships(files):
    user, kept, lost = files.user(), files.group("kept"), files.group("lost")
    for group in (kept, lost):
        files.send("POST", f"/v1.0/groups/{group}/members/$ref", {"@odata.id": f"/graph/v1.0/users/{user}"})

    files.log_in("ada")
    without_claim = len(files.get(f"/v1.0/users/{user}?$expand=memberOf").json["memberOf"])
    files.log_in("ada", groups=["kept"])

    assert without_claim == 2
    assert [group["id"] for group in files.get(f"/v1.0/users/{user}?$expand=memberOf").json["memberOf"]] == [
        kept
    ]


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


def test_a_filter_on_other_properties_is_silently_ignored(files):
    first, second = files.space("Acme"), files.space("Other")

    def ids(query):
        return {drive["id"] for drive in files.values(f"/v1.0/drives?$filter={query}")}

    assert ids("name eq 'Acme'") == ids("description eq 'dezky:acme'") == {first, second}
    assert ids(f"id eq '{first}'") == {first}
    assert ids("driveType eq 'personal'") == set()


@pytest.mark.parametrize("query", ["name ne 'x'", "driveType gt 'x'", "contains(name,'x') and id eq 'y'"])
def test_other_operators_are_not_supported(files, query):
    assert error_of(files.get(f"/v1.0/drives?$filter={query}")) == (501, "notSupported")


def test_spaces_can_be_ordered(files):
    first, second = files.space("A"), files.space("B")

    drives = files.values("/v1.0/drives?$orderby=name desc")

    assert [drive["id"] for drive in drives] == [second, first]
    assert error_of(files.get("/v1.0/drives?$orderby=colour")) == (400, "invalidRequest")


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


def test_everything_survives_a_restart_and_ids_go_on(tmp_path):
    settings = OcisSettings(NAME, TOKEN, PUBLIC, tmp_path / "ocis.json")
    first = Files(create_app(settings))
    user, group, space = first.user(), first.group(), first.space()
    first.invite(space, group)

    second = Files(create_app(settings))

    for path in (f"/v1.0/users/{user}", f"/v1.0/groups/{group}", f"/v1.0/drives/{space}"):
        assert second.get(path).json == first.get(path).json
    assert len(second.values(f"/v1beta1/drives/{space}/root/permissions")) == 2
    assert second.user("eve") not in {user, group}


def test_ids_are_the_same_in_every_run(files):
    assert files.user() == Files(create_app(SETTINGS)).user()


def test_a_lie_answers_like_the_server_and_changes_nothing(files):
    files.http.post("/_faults", json={"fault": "lie", "times": 1})

    answer = files.send("POST", "/v1.0/drives", {"name": "Acme"})

    assert (answer.status_code, answer.json["name"]) == (201, "Acme")
    assert files.values("/v1.0/drives") == []


def test_somebody_may_act_behind_our_back(files):
    user, group, space = files.user(), files.group(), files.space(description="dezky:acme")
    files.invite(space, group)

    assert files.sabotage(deed="rename", kind="group", id=group, to="evil").json == {"id": group}
    files.sabotage(deed="remove-marker", kind="space", name="Acme")
    files.sabotage(deed="change", kind="user", name="ada", change={"accountEnabled": False})
    twin = files.sabotage(deed="create", kind="space", object={"name": "Acme"}).json["id"]
    files.sabotage(deed="trash", kind="space", id=twin)

    assert files.get("/v1.0/groups/evil").json["id"] == group
    assert "description" not in files.get(f"/v1.0/drives/{space}").json
    assert files.get(f"/v1.0/users/{user}").json["accountEnabled"] is False
    assert "deleted" in files.get(f"/v1.0/drives/{twin}").json["root"]
    for kind, identity in (("group", group), ("user", user), ("space", twin)):
        files.sabotage(deed="delete", kind=kind, id=identity)
    counts = files.http.get("/_world").json["counts"]
    assert counts == {"users": 1, "groups": 0, "spaces": 1, "assignments": 1}
    assert len(files.values(f"/v1beta1/drives/{space}/root/permissions")) == 1


@pytest.mark.parametrize(
    "deed",
    [
        {},
        {"deed": "explode", "kind": "user"},
        {"deed": "delete", "kind": "planet"},
        {"deed": "delete", "kind": "user", "name": "nobody"},
        {"deed": "rename", "kind": "user", "name": NAME},
        {"deed": "change", "kind": "user", "name": NAME, "change": {"id": "x"}},
        {"deed": "create", "kind": "space", "object": {"name": "a/b"}},
        {"deed": "role", "to": "king"},
    ],
)
def test_sabotage_that_makes_no_sense_is_refused(files, deed):
    assert files.sabotage(**deed).status_code == 422


def test_the_dump_holds_no_secret(files):
    assert TOKEN not in files.http.get("/_world").text
