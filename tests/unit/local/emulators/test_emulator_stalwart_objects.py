import pytest

from tests.unit.local.emulators.emulator_clients import a_domain, an_account, the_full_account


@pytest.mark.parametrize("sent", [None, [], "x"])
def test_an_object_that_is_no_object_is_an_invalid_patch(mail, sent):
    domain = a_domain(mail)

    answer = mail.call("x:Domain/set", {"create": {"k": sent}, "update": {domain: sent}})

    assert answer["notCreated"]["k"]["type"] == answer["notUpdated"][domain]["type"] == "invalidPatch"


def test_a_required_property_cannot_be_emptied_and_one_password_is_enough(mail):
    account = an_account(mail, a_domain(mail))
    password = {"@type": "Password", "secret": "a-long-enough-secret"}

    two = mail.update("Account", account, credentials={"0": password, "1": password})["notUpdated"][account]
    nameless = mail.update("Account", account, name=None)["notUpdated"][account]

    assert (two["type"], two["properties"]) == ("invalidProperties", ["credentials"])
    assert nameless["type"] == "invalidPatch"


def test_an_account_is_stored_as_it_was_sent(mail):
    domain = a_domain(mail)

    account = mail.one("Account", mail.create("Account", **the_full_account(domain)))

    sent = the_full_account(domain)
    assert {name: account[name] for name in sent if name != "aliases"} == {
        name: value for name, value in sent.items() if name != "aliases"
    }
    assert account["aliases"]["0"]["name"] == "ada"


def test_only_the_wanted_properties_are_answered_and_unknown_ids_are_named(mail):
    domain = a_domain(mail)

    answer = mail.call("x:Domain/get", {"ids": [domain, "zzz"], "properties": ["name"]})

    assert (answer["list"], answer["notFound"]) == ([{"id": domain, "name": "acme.test"}], ["zzz"])


def test_empty_maps_are_left_out_of_a_set_answer(mail):
    assert mail.call("x:Domain/set", {"create": {}, "update": {}, "destroy": []}) == {"accountId": "b"}
    assert set(mail.call("x:Domain/set", {"create": {"k": {"name": "acme.test"}}})) == {
        "accountId",
        "created",
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"aliases": ["a.test"]},
        {"aliases": {"a.test": 1}},
        {"isEnabled": "yes"},
        {"dkimManagement": "Automatic"},
        {"dkimManagement": {}},
        {"dkimManagement": {"@type": "automatic"}},
        {"subAddressing": {"@type": "Enabled", "extra": 1}},
        {"dnsZoneFile": "x"},
        {"createdAt": "2026-01-01T00:00:00Z"},
        {"colour": "red"},
        {"name": "no dots"},
        {"name": None},
    ],
)
def test_a_domain_that_is_written_wrongly_is_an_invalid_patch(mail, fields):
    error = mail.refused("Domain", **{"name": "acme.test", **fields})

    assert (error["type"], mail.ids("Domain")) == ("invalidPatch", [])
    assert error["properties"][0].startswith(next(iter(fields)))


@pytest.mark.parametrize(
    "fields",
    [
        {"@type": "Robot"},
        {"@type": None},
        {"name": "a b"},
        {"name": "ada@acme.test"},
        {"quotas": {"maxDiskQuota": "1000"}},
        {"quotas": {"maxDiskQuota": -1}},
        {"quotas": {"maxDomains": 1}},
        {"quotas": [1000]},
        {"aliases": [{"name": "a"}]},
        {"aliases": {"first": {"name": "a"}}},
        {"permissions": {"@type": "Merge", "disabledPermissions": ["emailSend"]}},
        {"permissions": {"@type": "Merge", "disabledPermissions": {"email-send": True}}},
        {"roles": {"@type": "Default"}},
        {"emailAddress": "ada@acme.test"},
    ],
)
def test_an_account_that_is_written_wrongly_is_an_invalid_patch(mail, fields):
    domain = a_domain(mail)

    error = mail.refused("Account", **the_full_account(domain, **fields))

    assert (error["type"], mail.ids("Account")) == ("invalidPatch", [])


def test_a_missing_name_fails_validation(mail):
    error = mail.refused("Domain", description="x")

    assert error == {
        "type": "validationFailed",
        "validationErrors": [{"type": "Required", "property": "name"}],
    }


def test_an_alias_without_a_domain_fails_validation(mail):
    error = mail.refused("Account", **the_full_account(a_domain(mail), aliases={"0": {"name": "a"}}))

    assert error["type"] == "validationFailed"


def test_secrets_are_checked_and_never_shown(mail):
    domain = a_domain(mail)
    weak = {"0": {"@type": "Password", "secret": "short"}}
    second = {"0": {"@type": "AppPassword", "description": "phone"}}
    good = {"0": {"@type": "Password", "secret": "a-long-enough-secret"}}

    assert mail.refused("Account", **the_full_account(domain, credentials=weak))["properties"] == ["secret"]
    refused = mail.refused("Account", **the_full_account(domain, credentials=second))
    account = mail.create("Account", **the_full_account(domain, credentials=good))

    assert (refused["type"], refused["properties"]) == ("invalidProperties", ["credentials"])
    assert mail.one("Account", account)["credentials"]["0"]["secret"] == "*****"
    assert "a-long-enough-secret" not in mail.http.get("/_world").text
