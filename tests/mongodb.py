"""A MongoDB for tests: one server process per test process, emptied between tests."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

SERVER = Path(sys.executable).with_name("secantusd-py")


@contextmanager
def running_mongodb() -> Iterator[str]:
    """The address of a fresh server on a free port; it and its data are gone afterwards."""
    folder, port = tempfile.mkdtemp(prefix="dezky-mongo-"), free_port()
    address = ["--host", "127.0.0.1", "--port", str(port), "--storage-path", folder]
    quiet = ["--log-level", "ERROR", "--enable-test-commands"]
    with subprocess.Popen([SERVER, *address, *quiet], stderr=subprocess.DEVNULL) as server:  # noqa: S603 (ours)
        try:
            uri = f"mongodb://127.0.0.1:{port}"
            _wait_for(uri)
            yield uri
        finally:
            server.terminate()
            try:
                server.wait(5)
            except subprocess.TimeoutExpired:
                server.kill()
            shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(uri: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    with MongoClient(uri, serverSelectionTimeoutMS=200) as client:
        while True:
            try:
                client.admin.command("ping")
            except PyMongoError:
                if time.monotonic() > end:
                    raise
            else:
                return
