"""The first platform admin: `python -m infra.aws.grant_operator --email ada@provider.example`.

Afterwards operators manage the flag through the API. A person who has never signed in gets an invitation,
which their first sign-in at the operator application claims by the verified address.
"""

from __future__ import annotations

import argparse
import sys

from chalicelib import wiring
from chalicelib.errors import ControlPlaneError, Misconfigured


def main(arguments: list[str] | None = None) -> int:
    """0 when that person is a platform admin; 1 with one line on stderr otherwise."""
    parser = argparse.ArgumentParser(description="Make a person a platform admin")
    parser.add_argument("--email", required=True, help="as the identity provider knows it")
    asked = parser.parse_args(arguments)
    try:
        wiring.services().users.grant_operator(asked.email)
    except (ControlPlaneError, Misconfigured, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{asked.email} is a platform admin")
    return 0


if __name__ == "__main__":
    sys.exit(main())
