import logging
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.config import SECRETS, VARIABLES, Settings, from_environment
from chalicelib.domain.secret import PlainSecret
from chalicelib.errors import Misconfigured, Unavailable
from chalicelib.integrations.secrets import (
    HOLD_OFF,
    LONGEST,
    MAX_AGE,
    ManagedSecret,
    fetch_secret,
    secret_of,
    secrets_client,
)

DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "canary"}}, "GetSecretValue")


class Vault:
    """Secrets Manager with one secret, and the time of day."""

    def __init__(self, value="first"):
        self.value = value
        self.reads = 0
        self.now = 1_000_000.0

    def fetch(self):
        self.reads += 1
        if isinstance(self.value, Exception):
            raise self.value
        return self.value

    def secret(self):
        return ManagedSecret("OCIS_APP_TOKEN", self.fetch, clock=lambda: self.now)


def test_a_secret_is_read_on_first_use_and_then_remembered():
    vault = Vault()
    secret = vault.secret()
    assert vault.reads == 0

    assert [secret.value(), secret.value()] == ["first", "first"]
    assert vault.reads == 1


def test_int_22_a_rotated_secret_is_used_when_its_bound_is_over():
    vault = Vault()
    secret = vault.secret()
    secret.value()
    vault.value = "second"

    vault.now += MAX_AGE - 1
    assert secret.value() == "first"
    vault.now += 1
    assert secret.value() == "second"


def test_int_22_a_refused_secret_is_read_once_more():
    vault = Vault()
    secret = vault.secret()
    secret.value()
    vault.value = "second"

    assert secret.renewed("first") == "second"
    assert secret.value() == "second"


def test_int_22_who_was_refused_with_an_older_one_needs_no_further_read():
    vault = Vault("second")
    secret = vault.secret()
    secret.value()

    assert secret.renewed("first") == "second"
    assert vault.reads == 1


def test_int_22_refusals_in_a_row_are_no_flood_of_reads():
    vault = Vault()
    secret = vault.secret()
    secret.value()

    assert [secret.renewed("first") for _ in range(100)] == [None] * 100
    assert vault.reads == 2
    vault.now += HOLD_OFF
    secret.renewed("first")
    assert vault.reads == 3


def test_an_outage_is_survived_for_a_bounded_time_with_few_reads():
    vault = Vault()
    secret = vault.secret()
    secret.value()
    vault.value = DENIED
    vault.now += MAX_AGE

    assert [secret.value() for _ in range(100)] == ["first"] * 100
    assert vault.reads == 2
    vault.now += LONGEST - MAX_AGE
    with pytest.raises(Unavailable):
        secret.value()


def test_a_secret_that_was_never_read_is_not_an_empty_one(caplog):
    vault = Vault(DENIED)
    secret = vault.secret()

    for _ in range(3):
        with pytest.raises(Unavailable):
            secret.value()

    assert vault.reads == 1
    (line,) = caplog.records
    assert (line.secret, line.failure, line.levelno) == (
        "OCIS_APP_TOKEN",
        "AccessDeniedException",
        logging.ERROR,
    )
    assert "canary" not in caplog.text


def test_a_clock_that_was_set_back_makes_nothing_young_for_ever():
    vault = Vault()
    secret = vault.secret()
    secret.value()
    vault.value = "second"
    vault.now -= 86_400

    assert secret.value() == "second"


def test_nothing_shows_the_value():
    secret = Vault("canary").secret()
    secret.value()

    assert "canary" not in repr(secret) + repr(PlainSecret("canary"))


@mock_aws
def test_the_text_of_a_secret_comes_from_secrets_manager():
    client = secrets_client()
    client.create_secret(Name="dezky/test/ocis", SecretString="a-token\n")

    assert fetch_secret(client, "dezky/test/ocis") == "a-token"


@mock_aws
@pytest.mark.parametrize("content", [{"SecretString": " \n"}, {"SecretBinary": b"a-token"}])
def test_a_secret_without_text_is_none(content):
    client = secrets_client()
    client.create_secret(Name="dezky/test/empty", **content)

    with pytest.raises(ValueError, match="empty"):
        fetch_secret(client, "dezky/test/empty")


@pytest.mark.parametrize("field", SECRETS)
def test_each_secret_can_be_given_or_named_but_not_both(field):
    variable = VARIABLES[field]
    named = from_environment({f"{variable}_SECRET_NAME": "dezky/prod/it"})

    assert isinstance(secret_of(named, field), ManagedSecret)
    assert secret_of(from_environment({variable: "canary"}), field).value() == "canary"
    with pytest.raises(Misconfigured, match=variable):
        secret_of(from_environment({variable: "canary", f"{variable}_SECRET_NAME": "it"}), field)
    with pytest.raises(Misconfigured, match=variable):
        secret_of(Settings(), field)


def test_all_that_opens_something_is_a_secret():
    assert {"mongodb_uri", "cursor_key", "authentik_token", "stalwart_api_key", "ocis_app_token"} <= set(
        SECRETS
    )


def test_without_names_nobody_pays_for_boto3():
    code = "import sys, chalicelib.integrations.secrets; sys.exit('boto3' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 (our own)
