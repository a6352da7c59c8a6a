"""Put dead letters back on their queues: `python -m infra.aws.redrive [--integration ocis]`. Safe to repeat.

The sweep looks at their tenants all the same; this only makes it sooner.
"""

from __future__ import annotations

import argparse
import sys

from chalicelib import wiring
from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.errors import Unavailable


def main(arguments: list[str] | None = None) -> int:
    """0 when all are back; 1 with one line on stderr when SQS cannot be asked."""
    parser = argparse.ArgumentParser(description="Put dead letters back on their queues")
    parser.add_argument("--integration", choices=INTEGRATIONS, help="only this one's")
    asked = parser.parse_args(arguments)
    for integration in (asked.integration,) if asked.integration else INTEGRATIONS:
        try:
            moved = wiring.queue().redrive(integration)
        except Unavailable as error:
            print(error, file=sys.stderr)
            return 1
        print(f"{integration}: {moved} messages are back on their queue")
    return 0


if __name__ == "__main__":
    sys.exit(main())
