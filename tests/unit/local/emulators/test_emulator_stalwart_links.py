import pytest

from tests.unit.local.emulators.emulator_clients import a_domain, an_account, the_full_account


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"name": "acme.test"}, "name"),
        ({"name": "ACME.test"}, "name"),
        ({"name": "alias.test"}, "name"),
        ({"name": "new.test", "aliases": {"acme.test": True}}, "aliases"),
        ({"name": "new.test", "aliases": {"alias.test": True}}, "aliases"),
    ],
)
def test_a_domain_name_that_is_taken_names_its_holder(mail, fields, where):
    holder = a_domain(mail, aliases={"alias.test": True})

    assert mail.refused("Domain", **fields) == {
        "type": "primaryKeyViolation",
        "properties": [where],
        "objectId": {"object": "Domain", "id": holder},
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"@type": "User", "name": "ada"},
        {"@type": "User", "name": "ADA"},
        {"@type": "Group", "name": "ada"},
        {"@type": "Group", "name": "countess"},
        {"@type": "User", "name": "new", "aliases": {"0": {"name": "ada"}}},
    ],
)
def test_users_groups_and_aliases_share_their_addresses(mail, fields):
    domain = a_domain(mail)
    holder = an_account(mail, domain, aliases={"0": {"name": "countess", "domainId": domain}})
    for alias in fields.get("aliases", {}).values():
        alias["domainId"] = domain

    error = mail.refused("Account", domainId=domain, **fields)

    assert (error["type"], error["objectId"]) == ("primaryKeyViolation", {"object": "Account", "id": holder})


def test_the_same_local_part_is_free_in_another_domain(mail):
    an_account(mail, a_domain(mail))

    assert an_account(mail, a_domain(mail, "other.test"))


def test_tenants_may_share_a_name(mail):
    first, second = mail.create("Tenant", name="acme"), mail.create("Tenant", name="acme")

    assert mail.ids("Tenant", text="acme") == [second, first]


@pytest.mark.parametrize(
    ("fields", "target"),
    [
        ({"domainId": "zzz"}, "Domain"),
        ({"memberTenantId": "zzz"}, "Tenant"),
        ({"memberGroupIds": {"zzz": True}}, "Account"),
        ({"aliases": {"0": {"name": "x", "domainId": "zzz"}}}, "Domain"),
        ({"roles": {"@type": "Custom", "roleIds": {"zzz": True}}}, "Role"),
    ],
)
def test_a_reference_that_leads_nowhere_is_an_invalid_foreign_key(mail, fields, target):
    error = mail.refused("Account", **the_full_account(a_domain(mail), **fields))

    assert error == {"type": "invalidForeignKey", "objectId": {"object": target, "id": "zzz"}}


def test_a_user_is_no_group_to_be_a_member_of(mail):
    domain = a_domain(mail)
    user = an_account(mail, domain)

    error = mail.refused(
        "Account", **the_full_account(domain, name="eve", memberGroupIds={user: True}, aliases={})
    )

    assert error["type"] == "invalidForeignKey"


def test_a_domain_goes_only_after_its_accounts_and_keys(mail):
    domain = a_domain(mail)
    account, keys = an_account(mail, domain), mail.ids("DkimSignature", domainId=domain)

    refused = mail.call("x:Domain/set", {"destroy": [domain]})["notDestroyed"][domain]
    mail.call("x:Account/set", {"destroy": [account]})
    mail.call("x:DkimSignature/set", {"destroy": keys})
    gone = mail.call("x:Domain/set", {"destroy": [domain]})

    assert refused["type"] == "objectIsLinked"
    assert {link["object"] for link in refused["linkedObjects"]} == {"Account", "DkimSignature"}
    assert {link["id"] for link in refused["linkedObjects"]} == {account, *keys}
    assert gone == {"accountId": "b", "destroyed": [domain]}


def test_a_tenant_goes_only_after_its_domains(mail):
    tenant = mail.create("Tenant", name="acme")
    domain = a_domain(mail, memberTenantId=tenant, dkimManagement={"@type": "Manual"})

    error = mail.call("x:Tenant/set", {"destroy": [tenant]})["notDestroyed"][tenant]

    assert error["linkedObjects"] == [{"object": "Domain", "id": domain}]


def test_what_is_not_there_cannot_be_updated_or_destroyed(mail):
    answer = mail.call("x:Domain/set", {"update": {"zzz": {}}, "destroy": ["zzy"]})

    assert answer["notUpdated"] == {"zzz": {"type": "notFound"}}
    assert answer["notDestroyed"] == {"zzy": {"type": "notFound"}}


def test_an_update_of_what_is_destroyed_in_the_same_call_is_refused(mail):
    domain = a_domain(mail, dkimManagement={"@type": "Manual"})

    answer = mail.call("x:Domain/set", {"update": {domain: {"description": "x"}}, "destroy": [domain]})

    assert answer["notUpdated"][domain]["type"] == "willDestroy"
    assert answer["destroyed"] == [domain]


@pytest.mark.parametrize(
    ("fields", "target"),
    [
        ({"directoryId": "zzz"}, "Directory"),
        ({"certificateManagement": {"@type": "Automatic", "acmeProviderId": "zzz"}}, "AcmeProvider"),
        ({"dnsManagement": {"@type": "Automatic", "dnsServerId": "zzz"}}, "DnsServer"),
    ],
)
def test_a_domain_cannot_refer_to_services_that_are_not_there(mail, fields, target):
    error = mail.refused("Domain", name="acme.test", **fields)

    assert error == {"type": "invalidForeignKey", "objectId": {"object": target, "id": "zzz"}}


def test_an_object_created_in_the_same_request_may_be_referred_to(mail):
    answers = mail.calls(
        ("x:Domain/set", {"create": {"d": {"name": "acme.test"}}}),
        ("x:Account/set", {"create": {"a": {"@type": "User", "name": "ada", "domainId": "#d"}}}),
    )

    account = mail.one("Account", answers[1][1]["created"]["a"]["id"])
    assert account["emailAddress"] == "ada@acme.test"
