"""A zip whose bytes depend on nothing but its contents, with bytecode beside each source."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from infra.aws.template.model import Runtime

UNPACKED_AT = "/var/task"  # where Lambda puts the zip: what traces show
NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can name
READABLE = 0o100644 << 16


def unzip(zipped: Path, to: Path) -> None:
    with zipfile.ZipFile(zipped) as opened:
        opened.extractall(to)


def compile_all(folder: Path, runtime: Runtime) -> None:
    """Put bytecode beside each source: Lambda cannot write any, so a cold start would compile every module.

    Never compared with its source, because a zip keeps no times; one seed, because bytes must not change.
    Sources that this Python cannot read are left as they are: wheels carry some for other versions.
    """
    python = interpreter(runtime)
    if python is None:
        print(f"No bytecode in the zip: there is no python{runtime.python} here to make it", file=sys.stderr)
        return
    command = [python, "-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash"]
    places = ["-s", str(folder), "-p", UNPACKED_AT, str(folder)]
    subprocess.run([*command, *places], env={"PYTHONHASHSEED": "0"}, check=False)  # noqa: S603 (our own command)


def interpreter(runtime: Runtime) -> str | None:
    """A Python of exactly that version, whose bytecode that runtime reads."""
    if runtime.python == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return sys.executable
    found = shutil.which(f"python{runtime.python}")
    if found is None:
        return None
    # A shim of a version manager may stand for a Python that is not there.
    answers = subprocess.run([found, "-c", ""], capture_output=True, check=False)  # noqa: S603 (asked for by name)
    return found if answers.returncode == 0 else None


def write_zip(folder: Path, to: Path) -> None:
    """Every file of `folder`, by name, without times and owners: equal contents, equal bytes."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), NO_TIME)
            entry.external_attr = READABLE
            zipped.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
