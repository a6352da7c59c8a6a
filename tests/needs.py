"""What a machine may lack: there a test is skipped and says why; in CI nothing may be missing."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def lacking(reason: str) -> NoReturn:
    """Skip the test, or fail it where CI=true: there a skipped test is one that nobody ever runs."""
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(f"CI has to have it: {reason}", pytrace=False)
    pytest.skip(reason)
