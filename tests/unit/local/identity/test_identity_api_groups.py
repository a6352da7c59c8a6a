"""Groups through the API, as the platform uses them and as the vendor refuses."""

from typing import Any

import pytest

from tests.unit.local.identity.stage import App, Provider
from tests.unit.local.identity.wishes import MISSING, a_group, found

NO_GROUP = {"detail": "No Group matches the given query."}


def test_a_group_keeps_its_attributes_and_is_found_by_its_exact_name(provider: Provider):
    created = a_group(provider, attributes={"dezky_tenant": "acme"}, parents=[], is_superuser=False)

    assert found(provider, "/core/groups/", name="dezky-t-acme", include_users="false") == [
        {**created, "users_obj": None}
    ]
    assert found(provider, "/core/groups/", name="dezky-t-acm") == []
    assert found(provider, "/core/groups/", name="DEZKY-T-ACME") == []
    assert created["attributes"] == {"dezky_tenant": "acme"}


def test_a_second_group_of_that_name_is_refused(provider: Provider):
    a_group(provider)

    answer = provider.api("POST", "/core/groups/", json={"name": "dezky-t-acme"})

    assert answer.status_code == 400
    assert answer.json() == {"name": ["Group with this name already exists."]}


def test_renaming_a_group_to_a_taken_name_is_refused_and_to_its_own_is_not(provider: Provider):
    group, other = a_group(provider), a_group(provider, name="other")

    taken = provider.api("PATCH", f"/core/groups/{other['pk']}/", json={"name": "dezky-t-acme"})
    own = provider.api("PATCH", f"/core/groups/{group['pk']}/", json={"name": "dezky-t-acme"})

    assert (taken.status_code, own.status_code) == (400, 200)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, {"name": ["This field is required."]}),
        ({"name": ""}, {"name": ["This field may not be blank."]}),
        ({"name": None}, {"name": ["This field may not be null."]}),
        ({"name": ["x"]}, {"name": ["Not a valid string."]}),
        ({"name": "x", "is_superuser": "perhaps"}, {"is_superuser": ["Must be a valid boolean."]}),
        ({"name": "x", "users": [99]}, {"users": ['Invalid pk "99" - object does not exist.']}),
        ({"name": "x", "users": 1}, {"users": ['Expected a list of items but got type "int".']}),
        ({"name": "x", "parents": ["y"]}, {"parents": ["“y” is not a valid UUID."]}),
        (
            {"name": "x", "parents": [MISSING]},
            {"parents": [f'Invalid pk "{MISSING}" - object does not exist.']},
        ),
    ],
)
def test_a_group_that_makes_no_sense_is_refused(provider: Provider, body: Any, complaint: Any):
    answer = provider.api("POST", "/core/groups/", json=body)

    assert (answer.status_code, answer.json()) == (400, complaint)


def test_attributes_must_be_an_object(provider: Provider):
    answer = provider.api("POST", "/core/groups/", json={"name": "x", "attributes": [1]})

    assert answer.status_code == 400
    assert list(answer.json()) == ["attributes"]


def test_unknown_fields_and_fields_of_the_server_are_ignored(provider: Provider):
    created = a_group(provider, pk=MISSING, num_pk=1, colour="red")

    assert created["pk"] != MISSING
    assert "colour" not in created


def test_a_change_replaces_attributes_and_leaves_the_rest(provider: Provider):
    group = a_group(provider, attributes={"dezky_tenant": "acme", "dezky_plan": "basic"}, users=[3])

    changed = provider.api(
        "PATCH", f"/core/groups/{group['pk']}/", json={"attributes": {"dezky_status": "suspended"}}
    ).json()

    assert changed["attributes"] == {"dezky_status": "suspended"}
    assert (changed["name"], changed["users"]) == ("dezky-t-acme", [3])


def test_a_changed_member_list_replaces_the_whole_membership(provider: Provider):
    group = a_group(provider, users=[3, 4])

    changed = provider.api("PATCH", f"/core/groups/{group['pk']}/", json={"users": [1]}).json()

    assert changed["users"] == [1]


def test_members_come_and_go_and_repeating_it_is_no_error(provider: Provider):
    path = f"/core/groups/{a_group(provider)['pk']}"

    added = [provider.api("POST", f"{path}/add_user/", json={"pk": 4}).status_code for _ in range(2)]
    members = provider.api("GET", f"{path}/").json()
    removed = [provider.api("POST", f"{path}/remove_user/", json={"pk": 4}).status_code for _ in range(2)]

    assert (added, removed) == ([204, 204], [204, 204])
    assert members["users"] == [4]
    assert [user["username"] for user in members["users_obj"]] == ["member@acme.test"]
    assert provider.api("GET", f"{path}/").json()["users"] == []


@pytest.mark.parametrize("body", [{"pk": 99}, {}, {"pk": "x"}, []])
@pytest.mark.parametrize("action", ["add_user", "remove_user"])
def test_an_unknown_member_is_404(provider: Provider, action: str, body: Any):
    group = a_group(provider)

    answer = provider.api("POST", f"/core/groups/{group['pk']}/{action}/", json=body)

    assert answer.status_code == 404


@pytest.mark.parametrize("key", [MISSING, "nonsense"])
@pytest.mark.parametrize(
    ("method", "below"), [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "add_user/")]
)
def test_an_unknown_group_is_404(provider: Provider, method: str, below: str, key: str):
    answer = provider.api(method, f"/core/groups/{key}/{below}", json={"pk": 1})

    assert (answer.status_code, answer.json()) == (404, NO_GROUP)


def test_a_deleted_group_is_gone_with_its_bindings_and_its_application_is_open(operator: App):
    provider = operator.provider
    group = found(provider, "/core/groups/", name="dezky-platform-admins")[0]

    first = provider.api("DELETE", f"/core/groups/{group['pk']}/")
    second = provider.api("DELETE", f"/core/groups/{group['pk']}/")

    assert (first.status_code, second.status_code) == (204, 404)
    assert found(provider, "/policies/bindings/") == []
    assert operator.sign_in("member@acme.test").status_code == 302


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ('{"dezky_tenant": "acme"}', ["a"]),
        ('{"dezky_tenant": "acm"}', []),
        ('{"limits__seats": 5}', ["b"]),
        ('{"limits__seats": "5"}', []),
        ('{"missing": null}', []),
        ("{}", ["a", "b", "dezky-platform-admins"]),
    ],
)
def test_groups_are_found_by_attributes(provider: Provider, wanted: str, names: list[str]):
    a_group(provider, name="a", attributes={"dezky_tenant": "acme"})
    a_group(provider, name="b", attributes={"dezky_tenant": "beta", "limits": {"seats": 5}})

    assert [group["name"] for group in found(provider, "/core/groups/", attributes=wanted)] == names


@pytest.mark.parametrize("path", ["/core/groups/", "/core/users/"])
@pytest.mark.parametrize("wanted", ["{no json", "[1]", '"acme"'])
def test_an_attribute_filter_that_is_no_object_is_400(provider: Provider, path: str, wanted: str):
    assert provider.api("GET", path, params={"attributes": wanted}).status_code == 400


def test_groups_are_found_by_their_members(provider: Provider):
    a_group(provider, users=[4])

    by_key = found(provider, "/core/groups/", members_by_pk=4)
    by_name = found(provider, "/core/groups/", members_by_username="member@acme.test")

    assert [group["name"] for group in by_key + by_name] == ["dezky-t-acme", "dezky-t-acme"]


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/core/groups/", "members_by_pk", "99"),
        ("/core/groups/", "members_by_username", "nobody"),
        ("/core/users/", "groups_by_name", "nothing"),
        ("/core/users/", "groups_by_pk", MISSING),
    ],
)
def test_a_filter_that_names_a_missing_object_is_400_and_no_empty_list(
    provider: Provider, path: str, name: str, value: str
):
    answer = provider.api("GET", path, params={name: value})

    sentence = f"Select a valid choice. {value} is not one of the available choices."
    assert (answer.status_code, answer.json()) == (400, {name: [sentence]})
