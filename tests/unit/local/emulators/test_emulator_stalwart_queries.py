from tests.unit.local.emulators.emulator_clients import a_domain, an_account


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


def test_a_position_may_count_from_the_end(mail):
    first, second = a_domain(mail), a_domain(mail, "other.test")

    assert mail.call("x:Domain/query", {"position": -1})["ids"] == [first]
    assert mail.call("x:Domain/query", {"sort": [{"property": "name", "isAscending": False}]})["ids"] == [
        second,
        first,
    ]


def test_a_retired_key_leaves_the_zone_file(mail):
    domain = a_domain(mail)
    retired, kept = mail.call("x:DkimSignature/get", {"ids": mail.ids("DkimSignature")})["list"]

    mail.update("DkimSignature", retired["id"], stage="retired")

    zone = mail.one("Domain", domain)["dnsZoneFile"]
    assert retired["selector"] not in zone
    assert kept["selector"] in zone
