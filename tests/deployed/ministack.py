"""MiniStack: AWS in one process, with IAM enforced and each function run by a Python of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.aws.environments import programs_of

REGION = "us-east-1"
START = 30.0  # seconds
ROOM = 8_000_000_000  # bytes


@contextmanager
def running_ministack(port: int) -> Iterator[str]:
    """Its address; it, its functions' processes and all they unpacked are gone afterwards.

    Functions inherit its environment, so nothing of a developer is in it.
    """
    programs, folder = (
        programs_of("ministack"),
        tempfile.mkdtemp(prefix="dezky-ministack-", dir=roomy_memory()),
    )
    address = f"http://127.0.0.1:{port}"
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": folder,
        "TMPDIR": folder,  # it leaves unpacked functions behind
        "LANG": "C.UTF-8",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "false",  # would listen on all interfaces
        "AUTH": "true",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_REGION": REGION,
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "no_proxy": "127.0.0.1,localhost",
    }
    with (Path(folder) / "ministack.log").open("w") as log:
        server = subprocess.Popen(  # noqa: S603 (our own command)
            [str(programs / "ministack")], env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_for(f"{address}/_ministack/health")
            yield address
        finally:
            _end(server)
            shutil.rmtree(folder, ignore_errors=True)


def roomy_memory() -> str | None:
    """Each function unpacks the zip for itself, 60 MB: writing and removing that on a disk takes minutes."""
    memory = Path("/dev/shm")  # noqa: S108 (its folder has a name of its own)
    is_roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    return str(memory) if is_roomy else None


def client(address: str, service: str) -> Any:
    """As the person who deploys."""
    return boto3.client(
        service,
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1}, read_timeout=60),
    )


def _wait_for(url: str) -> None:
    ends = time.monotonic() + START
    while True:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 (our own address)
                return
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


def _end(server: subprocess.Popen[bytes]) -> None:
    """With all its functions: they are of its own process group."""
    for sign in (15, 9):
        try:
            os.killpg(server.pid, sign)
            server.wait(5)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
