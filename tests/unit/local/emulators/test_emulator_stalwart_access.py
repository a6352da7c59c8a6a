import threading
import time

import pytest
import requests

from infra.local.emulators.server import serve
from infra.local.emulators.stalwart import StalwartSettings, create_app
from tests.unit.local.emulators.emulator_clients import KEY, LISTED, USING, a_domain, an_account


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
            until = time.monotonic() + 5
            while not answers and time.monotonic() < until:
                threads[0].join(0.01)
        for thread in threads:
            thread.join()

    refused = answers[0]
    assert (refused.status_code, refused.json()["limit"]) == (400, "maxConcurrentRequests")
    assert [answer.status_code for answer in answers[1:]] == [200] * 4
