import pytest

from chalicelib.errors import CredentialsRefused, NeedsPerson, TryLater
from chalicelib.integrations.authentik.client import Authentik, endpoint
from chalicelib.integrations.downstream import Api
from tests.unit.integrations.conftest import an_answer

LINK = "https://id.dezky.test/if/flow/recovery/?flow_token=canary"


def an_authentik(vendor):
    return Authentik(Api(endpoint(vendor.url + "/", "token"), sleep=lambda _: None))


def a_page(*names, following=0, count=None):
    groups = [{"pk": f"pk-{name}", "name": name, "is_superuser": False, "attributes": {}} for name in names]
    count = len(names) if count is None else count
    return an_answer({"pagination": {"next": following, "count": count}, "results": groups})


def a_team(**changed):
    members = [{"pk": 1, "username": "ada@acme.test", "attributes": {}}]
    team = {"pk": "pk", "name": "acme", "is_superuser": False, "attributes": {}, "users": [1]}
    listed = [{**team, "users_obj": members, **changed}]
    return an_answer({"pagination": {"next": 0, "count": 1}, "results": listed})


def some_users(*users):
    plain = {"name": "", "email": "", "is_active": True, "path": "dezky/acme", "type": "internal"}
    listed = [
        {"pk": number, "username": f"user{number}", "attributes": {}, **plain, **user}
        for number, user in enumerate(users)
    ]
    return an_answer({"pagination": {"next": 0, "count": len(listed)}, "results": listed})


def refused(**complaints):
    return an_answer(complaints, "400 Bad Request")


def test_a_filter_that_lets_everything_through_is_seen_through(vendor):
    vendor.answers = [a_page("zeta", "acme-2", following=2), a_page("ACME", "acme", count=4)]

    assert an_authentik(vendor).groups.find("acme").pk == "pk-acme"
    assert [request.split()[1].partition("&page_size")[0] for request in vendor.requests] == [
        "/api/v3/core/groups/?name=acme&include_users=false&page=1",
        "/api/v3/core/groups/?name=acme&include_users=false&page=2",
    ]


def test_names_of_others_are_nobody(vendor):
    vendor.answers = [a_page("acme-2", "dezky-t-acme")]

    assert an_authentik(vendor).groups.find("acme") is None


def test_users_that_a_filter_let_through_are_left_out(vendor):
    theirs = {"path": "dezky/acme-2", "username": "ADA", "attributes": {"dezky_tenant": ["acme"]}}
    vendor.answers = [some_users(theirs, {"username": "ada", "attributes": {"dezky_tenant": "acme"}})]
    users = an_authentik(vendor).users

    assert [user.pk for user in users.under("dezky/acme")] == [1]
    assert [user.pk for user in users.marked("acme")] == [1]
    assert users.named("ada").pk == 1


def test_bindings_that_a_filter_let_through_are_left_out(vendor):
    binding = {"pk": "1", "target": "mail", "group": "g", "enabled": True, "negate": False}
    listed = [binding, {**binding, "pk": "2", "target": "files", "group": None}]
    vendor.answers = [an_answer({"pagination": {"next": 0, "count": 2}, "results": listed})]

    assert [each.pk for each in an_authentik(vendor).applications.bindings("files")] == ["2"]


@pytest.mark.parametrize("following", [1, 2])
def test_int_11_a_list_that_leads_back_to_itself_ends(vendor, following):
    vendor.answers = [a_page("zeta", following=2), a_page("zeta", following=following)]

    with pytest.raises(TryLater) as caught:
        an_authentik(vendor).groups.find("acme")

    assert caught.value.code == "unexpected-answer"
    assert len(vendor.requests) == 2


def test_int_10_a_page_that_is_gone_makes_the_list_worthless(vendor):
    vendor.answers = [a_page("zeta", following=2), an_answer({"detail": "Invalid page."}, "404 Not Found")]

    with pytest.raises(TryLater):
        an_authentik(vendor).groups.find("acme")


@pytest.mark.parametrize(
    "pages",
    [
        [a_page("acme", count=2)],
        [a_page("acme", count=0)],
        [a_page("acme", "acme", count=2)],
        [a_page("acme", following=2, count=2), a_page("acme", count=2)],
    ],
)
def test_int_11_a_list_that_is_not_whole_or_repeats_itself_is_not_believed(vendor, pages):
    vendor.answers = pages

    with pytest.raises(TryLater) as caught:
        an_authentik(vendor).groups.find("acme")

    assert caught.value.code == "unexpected-answer"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"results": []},
        {"pagination": {"next": 0, "count": 0}},
        {"pagination": {"next": "0", "count": 0}, "results": []},
        {"pagination": {"next": 0, "count": 1}, "results": [{"pk": "1"}]},
    ],
)
def test_half_a_page_is_no_page(vendor, body):
    vendor.answers = [an_answer(body)]

    with pytest.raises(TryLater):
        an_authentik(vendor).groups.find("acme")


@pytest.mark.parametrize(
    "changed", [{"users": []}, {"users": [1, 2]}, {"users_obj": []}, {"users_obj": None}]
)
def test_members_are_believed_when_both_lists_agree(vendor, changed):
    vendor.answers = [a_team(), a_team(**changed)]
    groups = an_authentik(vendor).groups

    assert groups.find_team("acme").users == [1]
    with pytest.raises(TryLater):
        groups.find_team("acme")


@pytest.mark.parametrize(
    "call",
    [
        lambda authentik: authentik.groups.change("a/b", {}),
        lambda authentik: authentik.groups.add("a/b", 1),
        lambda authentik: authentik.groups.remove("a/b", 1),
        lambda authentik: authentik.users.change(1, {}),
        lambda authentik: authentik.users.recovery_link(1),
    ],
)
def test_int_02_what_is_gone_is_looked_for_again_later(vendor, call):
    vendor.answers = [an_answer({"detail": "Not found."}, "404 Not Found")]

    with pytest.raises(TryLater) as caught:
        call(an_authentik(vendor))

    assert caught.value.code == "moved"
    assert "a/b" not in vendor.requests[0]


def test_int_02_deleting_what_is_gone_is_done(vendor):
    vendor.answers = [an_answer({"detail": "Not found."}, "404 Not Found")]
    authentik = an_authentik(vendor)

    authentik.groups.delete("pk")
    authentik.users.delete(1)
    authentik.applications.unbind("pk")

    assert [request.split()[0] for request in vendor.requests] == ["DELETE"] * 3


def test_a_name_that_is_taken_is_no_failure(vendor):
    vendor.answers = [refused(username=["This field must be unique."])]
    users = an_authentik(vendor).users

    assert users.create({"username": "ada"}) is False
    assert users.change(1, {"username": "ada"}) is False


@pytest.mark.parametrize("complaint", ["Ensure this field has no more than 150 characters.", ""])
def test_any_other_complaint_about_a_person_needs_one(vendor, complaint):
    vendor.answers = [refused(username=[complaint], email=["Enter a valid email address."])]
    users = an_authentik(vendor).users

    for call in (lambda: users.create({}), lambda: users.change(1, {})):
        with pytest.raises(NeedsPerson) as caught:
            call()
        assert caught.value.code == "refused"


def test_a_group_that_went_while_its_member_was_made_is_looked_for_again(vendor):
    vendor.answers = [refused(groups=['Invalid pk "x" - object does not exist.'])]

    with pytest.raises(TryLater):
        an_authentik(vendor).users.create({})


def test_an_invitation_is_a_link_for_a_day(vendor):
    vendor.answers = [an_answer({"link": LINK})]

    assert an_authentik(vendor).users.recovery_link(7) == LINK
    assert vendor.requests[0].startswith("POST /api/v3/core/users/7/recovery/ ")
    assert vendor.requests[0].endswith('{"token_duration": "hours=24"}')


@pytest.mark.parametrize(
    ("complaint", "code"),
    [
        ({"non_field_errors": "No recovery flow set."}, "no-recovery-flow"),
        ({"non_field_errors": ["No recovery flow set."]}, "no-recovery-flow"),
        ({"token_duration": ["x"]}, "refused"),
    ],
)
def test_an_installation_without_a_recovery_flow_says_so(vendor, complaint, code):
    vendor.answers = [refused(**complaint)]

    with pytest.raises(NeedsPerson) as caught:
        an_authentik(vendor).users.recovery_link(7)

    assert caught.value.code == code


@pytest.mark.parametrize("detail", ["Token invalid/expired", "Authentication credentials were not provided."])
def test_403_about_the_token_is_about_credentials(vendor, detail):
    vendor.answers = [an_answer({"detail": detail}, "403 Forbidden")]

    with pytest.raises(CredentialsRefused):
        an_authentik(vendor).groups.find("acme")


@pytest.mark.parametrize("body", [{"detail": "You do not have permission to perform this action."}, [], None])
def test_any_other_403_needs_a_person(vendor, body):
    vendor.answers = [an_answer(body, "403 Forbidden")]

    with pytest.raises(NeedsPerson):
        an_authentik(vendor).groups.find("acme")
