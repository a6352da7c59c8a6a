"""Answers and fields of the emulator against the vendor's description of the LibreGraph API."""

import base64
from pathlib import Path

import pytest
import yaml
from openapi_schema_validator import OAS30ReadValidator

from infra.local.emulators.ocis import OcisSettings, create_app, fields, roles

NAME = Path("shared/specs/libregraph.yaml")
SETTINGS = OcisSettings("platform", "app-token", "http://files.test", None)

# Where the server does otherwise than its description says, and the emulator does as the server.
DEVIATIONS = {
    # (method, path): the status that the server answers, and the described one whose schema holds
    ("post", "/v1.0/users/{user-id}/appRoleAssignments"): ("201", "200"),
    # An empty PATCH of a user is answered without a body, which the description does not know.
    ("patch", "/v1.0/users/{user-id}"): ("204", None),
}
# Request headers of DELETE and PATCH /v1.0/drives/{drive-id} that the description leaves out.
UNDESCRIBED_HEADERS = {"Purge", "Restore"}
# Described as read-only, but the server takes it on POST and PATCH of drives.
WRITABLE = {"quota"}


@pytest.fixture(scope="module")
def spec():
    for folder in Path(__file__).resolve().parents:
        if (folder / NAME).exists():
            # Some response codes are written without quotes: all keys become text.
            return with_text_keys(yaml.safe_load((folder / NAME).read_text("utf-8")))
    pytest.skip("the vendor's description is not beside this checkout")


def with_text_keys(value):
    if isinstance(value, dict):
        return {str(key): with_text_keys(item) for key, item in value.items()}
    return [with_text_keys(item) for item in value] if isinstance(value, list) else value


class Described:
    """A client that holds every answer against the description, and notes what it called."""

    def __init__(self, spec):
        self._spec, self._http, self.called = spec, create_app(SETTINGS).test_client(), set()

    def log_in(self, name):
        assert self._http.post("/_login", json={"username": name}).status_code == 200

    def __call__(self, method, path, json=None, query="", headers=None, **names):
        """The body of the answer to `path` as described, with `names` filled in."""
        address = path
        for name, value in names.items():
            address = address.replace("{" + name.replace("_", "-") + "}", value)
        secret = base64.b64encode(b"platform:app-token").decode()
        answer = self._http.open(
            f"/graph{address}{query}",
            method=method,
            json=json,
            headers={"Authorization": f"Basic {secret}", **(headers or {})},
        )
        self.called.add((method, path))
        self._check(method, path, answer)
        return answer.json if answer.data else None

    def _check(self, method, path, answer):
        responses = self._spec["paths"][path][method]["responses"]
        status = str(answer.status_code)
        if DEVIATIONS.get((method, path), ("", ""))[0] == status:
            status = DEVIATIONS[method, path][1]
        if status is None:
            assert not answer.data
            return
        assert status in responses or answer.status_code >= 400, f"{method} {path} answered {status}"
        described = responses.get(status, responses["default"])
        if "$ref" in described:
            described = self._spec["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
        self._check_body(described, answer)

    def _check_body(self, described, answer):
        content = described.get("content", {}).get("application/json")
        if content is None:
            assert not answer.data
            return
        schema = {**content["schema"], "components": self._spec["components"]}
        errors = [error.message for error in OAS30ReadValidator(schema).iter_errors(answer.json)]
        assert errors == []


@pytest.fixture(scope="module")
def called(spec):
    """Every pair of method and path that the platform uses, called at least once with success."""
    call = Described(spec)
    users_of(call)
    groups_and_spaces_of(call)
    refusals_of(call)
    return call.called


def users_of(call):
    body = {"onPremisesSamAccountName": "ada", "displayName": "Ada", "mail": "ada@acme.test"}
    user = call("post", "/v1.0/users", body)["id"]
    call.log_in("ada")
    call("get", "/v1.0/me")
    assert call("get", "/v1.0/users", query="?$expand=memberOf,appRoleAssignments")["value"][1]["id"] == user
    expanded = call("get", "/v1.0/users/{user-id}", query="?$expand=drive,drives,memberOf", user_id=user)
    assert expanded["drive"]
    call("patch", "/v1.0/users/{user-id}", {"accountEnabled": False}, user_id=user)
    call("patch", "/v1.0/users/{user-id}", {}, user_id=user)
    application = call("get", "/v1.0/applications")["value"][0]["id"]
    path = "/v1.0/users/{user-id}/appRoleAssignments"
    role = {"principalId": user, "resourceId": application, "appRoleId": roles.SPACE_ADMIN}
    assignment = call("post", path, role, user_id=user)["id"]
    assert call("get", path, user_id=user)["value"][0]["id"] == assignment
    names = {"user_id": user, "appRoleAssignment_id": assignment}
    call("delete", path + "/{appRoleAssignment-id}", **names)
    call("delete", "/v1.0/users/{user-id}", user_id=user)


def groups_and_spaces_of(call):
    user = call("post", "/v1.0/users", {"onPremisesSamAccountName": "eve", "displayName": "Eve"})["id"]
    group = call("post", "/v1.0/groups", {"displayName": "dezky-t-acme"})["id"]
    reference = {"@odata.id": f"http://files.test/graph/v1.0/users/{user}"}
    call("post", "/v1.0/groups/{group-id}/members/$ref", reference, group_id=group)
    assert call("get", "/v1.0/groups", query="?$expand=members")["value"][0]["members"]
    assert call("get", "/v1.0/groups/{group-id}", query="?$expand=members", group_id=group)["members"]
    call("patch", "/v1.0/groups/{group-id}", {"displayName": "dezky-t-acme-2"}, group_id=group)
    space = call("post", "/v1.0/drives", {"name": "Acme", "description": "d", "quota": {"total": 9}})["id"]
    call("patch", "/v1.0/drives/{drive-id}", {"quota": {"total": 10}}, drive_id=space)
    call("get", "/v1.0/drives/{drive-id}", drive_id=space)
    sharing_of(call, space, group)
    member = {"group_id": group, "directory_object_id": user}
    call("delete", "/v1.0/groups/{group-id}/members/{directory-object-id}/$ref", **member)
    call("delete", "/v1.0/groups/{group-id}", group_id=group)
    call("delete", "/v1.0/drives/{drive-id}", drive_id=space)
    assert call("get", "/v1.0/drives")["value"][0]["root"]["deleted"]
    call("patch", "/v1.0/drives/{drive-id}", {}, headers={"Restore": "true"}, drive_id=space)
    call("delete", "/v1.0/drives/{drive-id}", drive_id=space)
    call("delete", "/v1.0/drives/{drive-id}", headers={"Purge": "T"}, drive_id=space)


def sharing_of(call, space, group):
    root = "/v1beta1/drives/{drive-id}/root"
    recipients = [{"objectId": group, "@libre.graph.recipient.type": "group"}]
    call("post", root + "/invite", {"recipients": recipients, "roles": [roles.EDITOR]}, drive_id=space)
    assert len(call("get", root + "/permissions", drive_id=space)["value"]) == 2
    names = {"drive_id": space, "perm_id": f"g:{group}"}
    call("patch", root + "/permissions/{perm-id}", {"roles": [roles.VIEWER]}, **names)
    call("delete", root + "/permissions/{perm-id}", **names)


def refusals_of(call):
    assert call("get", "/v1.0/users/{user-id}", user_id="nobody")["error"]["code"] == "itemNotFound"
    assert call("post", "/v1.0/users", {"colour": "red"})["error"]["code"] == "invalidRequest"
    assert call("post", "/v1beta1/drives/{drive-id}/root/invite", {}, drive_id="x")["error"]


def test_all_pairs_answer_as_described(called):
    without_me = called - {("get", "/v1.0/me")}

    assert len(without_me) == 25


def test_every_accepted_deviation_is_one(spec, called):
    for (method, path), (status, _) in DEVIATIONS.items():
        assert (method, path) in called
        assert status not in spec["paths"][path][method]["responses"]
    for method in ("delete", "patch"):
        described = spec["paths"]["/v1.0/drives/{drive-id}"][method].get("parameters", [])
        assert not UNDESCRIBED_HEADERS & {parameter.get("name") for parameter in described}
    assert set(fields.DRIVE) >= WRITABLE


@pytest.mark.parametrize(
    ("schema", "known"),
    [
        ("userUpdate", fields.USER),
        ("group", fields.GROUP),
        ("driveUpdate", fields.DRIVE),
        ("quota", fields.QUOTA),
        ("driveItemInvite", fields.INVITE),
        ("driveRecipient", fields.RECIPIENT),
        ("permission", fields.PERMISSION),
        ("appRoleAssignment", fields.ASSIGNMENT),
    ],
)
def test_bodies_may_have_the_described_fields_and_no_others(spec, schema, known):
    assert set(known) == set(spec["components"]["schemas"][schema]["properties"])
