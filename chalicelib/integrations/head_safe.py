"""Where the heads of the audit trail are kept: a bucket with object lock, or a folder on a laptop.

All that a head says is in the name of its object, so that one listing reads them all:
`audit-heads/20261122T000500000Z-000000000903-000000004711-<hash>.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chalicelib.domain.seal import KeptHead
from chalicelib.errors import Misconfigured, Unavailable

PREFIX = "audit-heads/"
NAME = re.compile(r"(\d{8}T\d{6})(\d{3})Z-(\d{12})-(\d{12})-([0-9a-f]{64})\.json")


class HeadBucket:
    """HeadSafe in S3. The bucket's default retention locks every object; nothing here may change one.

    Source   Amazon S3 API: PutObject, HeadObject (ObjectLockMode), ListObjectVersions
    """

    def __init__(self, bucket: str, client: Any = None) -> None:
        self._bucket = bucket
        self._client = client or s3_client()

    def keep(self, head: KeptHead) -> None:
        """Raises Misconfigured when the bucket does not lock what is put there, Unavailable."""
        key = PREFIX + name_of(head)
        self._call("put_object", Key=key, Body=body_of(head), ContentType="application/json")
        if "ObjectLockMode" not in self._call("head_object", Key=key):
            raise Misconfigured(
                "The bucket in AUDIT_BUCKET has no default retention: heads could be rewritten"
            )

    def kept(self) -> Mapping[int, KeptHead]:
        """Versions, because a marker of deletion hides an object that is still there. Raises Unavailable."""
        found: list[tuple[datetime, str]] = []
        more: dict[str, str] = {}
        while True:
            page = self._call("list_object_versions", Prefix=PREFIX, **more)
            found += [(each["LastModified"], each["Key"]) for each in page.get("Versions", ())]
            if not page.get("IsTruncated"):
                return heads_of(key.removeprefix(PREFIX) for _, key in sorted(found))
            more = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}

    def _call(self, operation: str, **given: object) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 (as s3_client)

        try:
            return getattr(self._client, operation)(Bucket=self._bucket, **given)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("The heads of the audit trail cannot be reached") from error


class HeadFolder:
    """HeadSafe on a laptop: files that are never opened for writing again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, head: KeptHead) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / name_of(head)
        if not file.exists():
            file.write_bytes(body_of(head))
            file.chmod(0o444)

    def kept(self) -> Mapping[int, KeptHead]:
        return heads_of(sorted(each.name for each in self._folder.glob("*.json")))


class NoSafe:
    """HeadSafe where neither AUDIT_BUCKET nor AUDIT_FOLDER is set: there is none to compare with."""

    def keep(self, head: KeptHead) -> None:  # noqa: ARG002 - there is nowhere to put it
        raise Misconfigured(
            "Neither AUDIT_BUCKET nor AUDIT_FOLDER is set: the audit trail's head is not kept"
        )

    def kept(self) -> Mapping[int, KeptHead]:
        return {}


def s3_client() -> Any:
    import boto3  # noqa: PLC0415 (it takes longer to import than all else: only who needs it pays)
    from botocore.config import Config  # noqa: PLC0415

    retries = {"mode": "standard", "max_attempts": 3}
    return boto3.client("s3", config=Config(connect_timeout=1, read_timeout=3, retries=retries))


def name_of(head: KeptHead) -> str:
    at = head.at.astimezone(UTC)
    moment = f"{at:%Y%m%dT%H%M%S}{at.microsecond // 1000:03}Z"
    return f"{moment}-{head.seq:012}-{head.total:012}-{head.hash}.json"


def body_of(head: KeptHead) -> bytes:
    return json.dumps(head.model_dump(mode="json", by_alias=True), sort_keys=True).encode()


def heads_of(names: Iterable[str]) -> dict[int, KeptHead]:
    """The heads by number, oldest first: what was put there first holds."""
    heads: dict[int, KeptHead] = {}
    for each in names:
        parts = NAME.fullmatch(each)
        if parts:
            head = _head(parts)
            heads.setdefault(head.seq, head)
    return heads


def _head(parts: re.Match[str]) -> KeptHead:
    at = datetime.strptime(parts[1], "%Y%m%dT%H%M%S").replace(microsecond=int(parts[2]) * 1000, tzinfo=UTC)
    return KeptHead(seq=int(parts[3]), total=int(parts[4]), hash=parts[5], at=at)
