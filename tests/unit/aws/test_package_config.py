""".chalice/config.json: Chalice ignores in silence what it does not know, so its words are checked here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.aws.package import ROOT, STAGES


@pytest.fixture
def config() -> dict[str, Any]:
    return json.loads((ROOT / ".chalice" / "config.json").read_text())


def test_each_function_that_is_configured_exists(config):
    from app import app

    functions = {"api_handler"} | set(app.handler_map) | {each.name for each in app.pure_lambda_functions}
    authorizers = {each.name for each in app.builtin_auth_handlers}

    assert set(config["lambda_functions"]) <= functions | authorizers


def test_there_are_exactly_the_stages_that_can_be_packed(config):
    assert set(config["stages"]) == set(STAGES)


def test_no_variable_is_set_here(config):
    """A laptop's environment must win with `chalice local`, and secrets are read at run time by name."""
    assert "environment_variables" not in json.dumps(config)


def test_the_gateway_is_regional_and_gives_up_before_its_own_limit(config):
    assert config["api_gateway_endpoint_type"] == "REGIONAL"
    assert config["lambda_timeout"] < 29
