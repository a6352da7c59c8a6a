import pytest

from infra.local.emulators.ocis import roles
from tests.unit.local.emulators.emulator_clients import PUBLIC, UNKNOWN, error_of


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
