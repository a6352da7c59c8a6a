import pytest

from tests.unit.local.emulators.emulator_clients import KEY, USING, a_domain, an_account


def test_discovery_redirects_to_the_session_without_a_body(mail):
    answer = mail.http.get("/.well-known/jmap")

    assert (answer.status_code, answer.headers["Location"], answer.data) == (307, "/jmap/session", b"")


def test_the_session_tells_limits_and_the_account(mail):
    session = mail.http.get("/jmap/session", headers={"Authorization": f"Bearer {KEY}"}).json

    limits = session["capabilities"]["urn:ietf:params:jmap:core"]
    assert (limits["maxCallsInRequest"], limits["maxObjectsInGet"], limits["maxObjectsInSet"]) == (
        16,
        500,
        500,
    )
    assert limits["maxConcurrentRequests"] == 4
    assert session["primaryAccounts"]["urn:stalwart:jmap"] in session["accounts"]


@pytest.mark.parametrize("header", [None, "Bearer API_wrong", f"Basic {KEY}", KEY])
@pytest.mark.parametrize(("method", "path"), [("GET", "/jmap/session"), ("POST", "/jmap")])
def test_wrong_credentials_are_a_401_problem_with_a_challenge(mail, header, method, path):
    headers = {"Authorization": header} if header else {}

    answer = mail.http.open(path, method=method, headers=headers)

    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ({"data": "{}", "content_type": "text/plain"}, "notJSON"),
        ({"data": "{", "content_type": "application/json"}, "notJSON"),
        ({"json": {"using": USING}}, "notRequest"),
        ({"json": {"using": USING, "methodCalls": [["x:Domain/get", {}]]}}, "notRequest"),
        ({"json": {"using": ["urn:nobody"], "methodCalls": []}}, "unknownCapability"),
        ({"json": {"using": USING, "methodCalls": [["x:Domain/get", {}, "0"]] * 17}}, "limit"),
    ],
)
def test_what_is_no_jmap_request_is_a_400_problem(mail, sent, kind):
    answer = mail.http.post("/jmap", headers={"Authorization": f"Bearer {KEY}"}, **sent)

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json["type"] == f"urn:ietf:params:jmap:error:{kind}"


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("x:Nothing/get", {}, "unknownMethod"),
        ("x:Domain/changes", {}, "unknownMethod"),
        ("Domain/get", {}, "unknownMethod"),
        ("x:Domain/get", {"accountId": "zz"}, "accountNotFound"),
        ("x:Domain/get", {"ids": "b"}, "invalidArguments"),
        ("x:Domain/get", {"ids": ["b"] * 501}, "requestTooLarge"),
        ("x:Domain/set", {"destroy": ["b"] * 501}, "requestTooLarge"),
        ("x:Domain/set", {"create": []}, "invalidArguments"),
        ("x:Domain/query", {"filter": {"isEnabled": True}}, "unsupportedFilter"),
        ("x:Tenant/query", {"filter": {"name": "acme"}}, "unsupportedFilter"),
        ("x:Domain/query", {"filter": {"memberTenantId": "NOT AN ID"}}, "unsupportedFilter"),
        ("x:Domain/query", {"filter": {"operator": "OR", "conditions": []}}, "unsupportedFilter"),
        ("x:Domain/query", {"sort": [{"property": "isEnabled"}]}, "unsupportedSort"),
        ("x:Domain/query", {"anchor": "b"}, "anchorNotFound"),
        ("x:Domain/query", {"filter": []}, "invalidArguments"),
        ("x:Domain/query", {"filter": {"operator": "AND"}}, "invalidArguments"),
        ("x:Domain/query", {"position": "1"}, "invalidArguments"),
        ("x:Domain/get", {"ids": [], "#ids": {}}, "invalidArguments"),
        ("x:Domain/get", {"#ids": {}}, "invalidResultReference"),
        ("x:Domain/query", {"limit": -1}, "invalidArguments"),
        ("x:Domain/query", {"names": ["acme.test"]}, "invalidArguments"),
        ("x:Domain/get", {"#ids": {"resultOf": "9", "name": "x", "path": "/ids"}}, "invalidResultReference"),
    ],
)
def test_a_refused_method_is_an_error_inside_a_200(mail, name, arguments, kind):
    [answer, error, tag] = mail.calls((name, arguments))[0]

    assert (answer, error["type"], tag) == ("error", kind, "0")


def test_one_refused_method_leaves_the_others_alone(mail):
    first, second = mail.calls(("x:Nothing/get", {}), ("x:Domain/get", {}))

    assert (first[0], second[0]) == ("error", "x:Domain/get")


def test_query_and_get_go_in_one_request_by_a_result_reference(mail):
    domain = a_domain(mail)

    answers = mail.calls(
        ("x:Domain/query", {"filter": {"name": "acme.test"}}),
        ("x:Domain/get", {"#ids": {"resultOf": "0", "name": "x:Domain/query", "path": "/ids"}}),
    )

    assert [found["id"] for found in answers[1][1]["list"]] == [domain]


def test_a_result_reference_reaches_into_lists(mail):
    domain = a_domain(mail)
    account = an_account(mail, domain)

    answers = mail.calls(
        ("x:Account/get", {"ids": [account]}),
        ("x:Domain/get", {"#ids": {"resultOf": "0", "name": "x:Account/get", "path": "/list/*/domainId"}}),
    )

    assert answers[1][1]["list"][0]["name"] == "acme.test"


def test_a_result_reference_to_nowhere_is_refused(mail):
    reference = {"resultOf": "0", "name": "x:Domain/query", "path": "/list/0/id"}

    answers = mail.calls(("x:Domain/query", {}), ("x:Domain/get", {"#ids": reference}))

    assert answers[1][1]["type"] == "invalidResultReference"


def test_without_the_management_capability_its_methods_are_unknown(mail):
    body = {"using": USING[:1], "methodCalls": [["x:Domain/get", {}, "0"]]}

    answer = mail.http.post("/jmap", json=body, headers={"Authorization": f"Bearer {KEY}"})

    assert answer.json["methodResponses"][0][1]["type"] == "unknownMethod"
