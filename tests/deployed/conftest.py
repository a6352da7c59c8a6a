"""The deployed platform, started once for the one module that needs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.aws.environments import NoTool, programs_of
from infra.aws.package import ROOT
from tests.deployed.cold_starts import ColdStarts
from tests.deployed.people import Person
from tests.deployed.platform import Platform, built_here, command, deployed_platform

OPERATOR = "operator@dezky.local"
BUILT = "DEPLOYED_TEST_BUILD"  # a folder of `make package` for this machine; else it is built anew


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    for tool in ("ministack", "sam"):
        _needed(tool)
    folder = tmp_path_factory.mktemp("deployed")
    built = Path(os.environ[BUILT]) if os.environ.get(BUILT) else built_here(folder / "built")
    with deployed_platform(folder, built) as running:
        yield running


@pytest.fixture(scope="module")
def operator(platform: Platform) -> Person:
    """The first operator, made as docs/deploy.md says."""
    person = Person(platform, OPERATOR)
    assert person.get("/me").status_code == 200
    command(platform, "infra.aws.grant_operator", "--email", OPERATOR)
    return person


@pytest.fixture(scope="module")
def cold_starts() -> Iterator[ColdStarts]:
    found = ColdStarts()
    yield found
    found.keep(ROOT / "build")


def _needed(tool: str) -> None:
    try:
        programs_of(tool)
    except NoTool as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the deployed form cannot be tried here: {error}")
