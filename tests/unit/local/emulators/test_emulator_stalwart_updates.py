import pytest

from tests.unit.local.emulators.emulator_clients import LISTED, a_domain, an_account


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
