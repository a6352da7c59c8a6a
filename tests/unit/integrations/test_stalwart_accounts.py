import pytest

from chalicelib.errors import NeedsPerson, TryLater
from tests.unit.integrations.conftest import an_answer
from tests.unit.integrations.stalwart_answers import a_client, a_set, an_account, refused, results


@pytest.fixture
def stalwart(vendor):
    return a_client(vendor)


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

    assert refused(lambda: stalwart.glance("dezky:acme", [])) == (TryLater, "unexpected-answer")


def test_an_account_that_a_filter_by_domain_let_through_is_not_on_it(vendor, stalwart):
    listed = [an_account("a1"), an_account("a2", domainId="other")]
    vendor.answers = [
        results(("x:Account/query", {"ids": ["a1", "a2"]}), ("x:Account/get", {"list": listed}))
    ]

    assert [account.id for account in stalwart.accounts.on(["b"])] == ["a1"]


@pytest.mark.parametrize(
    "change",
    [
        {"permissions": None},
        {"permissions": {}},
        {"permissions": {"@type": "Merge", "disabledPermissions": ["authenticate"]}},
        {"roles": "User"},
        {"quotas": {"maxDiskQuota": "5"}},
        {"domainId": None},
        {"@type": 7},
    ],
)
def test_half_an_account_is_none(vendor, stalwart, change):
    listed = [{**an_account("a1"), **change}]
    vendor.answers = [results(("x:Account/get", {"list": listed}))]

    assert refused(lambda: stalwart.accounts.get(["a1"])) == (TryLater, "unexpected-answer")


def test_an_account_is_refused_with_its_address(vendor, stalwart):
    vendor.answers = [a_set("Account", notCreated={"ada@acme.test": {"type": "invalidPatch"}})]

    with pytest.raises(NeedsPerson) as caught:
        stalwart.accounts.create({"ada@acme.test": {}})

    assert "ada@acme.test" in caught.value.message


def test_an_account_that_went_away_is_looked_for_again(vendor, stalwart):
    vendor.answers = [a_set("Account", notUpdated={"a1": {"type": "notFound"}})]

    assert refused(lambda: stalwart.accounts.update({"a1": {}})) == (TryLater, "moved")


@pytest.mark.parametrize("result", [{}, {"updated": None}, {"updated": {"a2": None}}])
def test_silence_about_a_change_is_no_success(vendor, stalwart, result):
    vendor.answers = [a_set("Account", **result)]

    assert refused(lambda: stalwart.accounts.update({"a1": {}})) == (TryLater, "unexpected-answer")


def test_a_change_that_is_refused_is_told(vendor, stalwart):
    vendor.answers = [a_set("Account", notUpdated={"a1": {"type": "forbidden"}})]

    assert refused(lambda: stalwart.accounts.update({"a1": {}})) == (NeedsPerson, "forbidden")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"type": "objectIsLinked", "linkedObjects": [{"object": "Account", "id": "a2"}]}, "mailbox-in-use"),
        ({"type": "forbidden"}, "forbidden"),
    ],
)
def test_a_mailbox_that_may_not_go_is_told(vendor, stalwart, error, expected):
    vendor.answers = [a_set("Account", notDestroyed={"a1": error})]

    assert refused(lambda: stalwart.accounts.destroy(["a1"])) == (NeedsPerson, expected)
