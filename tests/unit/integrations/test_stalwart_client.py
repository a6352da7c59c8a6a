import pytest

from chalicelib.errors import NeedsPerson, TryLater
from tests.unit.integrations.conftest import an_answer
from tests.unit.integrations.stalwart_answers import (
    a_client,
    a_domain,
    a_set,
    an_account,
    found,
    refused,
    results,
)


@pytest.fixture
def stalwart(vendor):
    return a_client(vendor)


def test_a_domain_is_found_with_one_request(vendor, stalwart):
    vendor.answers = [found(["b"], [a_domain(description="dezky:acme", isEnabled=True)])]

    (domain,) = stalwart.glance("dezky:acme", []).domains

    assert (domain.id, domain.name, domain.description) == ("b", "acme.test", "dezky:acme")
    assert vendor.requests[0].startswith("POST /jmap HTTP/1.1\r\n")


@pytest.mark.parametrize(("ids", "listed"), [(["b"], []), ([], [a_domain()]), (["b", "c"], [a_domain()])])
def test_a_query_and_its_get_have_to_agree(vendor, stalwart, ids, listed):
    vendor.answers = [found(ids, listed)]

    assert refused(lambda: stalwart.glance("dezky:acme", [])) == (TryLater, "moved")


def test_int_11_a_query_that_ignores_its_position_ends(vendor, stalwart):
    ids = [f"d{number}" for number in range(500)]
    vendor.answers = [found(ids, [a_domain(identity) for identity in ids])]

    assert refused(lambda: stalwart.glance("dezky:acme", [])) == (TryLater, "unexpected-answer")
    assert len(vendor.requests) == 2


def test_a_domain_that_a_filter_by_name_let_through_is_not_of_that_name(vendor, stalwart):
    vendor.answers = [found(["b", "c"], [a_domain(), a_domain("c", name="other.test")])]

    assert [domain.id for domain in stalwart.domains.named(["acme.test"])] == ["b"]


@pytest.mark.parametrize("result", [{"list": []}, {"list": [], "notFound": ["other"]}])
def test_silence_about_an_id_does_not_say_that_it_is_gone(vendor, stalwart, result):
    vendor.answers = [results(("x:Domain/get", result))]

    assert refused(lambda: stalwart.domains.get("b")) == (TryLater, "unexpected-answer")


def test_int_02_an_id_that_is_not_found_is_gone(vendor, stalwart):
    vendor.answers = [results(("x:Domain/get", {"list": [], "notFound": ["b"]}))]

    assert stalwart.domains.get("b") is None


def test_keys_that_may_not_be_managed_are_told(vendor, stalwart):
    vendor.answers = [a_set(notUpdated={"b": {"type": "forbidden"}})]

    assert refused(lambda: stalwart.domains.manage_keys("b")) == (NeedsPerson, "forbidden")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("serverUnavailable", (TryLater, "server-error")),
        ("serverFail", (TryLater, "server-error")),
        ("rateLimit", (TryLater, "busy")),
        ("forbidden", (NeedsPerson, "forbidden")),
        ("unsupportedFilter", (NeedsPerson, "refused")),
        ("unknownMethod", (NeedsPerson, "refused")),
    ],
)
def test_a_method_error_is_told_apart(vendor, stalwart, kind, expected):
    vendor.answers = [results(("error", {"type": kind}), ("error", {"type": "invalidResultReference"}))]

    assert refused(lambda: stalwart.glance("dezky:acme", [])) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("limit", (TryLater, "busy")), ("notRequest", (NeedsPerson, "refused"))]
)
def test_a_problem_with_the_whole_request_is_told_apart(vendor, stalwart, kind, expected):
    problem = {"type": f"urn:ietf:params:jmap:error:{kind}", "status": 400}
    vendor.answers = [an_answer(problem, "400 Bad Request", Content_Type="application/problem+json")]

    assert refused(lambda: stalwart.glance("dezky:acme", [])) == expected


def create(stalwart):
    return stalwart.domains.create("acme.test", "dezky:acme")


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
        ({"type": "serverFail"}, (TryLater, "server-error")),
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
def test_int_02_what_is_gone_is_destroyed(vendor, stalwart, result):
    vendor.answers = [a_set(**result)]

    assert stalwart.domains.destroy("b") == []


@pytest.mark.parametrize("result", [{}, {"destroyed": []}, {"destroyed": None}, {"destroyed": ["c"]}])
def test_silence_about_a_destruction_is_no_success(vendor, stalwart, result):
    vendor.answers = [a_set(**result)]

    assert refused(lambda: stalwart.domains.destroy("b")) == (TryLater, "unexpected-answer")


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

    assert refused(lambda: stalwart.domains.destroy("b")) == expected


def test_a_signature_of_another_domain_is_never_destroyed(vendor, stalwart):
    listed = [{"id": "s1", "domainId": "b"}, {"id": "s2", "domainId": "other"}]
    vendor.answers = [results(("x:DkimSignature/get", {"list": listed}))]

    assert refused(lambda: stalwart.domains.destroy_signatures(["s1", "s2"], "b")) == (
        TryLater,
        "unexpected-answer",
    )
    assert len(vendor.requests) == 1


def test_a_signature_that_may_not_go_is_told(vendor, stalwart):
    listed = [{"id": "s1", "domainId": "b"}]
    refusal = a_set("DkimSignature", notDestroyed={"s1": {"type": "forbidden"}})
    vendor.answers = [results(("x:DkimSignature/get", {"list": listed})), refusal]

    assert refused(lambda: stalwart.domains.destroy_signatures(["s1"], "b")) == (NeedsPerson, "forbidden")


def test_what_filters_and_ids_let_through_beside_what_was_asked_is_left_out(vendor, stalwart):
    domains = ("x:Domain/query", {"ids": []}), ("x:Domain/get", {"list": []})
    looked_up = ("x:Domain/get", {"list": [a_domain(), a_domain("c")]})
    accounts = [an_account("a1"), an_account("a2", domainId="c")]
    found_accounts = ("x:Account/query", {"ids": ["a1", "a2"]}), ("x:Account/get", {"list": accounts})
    vendor.answers = [results(*domains, looked_up, *found_accounts)]

    glance = stalwart.glance("dezky:acme", ["b"])

    assert [domain.id for domain in glance.domains] == ["b"]
    assert [account.id for account in glance.accounts] == ["a1"]


def test_a_key_that_a_filter_by_domain_let_through_is_not_of_it(vendor, stalwart):
    keys = [{"id": "s1", "domainId": "b"}, {"id": "s2", "domainId": "other"}]
    query = ("x:DkimSignature/query", {"ids": ["s1", "s2"]})
    vendor.answers = [results(query, ("x:DkimSignature/get", {"list": keys}))]

    assert [key.id for key in stalwart.domains.signatures("b")] == ["s1"]
