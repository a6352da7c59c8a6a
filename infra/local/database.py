"""The database as a process of its own: SecantusDB, which speaks MongoDB's protocol.

It is under the GPL, so nothing of it is imported: this process becomes its command.
"""

import os
import sys
from pathlib import Path

from infra.local.lifeline import end_with_parent
from infra.local.settings import LocalSettings, from_environment

SERVER = Path(sys.executable).with_name("secantusd-py")


def arguments(settings: LocalSettings) -> list[str]:
    """Without --sync-on-commit an acknowledged write can be lost when the process is killed."""
    storage = ["--storage-path", str(settings.folder / "mongo"), "--sync-on-commit"]
    address = ["--host", "127.0.0.1", "--port", str(settings.mongodb_port)]
    return [*address, *storage, "--log-level", "WARNING"]


if __name__ == "__main__":
    end_with_parent()
    os.execv(SERVER, [str(SERVER), *arguments(from_environment(os.environ))])  # noqa: S606 (no shell is wanted)
