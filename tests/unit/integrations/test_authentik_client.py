import pytest

from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater
from chalicelib.integrations.authentik.client import Authentik, endpoint
from chalicelib.integrations.downstream import Api
from tests.unit.integrations.conftest import an_answer


def an_authentik(vendor):
    return Authentik(Api(endpoint(vendor.url + "/", "token"), sleep=lambda _: None))


def a_page(*names, following=0):
    groups = [{"pk": f"pk-{name}", "name": name, "is_superuser": False, "attributes": {}} for name in names]
    return an_answer({"pagination": {"next": following}, "results": groups})


def test_a_filter_that_lets_everything_through_is_seen_through(vendor):
    vendor.answers = [a_page("zeta", "acme-2", following=2), a_page("ACME", "acme")]

    assert an_authentik(vendor).find_group("acme").pk == "pk-acme"
    assert [request.split()[1].partition("&page_size")[0] for request in vendor.requests] == [
        "/api/v3/core/groups/?name=acme&include_users=false&page=1",
        "/api/v3/core/groups/?name=acme&include_users=false&page=2",
    ]


def test_names_of_others_are_nobody(vendor):
    vendor.answers = [a_page("acme-2", "dezky-t-acme")]

    assert an_authentik(vendor).find_group("acme") is None


@pytest.mark.parametrize("following", [1, 2])
def test_a_list_that_leads_back_to_itself_ends(vendor, following):
    vendor.answers = [a_page("zeta", following=2), a_page("zeta", following=following)]

    with pytest.raises(TryLater) as caught:
        an_authentik(vendor).find_group("acme")

    assert caught.value.code == "unexpected-answer"
    assert len(vendor.requests) == 2


def test_a_page_that_is_gone_makes_the_list_worthless(vendor):
    vendor.answers = [a_page("zeta", following=2), an_answer({"detail": "Invalid page."}, "404 Not Found")]

    with pytest.raises(TryLater):
        an_authentik(vendor).find_group("acme")


@pytest.mark.parametrize(
    "body", [{}, {"results": []}, {"pagination": {"next": 0}}, {"pagination": {"next": "0"}, "results": []}]
)
def test_half_a_page_is_no_page(vendor, body):
    vendor.answers = [an_answer(body)]

    with pytest.raises(TryLater):
        an_authentik(vendor).find_group("acme")


def test_a_group_that_is_gone_is_looked_for_again_later(vendor):
    vendor.answers = [an_answer({"detail": "Not found."}, "404 Not Found")]

    with pytest.raises(TryLater) as caught:
        an_authentik(vendor).change_group("a/b", {})

    assert caught.value.code == "moved"
    assert vendor.requests[0].startswith("PATCH /api/v3/core/groups/a%2Fb/ ")


@pytest.mark.parametrize("detail", ["Token invalid/expired", "Authentication credentials were not provided."])
def test_403_about_the_token_is_about_credentials(vendor, detail):
    vendor.answers = [an_answer({"detail": detail}, "403 Forbidden")]

    with pytest.raises(CredentialsRefused):
        an_authentik(vendor).find_group("acme")


@pytest.mark.parametrize("body", [{"detail": "You do not have permission to perform this action."}, [], None])
def test_any_other_403_needs_a_person(vendor, body):
    vendor.answers = [an_answer(body, "403 Forbidden")]

    with pytest.raises(NeedsPerson):
        an_authentik(vendor).find_group("acme")
