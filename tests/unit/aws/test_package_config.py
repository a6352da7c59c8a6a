""".chalice/config.json says what Chalice has to know; what is deployed stands in the manifest alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.config import SERVICE
from infra.aws.package import ROOT, STAGE


@pytest.fixture
def config() -> dict[str, Any]:
    return json.loads((ROOT / ".chalice" / "config.json").read_text())


def test_the_stage_that_is_packed_is_known_to_chalice(config):
    assert (config["app_name"], STAGE in config["stages"]) == (SERVICE, True)


def test_memory_time_and_variables_are_not_said_twice(config):
    """A laptop's environment must win with `chalice local`, and secrets are read at run time by name."""
    assert not {name for name in config if name.startswith(("lambda_", "environment", "iam_"))}
    assert all(set(stage) == {"api_gateway_stage"} for stage in config["stages"].values())
