"""Make every declared index that the database lacks: `python -m infra.aws.create_indexes`. Safe to repeat."""

from __future__ import annotations

import sys

from chalicelib import wiring
from chalicelib.errors import Misconfigured, Unavailable
from chalicelib.repositories.indexes import create_indexes


def main() -> int:
    """0 when all indexes are there; 1 with one line on stderr when the database cannot be had."""
    try:
        made = create_indexes(wiring.mongo())
    except (Misconfigured, Unavailable) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(made)} indexes are in place")
    return 0


if __name__ == "__main__":
    sys.exit(main())
