"""SAM to CloudFormation without AWS: what is checked here is what is deployed.

The translator lives in an environment of its own; this file is run there, as a script, by `translated`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REGION = "eu-central-1"  # the translator wants one, though none gets into the template


class NotTranslated(Exception):
    """SAM does not understand the template; the message is its own."""


def translated(template: Any) -> Any:
    """Plain CloudFormation. Raises NotTranslated, NoTool."""
    from infra.aws.environments import programs_of  # noqa: PLC0415 (not to be had where this is a script)

    command = [str(programs_of("sam") / "python"), "-I", str(Path(__file__))]
    given = {"AWS_DEFAULT_REGION": REGION, "AWS_CONFIG_FILE": os.devnull, "PATH": os.environ.get("PATH", "")}
    done = subprocess.run(  # noqa: S603 (our own command)
        command, input=json.dumps(template), env=given, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotTranslated(done.stderr.strip()[-2_000:])
    return json.loads(done.stdout)


class _NoManagedPolicies:
    """The template names none by its short name, so nobody has to ask AWS for them."""

    def load(self) -> dict[str, str]:
        return {}


def _main() -> None:
    from samtranslator.translator.transform import transform  # noqa: PLC0415 (only in its own environment)

    json.dump(transform(json.load(sys.stdin), {}, _NoManagedPolicies()), sys.stdout)


if __name__ == "__main__":
    _main()
