"""Heads of the audit trail are kept where the application cannot rewrite them."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.domain.seal import KeptHead
from chalicelib.errors import Misconfigured, Unavailable
from chalicelib.integrations.head_safe import PREFIX, HeadBucket, HeadFolder, NoSafe, name_of
from tests.builders import NOON

BUCKET = "audit-heads-of-a-test"


def a_head(seq=1, letter="a", at=NOON):
    return KeptHead(seq=seq, hash=letter * 64, total=seq * 10, at=at)


@pytest.fixture
def s3():
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
        retention = {"Mode": "COMPLIANCE", "Days": 3650}
        rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
        client.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration=rule)
        yield client


@pytest.fixture(params=["bucket", "folder"])
def safe(request, tmp_path):
    if request.param == "folder":
        return HeadFolder(tmp_path / "heads")
    return HeadBucket(BUCKET, request.getfixturevalue("s3"))


def test_what_was_kept_is_read_back(safe):
    first, second = a_head(1), a_head(2, "b", NOON + timedelta(days=1, milliseconds=7))

    assert safe.kept() == {}
    safe.keep(first)
    safe.keep(second)
    safe.keep(second)

    assert safe.kept() == {1: first, 2: second}


def test_of_two_heads_with_one_number_the_first_holds(safe):
    safe.keep(a_head(1))
    safe.keep(a_head(1, "f", NOON + timedelta(days=1)))

    assert safe.kept() == {1: a_head(1)}


def test_a_head_in_the_bucket_cannot_be_taken_away(s3):
    safe = HeadBucket(BUCKET, s3)
    safe.keep(a_head())
    (version,) = s3.list_object_versions(Bucket=BUCKET, Prefix=PREFIX)["Versions"]

    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
    s3.delete_object(Bucket=BUCKET, Key=version["Key"])  # only hides it behind a marker

    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
    assert safe.kept() == {1: a_head()}


def test_many_heads_are_read_page_by_page(s3, monkeypatch):
    safe = HeadBucket(BUCKET, SmallPages(s3))
    for seq in range(1, 6):
        safe.keep(a_head(seq, at=NOON + timedelta(days=seq)))

    assert list(safe.kept()) == [1, 2, 3, 4, 5]


def test_a_bucket_that_does_not_lock_is_refused_loudly():
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)

        with pytest.raises(Misconfigured, match="AUDIT_BUCKET"):
            HeadBucket(BUCKET, client).keep(a_head())


def test_a_bucket_that_is_away_is_said_without_its_name():
    with mock_aws(), pytest.raises(Unavailable) as raised:
        HeadBucket(BUCKET).kept()

    assert BUCKET not in str(raised.value)


def test_a_head_in_the_folder_is_not_written_again(tmp_path):
    HeadFolder(tmp_path).keep(a_head())

    assert (tmp_path / name_of(a_head())).stat().st_mode & 0o222 == 0


def test_strange_files_are_no_heads(tmp_path):
    (tmp_path / "notes.json").write_text("{}")

    assert HeadFolder(tmp_path).kept() == {}


def test_without_a_safe_nothing_is_kept_and_that_is_said():
    assert NoSafe().kept() == {}
    with pytest.raises(Misconfigured, match="AUDIT_BUCKET"):
        NoSafe().keep(a_head())


class SmallPages:
    """S3 with two versions a page."""

    def __init__(self, client):
        self._client = client

    def __getattr__(self, name):
        return getattr(self._client, name)

    def list_object_versions(self, **given):
        return self._client.list_object_versions(**given, MaxKeys=2)
