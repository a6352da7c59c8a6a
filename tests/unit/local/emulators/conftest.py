import pytest
from flask import Flask
from flask.testing import FlaskClient

from infra.local.emulators.ocis import create_app as create_ocis
from infra.local.emulators.stalwart import StalwartSettings, create_app
from tests.unit.local.emulators.emulator_clients import KEY, SETTINGS, Files, Mail, an_app


@pytest.fixture
def mail():
    return Mail(create_app(StalwartSettings(KEY, None, enterprise=True, dkim_delay=0)))


@pytest.fixture
def community():
    return Mail(create_app(StalwartSettings(KEY, None)))


@pytest.fixture
def slow_keys():
    return Mail(create_app(StalwartSettings(KEY, None, dkim_delay=3600)))


@pytest.fixture
def files():
    return Files(create_ocis(SETTINGS))


@pytest.fixture
def app() -> Flask:
    return an_app()


@pytest.fixture
def vendor(app: Flask) -> FlaskClient:
    return app.test_client()
