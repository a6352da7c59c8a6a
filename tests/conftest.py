"""Fixtures for all tests. The environment is set before anything of the application is imported."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.builders import CUSTOMER_ISSUER, OPERATOR_ISSUER

for _name in [name for name in os.environ if name.startswith(("AWS_", "MONGODB_", "AUTHENTIK_"))]:
    del os.environ[_name]
os.environ.update(
    STAGE="local",
    AUTHENTIK_ISSUER=f"{OPERATOR_ISSUER},{CUSTOMER_ISSUER}",
    AUTHENTIK_AUDIENCE="dezky-operator,dezky-portal",
    MONGODB_DATABASE="dezky_test",
    CURSOR_KEY="a-key-for-tests-that-signs-nothing-of-worth",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_EC2_METADATA_DISABLED="true",
)


@pytest.fixture(scope="session")
def mongodb_uri() -> Iterator[str]:
    """A real server over a socket, one per test process."""
    from tests.mongodb import running_mongodb

    with running_mongodb() as uri:
        yield uri
