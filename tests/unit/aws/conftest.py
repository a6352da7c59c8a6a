"""The template, made once a session: without dependencies Chalice packs the application in two seconds."""

from __future__ import annotations

import os
from copy import deepcopy
from typing import Any

import pytest

from infra.aws import manifest
from infra.aws.environments import NoTool
from infra.aws.package import ROOT, plain, templated
from infra.aws.rules.reading import Deployed


@pytest.fixture(scope="session")
def sam(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The SAM template of this application; not to be changed."""
    return templated(ROOT, tmp_path_factory.mktemp("sam"), manifest.PRODUCTION)


@pytest.fixture(scope="session")
def translated_template(sam: Any) -> Any:
    """Plain CloudFormation; not to be changed."""
    try:
        return plain(sam)
    except NoTool as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the template cannot be translated here: {error}")


@pytest.fixture
def deployed(translated_template: Any) -> Deployed:
    """What would be deployed, for a test to spoil."""
    return Deployed(deepcopy(translated_template))
