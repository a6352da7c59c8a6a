import threading
from pathlib import Path

import pytest
import requests

from infra.local.emulators.server import serve
from infra.local.emulators.stalwart import StalwartSettings, create_app

KEY = "API_test"
USING = ["urn:ietf:params:jmap:core", "urn:stalwart:jmap"]
LISTED = {"@type": "Merge", "enabledPermissions": {}}


class Mail:
    """A client that speaks JMAP to the emulator's app, in process."""

    def __init__(self, app):
        self.app, self.http = app, app.test_client()

    def post(self, calls, **more):
        body = {"using": USING, "methodCalls": calls}
        return self.http.post("/jmap", json=body, headers={"Authorization": f"Bearer {KEY}"}, **more)

    def calls(self, *calls):
        return self.post([[name, arguments, str(n)] for n, (name, arguments) in enumerate(calls)]).json[
            "methodResponses"
        ]

    def call(self, name, arguments):
        return self.calls((name, arguments))[0][1]

    def create(self, kind, **fields):
        return self.call(f"x:{kind}/set", {"create": {"k": fields}})["created"]["k"]["id"]

    def refused(self, kind, **fields):
        return self.call(f"x:{kind}/set", {"create": {"k": fields}})["notCreated"]["k"]

    def update(self, kind, identity, **patch):
        return self.call(f"x:{kind}/set", {"update": {identity: patch}})

    def one(self, kind, identity):
        return self.call(f"x:{kind}/get", {"ids": [identity]})["list"][0]

    def ids(self, kind, **filters):
        return self.call(f"x:{kind}/query", {"filter": filters})["ids"]

    def is_allowed(self, account, action):
        return self.http.post("/_try", json={"account": account, "action": action}).json["allowed"]


@pytest.fixture
def mail():
    return Mail(create_app(StalwartSettings(KEY, None, enterprise=True, dkim_delay=0)))


@pytest.fixture
def community():
    return Mail(create_app(StalwartSettings(KEY, None)))


@pytest.fixture
def slow_keys():
    return Mail(create_app(StalwartSettings(KEY, None, dkim_delay=3600)))


def a_domain(mail, name="acme.test", **fields):
    return mail.create("Domain", name=name, **fields)


def an_account(mail, domain, name="ada", **fields):
    return mail.create("Account", **{"@type": "User", "name": name, "domainId": domain, **fields})


def the_full_account(domain, **fields):
    """An account exactly as a client writes all of it."""
    return {
        "@type": "User",
        "name": "ada",
        "domainId": domain,
        "description": "Ada",
        "roles": {"@type": "User"},
        "permissions": {"@type": "Inherit"},
        "quotas": {"maxDiskQuota": 1000},
        "aliases": {"0": {"enabled": True, "name": "ada", "domainId": domain}},
        "credentials": {},
        "memberGroupIds": {},
        "encryptionAtRest": {"@type": "Disabled"},
        **fields,
    }


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


def test_a_position_may_count_from_the_end(mail):
    first, second = a_domain(mail), a_domain(mail, "other.test")

    assert mail.call("x:Domain/query", {"position": -1})["ids"] == [first]
    assert mail.call("x:Domain/query", {"sort": [{"property": "name", "isAscending": False}]})["ids"] == [
        second,
        first,
    ]


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


def test_an_update_takes_whole_properties_and_pointers(mail):
    domain = a_domain(mail)
    account = an_account(mail, domain, quotas={"maxDiskQuota": 1, "maxEmails": 2})
    patch = {
        "description": "Ada L",
        "quotas/maxDiskQuota": 5,
        "quotas/maxEmails": None,
        "permissions": {**LISTED, "disabledPermissions": {"authenticate": True}},
        "aliases/0": {"name": "countess", "domainId": domain},
    }

    answer = mail.update("Account", account, **patch)
    mail.update("Account", account, **{"permissions/disabledPermissions/emailSend": True})
    mail.update("Account", account, **{"permissions/disabledPermissions/authenticate": None})
    mail.update("Account", account, **{"aliases/0/enabled": False})

    stored = mail.one("Account", account)
    assert answer == {"accountId": "b", "updated": {account: None}}
    assert (stored["description"], stored["quotas"]) == ("Ada L", {"maxDiskQuota": 5})
    assert stored["permissions"]["disabledPermissions"] == {"emailSend": True}
    assert stored["aliases"]["0"]["enabled"] is False


@pytest.mark.parametrize(
    "patch",
    [
        {"quotas/colour": 1},
        {"quotas/maxDiskQuota/x": 1},
        {"name/x": "y"},
        {"permissions/disabledPermissions/emailSend": True},
        {"permissions/@type": "Merge"},
        {"aliases/7/enabled": False},
        {"colour": "red"},
        {"usedDiskQuota": 0},
    ],
)
def test_a_pointer_that_leads_nowhere_is_an_invalid_patch(mail, patch):
    account = an_account(mail, a_domain(mail))
    before = mail.one("Account", account)

    answer = mail.update("Account", account, **patch)

    assert answer["notUpdated"][account]["type"] == "invalidPatch"
    assert mail.one("Account", account) == before


def test_an_account_keeps_its_type(mail):
    account = an_account(mail, a_domain(mail))

    answer = mail.update("Account", account, **{"@type": "Group"})

    assert answer["notUpdated"][account]["properties"] == ["@type"]


def test_identical_content_is_a_silent_success(mail):
    domain = a_domain(mail)

    assert mail.update("Domain", domain, name="acme.test") == {"accountId": "b", "updated": {domain: None}}


def test_filters_are_exact_and_combine_with_and(mail):
    tenant = mail.create("Tenant", name="acme")
    first = a_domain(mail, memberTenantId=tenant, description="dezky:acme")
    second = a_domain(mail, "other.test")
    account = an_account(mail, first, memberTenantId=tenant)
    an_account(mail, second)
    group = mail.create("Account", **{"@type": "Group", "name": "all", "domainId": first})
    mail.update("Account", account, **{f"memberGroupIds/{group}": True})
    conditions = [{"name": "ada"}, {"domainId": first}]

    assert mail.ids("Domain", name="acme") == []
    assert mail.ids("Domain", memberTenantId=tenant) == [first]
    assert mail.ids("Domain", text="dezky acme") == [first]
    assert mail.ids("Domain", text="ac") == []
    assert mail.ids("Account", name="ada", domainId=first) == [account]
    assert mail.ids("Account", operator="AND", conditions=conditions) == [account]
    assert mail.ids("Account", memberTenantId=tenant) == [account]
    assert mail.ids("Account", memberGroupIds=group) == [account]


def test_more_than_500_ids_come_in_pages_newest_first(mail):
    domain = a_domain(mail)
    for start in (0, 300):
        new = {
            str(n): {"@type": "User", "name": f"u{n}", "domainId": domain} for n in range(start, start + 300)
        }
        mail.call("x:Account/set", {"create": new})

    first = mail.call("x:Account/query", {"calculateTotal": True, "limit": 900})
    second = mail.call("x:Account/query", {"position": 500})
    after = mail.call("x:Account/query", {"anchor": first["ids"][-1], "anchorOffset": 1})

    assert (len(first["ids"]), first["total"], len(second["ids"])) == (500, 600, 100)
    assert after["ids"] == second["ids"]
    assert mail.one("Account", first["ids"][0])["name"] == "u599"
    assert len(mail.call("x:Account/get", {})["list"]) == 500
    assert (
        mail.call("x:Account/query", {"sort": [{"property": "id"}], "limit": 1})["ids"] == second["ids"][-1:]
    )


def test_keys_and_their_dns_lines_appear_after_a_while(slow_keys):
    domain = a_domain(slow_keys)
    before, zone = slow_keys.ids("DkimSignature"), slow_keys.one("Domain", domain)["dnsZoneFile"]

    assert before == []
    assert "_domainkey" not in zone
    assert "acme.test. IN MX 10" in zone


def test_keys_are_made_for_each_algorithm_and_named_in_the_zone_file(mail):
    domain = a_domain(mail)

    keys = mail.call("x:DkimSignature/get", {"ids": mail.ids("DkimSignature", domainId=domain)})["list"]
    zone = mail.one("Domain", domain)["dnsZoneFile"]

    assert {key["@type"] for key in keys} == {"Dkim1Ed25519Sha256", "Dkim1RsaSha256"}
    assert all(f"{key['selector']}._domainkey.acme.test. IN TXT" in zone for key in keys)
    assert all(key["publicKey"] in zone.replace('" "', "") for key in keys)
    assert all(key["privateKey"]["secret"] == "*****" for key in keys)


def test_manual_domains_get_keys_only_when_they_become_automatic(mail):
    domain = a_domain(mail, dkimManagement={"@type": "Manual"})
    before = mail.ids("DkimSignature")

    mail.update("Domain", domain, dkimManagement={"@type": "Automatic"})

    assert (before, len(mail.ids("DkimSignature"))) == ([], 2)


def test_a_key_of_ones_own_is_kept_without_its_secret(mail):
    domain = a_domain(mail, dkimManagement={"@type": "Manual"})
    secret = {"@type": "Text", "secret": "-----BEGIN PRIVATE KEY-----"}
    fields = {"@type": "Dkim1RsaSha256", "domainId": domain, "selector": "mine", "privateKey": secret}

    key = mail.create("DkimSignature", **fields)

    assert mail.one("DkimSignature", key)["selector"] == "mine"
    assert "PRIVATE KEY" not in mail.http.get("/_world").text


@pytest.mark.parametrize("method", ["query", "get", "set"])
def test_tenants_are_forbidden_without_enterprise(community, method):
    assert community.call(f"x:Tenant/{method}", {})["type"] == "forbidden"


def test_membership_of_a_tenant_is_forbidden_without_enterprise(community):
    assert community.refused("Domain", name="acme.test", memberTenantId="zzz")["type"] == "forbidden"
    hidden = {"operator": "AND", "conditions": [{"memberTenantId": "zz"}]}
    for wish in ({"memberTenantId": "zz"}, hidden):
        assert community.call("x:Domain/query", {"filter": wish})["type"] == "forbidden"
    assert a_domain(community, memberTenantId=None)


def test_a_suspended_account_receives_mail_but_cannot_sign_in_or_send(mail):
    account = an_account(mail, a_domain(mail))
    denied = {"authenticate": True, "emailSend": True}

    mail.update("Account", account, permissions={**LISTED, "disabledPermissions": denied})
    suspended = [
        mail.is_allowed("ada@acme.test", action) for action in ("authenticate", "emailSend", "emailReceive")
    ]
    mail.update("Account", account, permissions={"@type": "Inherit"})

    assert suspended == [False, False, True]
    assert mail.is_allowed("ADA@acme.test", "authenticate")


def test_a_tenants_denials_bind_its_members_alone(mail):
    denied = {**LISTED, "disabledPermissions": {"authenticate": True}}
    tenant = mail.create("Tenant", name="acme", permissions=denied)
    domain = a_domain(mail)
    an_account(mail, domain, memberTenantId=tenant)
    an_account(mail, domain, "eve")

    assert not mail.is_allowed("ada@acme.test", "authenticate")
    assert mail.is_allowed("eve@acme.test", "authenticate")


def test_a_disabled_domain_changes_nothing(mail):
    domain = a_domain(mail, isEnabled=False)
    an_account(mail, domain)

    assert mail.is_allowed("ada@acme.test", "authenticate")


def test_replaced_permissions_custom_roles_aliases_and_groups(mail):
    domain = a_domain(mail, aliases={"acme.example": True})
    replaced = {"@type": "Replace", "enabledPermissions": {"emailReceive": True}}
    alias = {
        "0": {"name": "countess", "domainId": domain},
        "1": {"name": "old", "domainId": domain, "enabled": False},
    }
    an_account(mail, domain, permissions=replaced, aliases=alias)
    an_account(mail, domain, "bare", roles={"@type": "Custom"})
    mail.create("Account", **{"@type": "Group", "name": "all", "domainId": domain})

    assert mail.is_allowed("countess@acme.example", "emailReceive")
    assert not mail.is_allowed("ada@acme.test", "authenticate")
    assert not mail.is_allowed("bare@acme.test", "emailReceive")
    assert not mail.is_allowed("all@acme.test", "authenticate")
    for nobody in ("old@acme.test", "nobody@acme.test", "ada@nowhere.test"):
        assert mail.http.post("/_try", json={"account": nobody, "action": "authenticate"}).status_code == 404
    assert mail.http.post("/_try", json={"account": "ada@acme.test", "action": "fly"}).status_code == 422


def test_everything_survives_a_restart_and_ids_go_on(tmp_path):
    settings = StalwartSettings(KEY, tmp_path / "stalwart.json", dkim_delay=0)
    first = Mail(create_app(settings))
    domain = a_domain(first)
    account = an_account(first, domain)
    keys = first.ids("DkimSignature")

    second = Mail(create_app(settings))

    assert second.one("Account", account) == first.one("Account", account)
    assert second.ids("DkimSignature") == keys
    assert an_account(second, domain, "eve") not in {domain, account, *keys}


def test_ids_are_the_same_in_every_run():
    runs = [Mail(create_app(StalwartSettings(KEY, None))) for _ in range(2)]

    assert a_domain(runs[0]) == a_domain(runs[1])


def test_a_lie_answers_like_the_server_and_changes_nothing(mail, tmp_path):
    path = tmp_path / "state.json"
    liar = Mail(create_app(StalwartSettings(KEY, path)))
    liar.http.post("/_faults", json={"fault": "lie"})

    answer = liar.call("x:Domain/set", {"create": {"k": {"name": "acme.test"}}})

    assert answer["created"]["k"]["id"]
    assert liar.ids("Domain") == []
    assert not Path(path).exists()


def test_somebody_may_rename_delete_change_and_create_behind_our_back(mail):
    tenant = mail.create("Tenant", name="acme")
    domain = a_domain(mail, description="dezky:acme", memberTenantId=tenant)

    def sabotage(**deed):
        return mail.http.post("/_sabotage", json=deed)

    assert sabotage(deed="rename", kind="Domain", name="acme.test", to="evil.test").json == {"id": domain}
    sabotage(deed="remove-marker", kind="Domain", id=domain)
    sabotage(deed="change", kind="Tenant", name="acme", change={"quotas": {"maxAccounts": 1}})
    twin = sabotage(
        deed="create", kind="Domain", object={"name": "evil.test", "description": "foreign"}
    ).json["id"]

    assert (mail.one("Domain", domain)["name"], mail.one("Domain", domain)["description"]) == (
        "evil.test",
        None,
    )
    assert mail.one("Tenant", tenant)["quotas"] == {"maxAccounts": 1}
    assert sorted(mail.ids("Domain", name="evil.test")) == sorted([domain, twin])
    sabotage(deed="delete", kind="Tenant", id=tenant)
    assert mail.ids("Tenant") == []
    assert mail.http.get("/_world").json["counts"]["Domain"] == 2


@pytest.mark.parametrize(
    "deed",
    [
        {},
        {"deed": "explode", "kind": "Domain"},
        {"deed": "delete", "kind": "Planet"},
        {"deed": "delete", "kind": "Domain", "name": "nowhere.test"},
        {"deed": "create", "kind": "Domain", "object": {"name": 1}},
    ],
)
def test_sabotage_that_makes_no_sense_is_refused(mail, deed):
    assert mail.http.post("/_sabotage", json=deed).status_code == 422


def test_addresses_that_are_not_there_are_problems(mail):
    answer = mail.http.get("/api/principal")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_fifth_request_at_once_is_refused_while_four_are_answered():
    app = create_app(StalwartSettings(KEY, None))
    body = {"using": USING, "methodCalls": [["x:Domain/get", {}, "0"]]}
    answers: list[requests.Response] = []

    def post(url):
        headers = {"Authorization": f"Bearer {KEY}"}
        answers.append(requests.post(f"{url}/jmap", json=body, headers=headers, timeout=10))

    with serve(app, 0) as server:
        threads = [threading.Thread(target=post, args=(server.url,)) for _ in range(5)]
        with app.extensions["world"].pretending():  # holds every request back
            for thread in threads:
                thread.start()
            while not answers:
                threads[0].join(0.01)
        for thread in threads:
            thread.join()

    refused = answers[0]
    assert (refused.status_code, refused.json()["limit"]) == (400, "maxConcurrentRequests")
    assert [answer.status_code for answer in answers[1:]] == [200] * 4
