"""Tools that would not go together with ours: each in an environment of its own, made on first use.

`python -m infra.aws.environments sam` prints where its Python is.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = ROOT / ".tools"
WANTED = Path(__file__).parent / "tools"  # <name>.txt
TOOLS = tuple(sorted(each.stem for each in WANTED.glob("*.txt")))


class NoTool(Exception):
    """It cannot be installed here; the message says why."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Install a tool of its own environment")
    parser.add_argument("tool", choices=TOOLS)
    try:
        print(programs_of(parser.parse_args().tool))
    except NoTool as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def programs_of(tool: str) -> Path:
    """The folder of its `python` and its commands. Raises NoTool."""
    folder = HERE / tool
    # Commands name the folder that they were made in: elsewhere, or moved, they would not run.
    wanted = f"{folder}\n{(WANTED / f'{tool}.txt').read_text()}"
    with _alone(tool):
        mark = folder / "installed.txt"
        if not mark.exists() or mark.read_text() != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            _install(tool, folder)
            mark.write_text(wanted)
    return folder / "bin"


@contextmanager
def _alone(tool: str) -> Iterator[None]:
    """Tests run side by side: one of them installs, the others wait."""
    HERE.mkdir(exist_ok=True)
    with (HERE / f"{tool}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(tool: str, folder: Path) -> None:
    print(f"Installing {tool} into {folder} (up to a minute, once) …", file=sys.stderr)
    venv.create(folder, with_pip=True)
    command = [
        str(folder / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "-q",
        "-r",
        str(WANTED / f"{tool}.txt"),
    ]
    given = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)  # noqa: S603 (ours)
    if done.returncode != 0:
        raise NoTool(f"{tool} cannot be installed: {done.stderr.strip()[-400:]}")


if __name__ == "__main__":
    sys.exit(main())
