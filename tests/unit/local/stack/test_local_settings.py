"""Where the stack stands, and what the application finds in its environment."""

import logging
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib import config
from infra.local import settings as local
from infra.local.identity import seed
from infra.local.logs import LINE, WithExtras
from infra.local.settings import (
    BadSetting,
    LocalSettings,
    app_environment,
    child_environment,
    from_environment,
)
from infra.local.table import SIGN_INS, table
from infra.local.vendors import identity_settings

# Variables of the application whose own default is right on a laptop.
LEFT_ALONE = {
    "AUDIT_BUCKET",
    "OPERATOR_GROUP",
    "AUTHENTIK_SHARED_APPLICATIONS",
    "FUNCTION_SET",
    "AUTHENTIK_ALGORITHM",
    "OPERATOR_AUDIENCE",
    "CUSTOMER_AUDIENCE",
    "MONGODB_DATABASE",
    "MONGODB_RETRY_WRITES",
    "RETENTION_DAYS",
}


def test_without_variables_everything_is_where_the_readme_says():
    settings = from_environment({})

    assert settings == LocalSettings(folder=Path(".local").absolute())
    assert settings.ports() == {
        "GATEWAY_PORT": 8000,
        "IDENTITY_PORT": 9000,
        "STALWART_PORT": 9001,
        "OCIS_PORT": 9002,
        "DNS_PORT": 8053,
        "ZONES_PORT": 8054,
        "AWS_PORT": 5001,
        "MONGODB_PORT": 27018,
    }


def test_ports_and_folder_move_with_their_variables(tmp_path):
    settings = from_environment({"GATEWAY_PORT": "8100", "OCIS_PORT": "9102", "LOCAL_FOLDER": str(tmp_path)})

    assert (settings.gateway_url, settings.ocis_url) == ("http://localhost:8100", "http://localhost:9102")
    assert settings.folder == tmp_path


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "80 80", "٣"])
def test_what_is_no_port_is_refused_by_the_name_of_its_variable(value):
    with pytest.raises(BadSetting, match="AWS_PORT"):
        from_environment({"AWS_PORT": value})


def test_a_given_database_is_used_and_none_is_started():
    settings = from_environment({"MONGODB_URI": "mongodb://db.example/?tls=true"})

    assert settings.mongodb_uri == "mongodb://db.example/?tls=true"
    assert "MONGODB_PORT" not in settings.ports()


def test_a_shell_that_took_make_env_still_starts_the_own_database():
    ours = app_environment(LocalSettings(mongodb_port=27118))

    settings = from_environment({**ours, "MONGODB_PORT": "27118"})

    assert settings.given_mongodb_uri == ""


@pytest.mark.parametrize("uri", ["", "mongodb://db.example/"])
def test_children_read_the_same_settings_back(uri, tmp_path):
    settings = LocalSettings(gateway_port=8100, aws_port=5101, given_mongodb_uri=uri, folder=tmp_path)

    assert from_environment(child_environment(settings, {})) == settings


def test_the_application_gets_every_variable_that_it_reads():
    environment = app_environment(LocalSettings())

    assert set(config.VARIABLES.values()) - set(environment) <= LEFT_ALONE
    assert not LEFT_ALONE & set(environment)
    assert all(environment.values())
    assert config.from_environment(environment).is_local
    assert len(environment["CURSOR_KEY"]) >= 32


def test_issuers_and_audiences_are_paired_and_the_gateway_is_both_portals_address():
    environment = app_environment(LocalSettings(gateway_port=8100, identity_port=9100))

    assert environment["AUTHENTIK_ISSUER"] == (
        "http://localhost:9100/application/o/dezky-operator/,http://localhost:9100/application/o/dezky-portal/"
    )
    assert environment["AUTHENTIK_AUDIENCE"] == "dezky-operator,dezky-portal"
    for variable in ("OPERATOR_PUBLIC_URL", "CUSTOMER_PUBLIC_URL", "PLATFORM_API_INTERNAL_URL"):
        assert environment[variable] == "http://localhost:8100"


def test_nothing_of_a_developers_own_aws_account_reaches_the_children():
    inherited = {"AWS_PROFILE": "work", "AWS_ENDPOINT_URL_SQS": "https://sqs.example", "PATH": "/bin"}

    environment = child_environment(LocalSettings(), inherited)

    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_SQS"} & set(environment)
    assert environment["AWS_ENDPOINT_URL"] == "http://localhost:5001"
    assert environment["AWS_CONFIG_FILE"] == environment["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert environment["PATH"] == "/bin"


def test_the_printed_lines_are_safe_to_evaluate():
    printed = subprocess.run(
        [sys.executable, "-m", "infra.local.settings"],
        env={"PATH": os.environ["PATH"], "MONGODB_URI": "mongodb://db.example/?a=1&b='; exit 1; '"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    words = [shlex.split(line) for line in printed.splitlines()]

    assert {first for first, _ in words} == {"export"}
    assert [second for _, second in words if second.startswith("MONGODB_URI=")] == [
        "MONGODB_URI=mongodb://db.example/?a=1&b='; exit 1; '"
    ]


def test_the_table_names_addresses_and_sign_ins_but_never_a_given_database():
    text = table(LocalSettings(gateway_port=8100, given_mongodb_uri="mongodb://me:secret@db.example/"))

    assert "http://localhost:8100/docs" in text
    assert all(address in text for address in SIGN_INS)
    assert "secret" not in text


def test_people_and_password_are_those_of_the_identity_provider():
    assert local.PASSWORD == seed.PASSWORD
    assert set(SIGN_INS) == {*seed.STAFF, *seed.CUSTOMERS}


def test_the_provider_sends_people_back_to_the_portals():
    settings = identity_settings(LocalSettings(gateway_port=8100))

    assert settings.redirect_uris == {
        "dezky-operator": ("http://localhost:8100/operator/auth/oidc/callback",),
        "dezky-portal": ("http://localhost:8100/customer/auth/oidc/callback",),
    }
    assert set(settings.back_channel_logout) == {"dezky-operator", "dezky-portal"}


def test_the_log_shows_what_was_said_beside_the_message():
    record = logging.makeLogRecord(
        {
            "name": "chalicelib.sweep",
            "levelname": "INFO",
            "msg": "swept %d",
            "args": (3,),
            "hints": 7,
            "run": None,
        }
    )

    line = WithExtras(LINE).format(record)

    assert line.endswith("INFO chalicelib.sweep: swept 3 hints=7")
