import pytest

from chalicelib.config import Settings
from chalicelib.errors import Misconfigured
from chalicelib.integrations.authentik import authentik_connector
from chalicelib.integrations.ocis import ocis_connector
from chalicelib.integrations.stalwart import stalwart_connector

SETTINGS = {
    "authentik_url": "https://id.dezky.test/",
    "authentik_token": "canary-1",
    "stalwart_url": "https://mail.dezky.test",
    "stalwart_api_key": "canary-2",
    "ocis_url": "https://files.dezky.test",
    "ocis_username": "platform",
    "ocis_app_token": "canary-3",
}
BUILDERS = {"authentik": authentik_connector, "stalwart": stalwart_connector, "ocis": ocis_connector}


@pytest.mark.parametrize("integration", BUILDERS)
def test_each_connector_is_built_from_its_settings(integration):
    assert BUILDERS[integration](Settings(**SETTINGS)).integration == integration


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_is_missing_is_named(name):
    integration = name.partition("_")[0]

    with pytest.raises(Misconfigured, match=name.upper()) as caught:
        BUILDERS[integration](Settings(**{**SETTINGS, name: ""}))

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("integration", BUILDERS)
def test_int_15_credentials_never_travel_in_the_clear_but_locally(integration):
    plain = {**SETTINGS, f"{integration}_url": "http://localhost:9000"}

    assert BUILDERS[integration](Settings(**plain, stage="local"))
    with pytest.raises(Misconfigured):
        BUILDERS[integration](Settings(**plain, stage="prod"))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x", "id.dezky.test", "//id.dezky.test"])
def test_only_web_addresses_are_called(url):
    with pytest.raises(Misconfigured):
        authentik_connector(Settings(**{**SETTINGS, "authentik_url": url}, stage="local"))
