"""Print an access token for curl.

python -m infra.local.token --user operator@dezky.local --app dezky-operator
"""

import argparse
import os
import sys

from infra.local.identity.seed import PASSWORD
from infra.local.identity.sign_in import SignInFailedError, sign_in
from infra.local.settings import from_environment


def main(arguments: list[str] | None = None) -> int:
    """0 with the token on stdout, 1 with one line about the failure on stderr."""
    asked = _parser().parse_args(arguments)
    try:
        tokens = sign_in(asked.url, asked.app, asked.user, asked.password)
    except SignInFailedError as error:
        print(error, file=sys.stderr)
        return 1
    print(tokens["access_token"])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local.token", description="Print an access token.")
    parser.add_argument("--user", required=True, help="user name or e-mail address")
    parser.add_argument("--app", required=True, help="dezky-operator or dezky-portal")
    parser.add_argument("--url", default=from_environment(os.environ).identity_url)
    parser.add_argument("--password", default=PASSWORD)
    return parser


if __name__ == "__main__":
    sys.exit(main())
