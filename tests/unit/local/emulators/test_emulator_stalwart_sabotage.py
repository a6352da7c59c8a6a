from pathlib import Path

import pytest

from infra.local.emulators.stalwart import StalwartSettings, create_app
from tests.unit.local.emulators.emulator_clients import KEY, Mail, a_domain, an_account


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
