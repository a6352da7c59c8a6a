"""Measure the hot paths: `python -m bench`. Prints and writes docs/performance.md; takes about a minute."""

from __future__ import annotations

import os
from pathlib import Path

from bench import cold, tokens, warm
from bench.report import LEDGER, kept_section, page
from tests.builders import CUSTOMER_ISSUER, OPERATOR_ISSUER

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
READ_BY_THE_APP = ("AWS_", "MONGODB_", "AUTHENTIK_", "FUNCTION_SET")


def main() -> None:
    set_environment()
    written = page([tokens.measured(), warm.measured(), cold.measured()])
    written += kept_section(PAGE.read_text(), LEDGER)
    print(written)
    PAGE.write_text(written)


def set_environment() -> None:
    """The same settings wherever this runs; nothing of a shell's own, no real AWS."""
    for name in [name for name in os.environ if name.startswith(READ_BY_THE_APP)]:
        del os.environ[name]
    os.environ.update(
        STAGE="local",
        AUTHENTIK_ISSUER=f"{OPERATOR_ISSUER},{CUSTOMER_ISSUER}",
        AUTHENTIK_AUDIENCE="dezky-operator,dezky-portal",
        CURSOR_KEY="a-key-for-benchmarks-that-signs-nothing-of-worth",
    )


if __name__ == "__main__":
    main()
