"""Deploy what `make package` built: `python -m infra.aws.deploy --stage prod [--dry-run]`.

Puts the zip and the template into the bucket under their digests, asks CloudFormation for a change set,
prints it, and unless it is a dry run executes it and waits. A stage has its values in infra/aws/stages.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.aws.change_set import ChangeSet, NotDeployed

STAGES = ("dev", "prod")
HERE = Path(__file__).parent / "stages"


@dataclass(frozen=True)
class Wish:
    """What is to be deployed where.

    build        the folder of `make package`
    bucket       for zips and templates; they are kept, for a roll-back is a deploy of the one before
    parameters   of the template, but for those that this module knows
    """

    stage: str
    build: Path
    bucket: str
    parameters: dict[str, str]

    @property
    def stack(self) -> str:
        return f"dezky-{self.stage}"


def main(arguments: list[str] | None = None) -> int:
    """0 when it is deployed, or would be; 1 with the reason on stderr otherwise."""
    parser = argparse.ArgumentParser(description="Deploy the package")
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument("--settings", type=Path, help="else infra/aws/stages/<stage>.json")
    parser.add_argument("--dry-run", action="store_true", help="print the change set, and change nothing")
    asked = parser.parse_args(arguments)
    try:
        wish, region = wished(asked.stage, asked.build, asked.settings or HERE / f"{asked.stage}.json")
        import boto3  # noqa: PLC0415 (a laptop without it can still ask for help)

        outputs = deploy(wish, boto3.Session(region_name=region).client, dry_run=asked.dry_run)
    except NotDeployed as error:
        print(f"Not deployed: {error}", file=sys.stderr)
        return 1
    print("\n".join(f"{name:<28} {value}" for name, value in outputs.items()))
    return 0


def wished(stage: str, build: Path, settings: Path) -> tuple[Wish, str]:
    """The wish and its region. Raises NotDeployed when files are missing or name another stage."""
    if not (build / "deployment.zip").exists():
        raise NotDeployed(f"there is no package in {build}: call `make package`")
    try:
        given = json.loads(settings.read_text())
        return Wish(stage, build, given["bucket"], {**given["parameters"]}), given["region"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotDeployed(f"{settings} cannot be read ({error!r}): copy stages/example.json") from error


def deploy(wish: Wish, client: Any, *, dry_run: bool = False) -> dict[str, str]:
    """The outputs of the stack, the addresses that people need; empty for a dry run. Raises NotDeployed."""
    template = (wish.build / "cloudformation.json").read_bytes()
    code = (wish.build / "deployment.zip").read_bytes()
    s3 = client("s3")
    parameters = {
        "Stage": wish.stage,
        "CodeBucket": wish.bucket,
        "CodeKey": uploaded(s3, wish.bucket, code, "zip"),
    }
    address = url_of(s3, wish.bucket, uploaded(s3, wish.bucket, template, "json"))
    change = ChangeSet(client("cloudformation"), wish.stack, address, wish.parameters | parameters)
    if not change.create():
        print("Nothing changes")
        return change.outputs()
    print("\n".join(change.lines()))
    if dry_run:
        change.discard()
        return {}
    change.execute()
    return change.outputs()


def uploaded(s3: Any, bucket: str, contents: bytes, ending: str) -> str:
    """The key, which is the digest: what is there already is the same. Raises NotDeployed."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (as boto3)

    key = f"dezky/{hashlib.sha256(contents).hexdigest()}.{ending}"
    try:
        if s3.list_objects_v2(Bucket=bucket, Prefix=key).get("KeyCount"):
            return key
        s3.put_object(Bucket=bucket, Key=key, Body=contents)
    except (ClientError, BotoCoreError) as error:
        raise NotDeployed(f"the bucket {bucket} cannot be written: {error}") from error
    return key


def url_of(s3: Any, bucket: str, key: str) -> str:
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


if __name__ == "__main__":
    sys.exit(main())
