"""Whatever is sent, an emulator answers like a server; and two clients at once see one order of things."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.local.emulators.ocis import OcisSettings
from infra.local.emulators.ocis import create_app as create_ocis
from infra.local.emulators.stalwart import StalwartSettings
from infra.local.emulators.stalwart import create_app as create_stalwart

USING = ["urn:ietf:params:jmap:core", "urn:stalwart:jmap"]
BEARER = {"Authorization": "Bearer API_test"}
BASIC = {"Authorization": "Basic " + base64.b64encode(b"platform:token").decode()}

WORDS = [
    *("name", "id", "ids", "#ids", "filter", "create", "update", "destroy", "properties", "sort", "@type"),
    *(
        "domainId",
        "memberTenantId",
        "operator",
        "conditions",
        "aliases",
        "quotas",
        "permissions",
        "k",
        "User",
    ),
    *("accountId", "position", "anchor", "limit", "resultOf", "path", "property", "deed", "kind", "object"),
    *("displayName", "onPremisesSamAccountName", "mail", "recipients", "roles", "quota", "total", "objectId"),
    *("rename", "delete", "create", "role", "Domain", "user", "space", "account", "action"),
    *("members@odata.bind", "@odata.id", "driveType", "fault", "acme.test", "0", "change", "to", "groups"),
]
plain = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(WORDS)
    | st.text()
)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
)
METHODS = [
    f"x:{kind}/{verb}"
    for kind in ("Tenant", "Domain", "Account", "DkimSignature")
    for verb in ("query", "get", "set")
]
quickly = settings(
    max_examples=40, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@quickly
@given(
    name=st.sampled_from(METHODS),
    first=anything,
    rest=st.dictionaries(st.sampled_from(WORDS), anything),
    on=st.booleans(),
)
def test_any_arguments_get_a_jmap_answer(name, first, rest, on):
    mail = create_stalwart(StalwartSettings("API_test", None, enterprise=on)).test_client()
    create = {"create": {"k": first}, "update": {"b": first}}

    for arguments in (rest, create):
        body = {"using": USING, "methodCalls": [[name, arguments, "0"]]}
        answer = mail.post("/jmap", json=body, headers=BEARER)
        assert answer.status_code == 200
        assert answer.json["methodResponses"][0][0] in {name, "error"}


@quickly
@given(body=anything, path=st.sampled_from(["/jmap", "/_faults", "/_sabotage", "/_try"]))
def test_any_body_gets_an_answer_from_the_mail_server(body, path):
    mail = create_stalwart(StalwartSettings("API_test", None)).test_client()

    assert mail.post(path, json=body, headers=BEARER).status_code < 500


@quickly
@given(
    body=anything,
    call=st.sampled_from(
        [
            *(
                ("POST", path)
                for path in ("/_login", "/_sabotage", "/graph/v1.0/users", "/graph/v1.0/groups")
            ),
            *(("POST", f"/graph/v1.0/{path}") for path in ("drives", "groups/g/members/$ref")),
            ("POST", "/graph/v1.0/users/platform/appRoleAssignments"),
            *(("PATCH", f"/graph/v1.0/{path}") for path in ("users/platform", "groups/g", "drives/d")),
            ("POST", "/graph/v1beta1/drives/d/root/invite"),
            ("PATCH", "/graph/v1beta1/drives/d/root/permissions/p"),
        ]
    ),
)
def test_any_body_gets_an_answer_from_the_file_server(body, call):
    files = create_ocis(OcisSettings("platform", "token", "http://files.test", None)).test_client()
    files.post("/graph/v1.0/groups", json={"displayName": "g"}, headers=BASIC)

    assert files.open(call[1], method=call[0], json=body, headers=BASIC).status_code < 500


@quickly
@given(
    path=st.sampled_from(["users", "groups", "drives"]),
    options=st.dictionaries(st.sampled_from(["$filter", "$search", "$orderby", "$expand"]), st.text()),
)
def test_any_query_gets_an_answer_from_the_file_server(path, options):
    files = create_ocis(OcisSettings("platform", "token", "http://files.test", None)).test_client()

    answer = files.get(f"/graph/v1.0/{path}", query_string=options, headers=BASIC)

    assert answer.status_code in {200, 400, 501}


def at_once(count, work):
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def test_of_many_who_create_the_same_domain_at_once_one_wins(tmp_path):
    world = create_stalwart(StalwartSettings("API_test", tmp_path / "state.json")).extensions["world"]

    answers = at_once(8, lambda _: world.set("Domain", {"create": {"k": {"name": "acme.test"}}}))

    assert sum("created" in answer for answer in answers) == 1
    assert sum("notCreated" in answer for answer in answers) == 7


def test_of_many_who_create_the_same_user_at_once_one_wins():
    app = create_ocis(OcisSettings("platform", "token", "http://files.test", None))
    body = {"onPremisesSamAccountName": "ada", "displayName": "Ada"}

    def create(_):
        return app.test_client().post("/graph/v1.0/users", json=body, headers=BASIC).status_code

    assert sorted(at_once(8, create)) == [201] + [409] * 7


@pytest.mark.parametrize("fault", ["drop-after-commit", "lie"])
def test_faults_leave_other_clients_alone(fault):
    app = create_ocis(OcisSettings("platform", "token", "http://files.test", None))
    app.test_client().post("/_faults", json={"fault": fault, "path": "/drives$"})

    def create(number):
        body = {"onPremisesSamAccountName": f"user{number}", "displayName": "User"}
        return app.test_client().post("/graph/v1.0/users", json=body, headers=BASIC).status_code

    assert at_once(8, create) == [201] * 8
