"""The database as a process of its own: SecantusDB, which speaks MongoDB's protocol."""

import os
import sys

from secantus.cli import main as serve

from infra.local.lifeline import leave_with_parent
from infra.local.settings import LocalSettings, from_environment


def arguments(settings: LocalSettings) -> list[str]:
    """Without --sync-on-commit an acknowledged write can be lost when the process is killed."""
    storage = ["--storage-path", str(settings.folder / "mongo"), "--sync-on-commit"]
    address = ["--host", "127.0.0.1", "--port", str(settings.mongodb_port)]
    return [*address, *storage, "--log-level", "WARNING"]


if __name__ == "__main__":
    leave_with_parent()
    sys.exit(serve(arguments(from_environment(os.environ))))
