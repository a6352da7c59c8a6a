import pytest

from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.jmap import Jmap, endpoint
from tests.unit.integrations.conftest import an_answer


@pytest.fixture
def stalwart(vendor):
    return Stalwart(Jmap(Api(endpoint(vendor.url + "/", "API_key"), sleep=lambda _: None)))


def results(*responses):
    numbered = [[name, result, f"c{number}"] for number, (name, result) in enumerate(responses)]
    return an_answer({"methodResponses": numbered, "sessionState": "0"})


def a_set(kind="Domain", **result):
    return results((f"x:{kind}/set", result))


def a_domain(identity="b", **more):
    return {"id": identity, "name": "acme.test", **more}


def found(ids, listed):
    return results(("x:Domain/query", {"ids": ids}), ("x:Domain/get", {"list": listed}))


def refused(call):
    with pytest.raises((TryLater, NeedsPerson)) as caught:
        call()
    return type(caught.value), caught.value.code


def test_a_domain_is_found_with_one_request(vendor, stalwart):
    vendor.answers = [found(["b"], [a_domain(description="dezky:acme", isEnabled=True)])]

    (domain,) = stalwart.find_domains("dezky:acme", [])

    assert (domain.id, domain.name, domain.description) == ("b", "acme.test", "dezky:acme")
    assert vendor.requests[0].startswith("POST /jmap HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "answer",
    [
        an_answer({}),
        an_answer({"methodResponses": None}),
        an_answer({"methodResponses": []}),
        an_answer({"methodResponses": [["x:Domain/query", {"ids": []}, "c0"]]}),
        an_answer({"methodResponses": [["x:Domain/query", {"ids": []}, "c0"], []]}),
        an_answer(
            {"methodResponses": [["x:Domain/query", {"ids": []}, "c0"], ["x:Domain/get", {"list": []}, "c7"]]}
        ),
        an_answer({"methodResponses": [["x:Domain/query", {"ids": []}, "c0"], ["x:Domain/get", [], "c1"]]}),
        results(("x:Domain/query", {"ids": []}), ("x:Account/get", {"list": []})),
        results(("x:Domain/query", {}), ("x:Domain/get", {"list": []})),
        results(("x:Domain/query", {"ids": []}), ("x:Domain/get", {})),
        results(("x:Domain/query", {"ids": []}), ("x:Domain/get", {"list": None})),
        results(("x:Domain/query", {"ids": []}), ("x:Domain/get", {"list": {}})),
        results(("x:Domain/query", {"ids": ["b"]}), ("x:Domain/get", {"list": [{"id": "b"}]})),
        results(("error", {}), ("x:Domain/get", {"list": []})),
    ],
)
def test_an_answer_that_does_not_fit_the_question_is_no_list(vendor, stalwart, answer):
    vendor.answers = [answer]

    assert refused(lambda: stalwart.find_domains("dezky:acme", [])) == (TryLater, "unexpected-answer")


@pytest.mark.parametrize(("ids", "listed"), [(["b"], []), ([], [a_domain()]), (["b", "c"], [a_domain()])])
def test_a_query_and_its_get_have_to_agree(vendor, stalwart, ids, listed):
    vendor.answers = [found(ids, listed)]

    assert refused(lambda: stalwart.find_domains("dezky:acme", [])) == (TryLater, "moved")


def test_a_query_that_ignores_its_position_ends(vendor, stalwart):
    ids = [f"d{number}" for number in range(500)]
    vendor.answers = [found(ids, [a_domain(identity) for identity in ids])]

    assert refused(lambda: stalwart.find_domains("dezky:acme", [])) == (TryLater, "unexpected-answer")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("serverUnavailable", (TryLater, "busy")),
        ("serverFail", (TryLater, "busy")),
        ("forbidden", (NeedsPerson, "forbidden")),
        ("unsupportedFilter", (NeedsPerson, "refused")),
        ("unknownMethod", (NeedsPerson, "refused")),
    ],
)
def test_a_method_error_is_told_apart(vendor, stalwart, kind, expected):
    vendor.answers = [results(("error", {"type": kind}), ("error", {"type": "invalidResultReference"}))]

    assert refused(lambda: stalwart.find_domains("dezky:acme", [])) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("limit", (TryLater, "busy")), ("notRequest", (NeedsPerson, "refused"))]
)
def test_a_problem_with_the_whole_request_is_told_apart(vendor, stalwart, kind, expected):
    problem = {"type": f"urn:ietf:params:jmap:error:{kind}", "status": 400}
    vendor.answers = [an_answer(problem, "400 Bad Request", Content_Type="application/problem+json")]

    assert refused(lambda: stalwart.find_domains("dezky:acme", [])) == expected


def create(stalwart):
    return stalwart.create_domain("acme.test", "dezky:acme")


def test_a_creation_counts_only_when_it_is_named(vendor, stalwart):
    vendor.answers = [a_set(created={"k": {"id": "b"}}, notCreated=None)]

    assert create(stalwart) is None


@pytest.mark.parametrize(
    "result", [{}, {"created": None}, {"created": {"other": {"id": "b"}}}, {"notCreated": {}}]
)
def test_silence_about_a_creation_is_no_success(vendor, stalwart, result):
    vendor.answers = [a_set(**result)]

    assert refused(lambda: create(stalwart)) == (TryLater, "unexpected-answer")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"type": "forbidden"}, (NeedsPerson, "forbidden")),
        ({"type": "validationFailed"}, (NeedsPerson, "refused")),
        ({"type": "serverFail"}, (TryLater, "busy")),
        ({"type": 7}, (TryLater, "unexpected-answer")),
        ({"type": "primaryKeyViolation"}, (TryLater, "unexpected-answer")),
    ],
)
def test_a_refused_creation_is_told_apart(vendor, stalwart, error, expected):
    vendor.answers = [a_set(notCreated={"k": error})]

    assert refused(lambda: create(stalwart)) == expected


def test_the_holder_of_a_name_is_told(vendor, stalwart):
    error = {"type": "primaryKeyViolation", "objectId": {"object": "Domain", "id": "c"}}
    vendor.answers = [a_set(notCreated={"k": error})]

    assert create(stalwart) == "c"


@pytest.mark.parametrize("result", [{"destroyed": ["b"]}, {"notDestroyed": {"b": {"type": "notFound"}}}])
def test_what_is_gone_is_destroyed(vendor, stalwart, result):
    vendor.answers = [a_set(**result)]

    assert stalwart.destroy_domain("b") == []


@pytest.mark.parametrize("result", [{}, {"destroyed": []}, {"destroyed": None}, {"destroyed": ["c"]}])
def test_silence_about_a_destruction_is_no_success(vendor, stalwart, result):
    vendor.answers = [a_set(**result)]

    assert refused(lambda: stalwart.destroy_domain("b")) == (TryLater, "unexpected-answer")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"type": "forbidden"}, (NeedsPerson, "forbidden")),
        ({"type": "objectIsLinked"}, (TryLater, "unexpected-answer")),
        ({"type": "objectIsLinked", "linkedObjects": None}, (TryLater, "unexpected-answer")),
    ],
)
def test_a_refused_destruction_is_told_apart(vendor, stalwart, error, expected):
    vendor.answers = [a_set(notDestroyed={"b": error})]

    assert refused(lambda: stalwart.destroy_domain("b")) == expected


def test_a_signature_of_another_domain_is_never_destroyed(vendor, stalwart):
    listed = [{"id": "s1", "domainId": "b"}, {"id": "s2", "domainId": "other"}]
    vendor.answers = [results(("x:DkimSignature/get", {"list": listed}))]

    assert refused(lambda: stalwart.destroy_signatures(["s1", "s2"], "b")) == (TryLater, "unexpected-answer")
    assert len(vendor.requests) == 1


def test_a_signature_that_may_not_go_is_told(vendor, stalwart):
    listed = [{"id": "s1", "domainId": "b"}]
    refusal = a_set("DkimSignature", notDestroyed={"s1": {"type": "forbidden"}})
    vendor.answers = [results(("x:DkimSignature/get", {"list": listed})), refusal]

    assert refused(lambda: stalwart.destroy_signatures(["s1"], "b")) == (NeedsPerson, "forbidden")
