"""What must hold for a zip before anybody deploys it."""

from __future__ import annotations

import platform
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

FUNCTION_SETS = ("authorizer", "tenants", "partners", "users", "public", "reconcile", "schedule", "operator")
LARGEST = 20 * 1_000_000  # bytes; Lambda takes 50 MB, but each one makes a cold start longer
# The first word of a name in the zip. boto3 and botocore come with the Lambda runtime.
FOREIGN = {"infra", "tests", "bench", "secantus", "secantusdb", "moto", "flask", "boto3", "botocore", "pip"}
FOREIGN |= {"setuptools", "pytest", "mypy", "ruff", "hypothesis"}
IMPORT_APP = "import sys; sys.path.insert(0, sys.argv[1]); import app"
# The app imports some modules on first use only; boto3 is the one thing that may be missing here.
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in {"boto3", "botocore"}:
            raise
"""


class NotPackaged(Exception):
    """There is no zip that could be deployed; the message says why."""


def check_zip(zipped: Path) -> None:
    """Raises NotPackaged when `zipped` is too large, holds foreign files, or cannot be imported."""
    check_size(zipped)
    check_contents(zipped)
    check_imports(zipped)


def check_size(zipped: Path) -> None:
    size = zipped.stat().st_size
    if size > LARGEST:
        raise NotPackaged(f"the zip has {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f} MB")


def check_contents(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as opened:
        foreign = sorted(name for name in opened.namelist() if _is_foreign(name))
    if foreign:
        raise NotPackaged(f"{len(foreign)} files do not belong into the zip: {', '.join(foreign[:5])}")


def check_imports(zipped: Path) -> None:
    """Import the unpacked zip as Lambda would: with the standard library and nothing else beside it."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        print("Not tried: importing the zip, which is for Linux on x86_64", file=sys.stderr)
        return
    with TemporaryDirectory(prefix="dezky-unpacked-") as folder, zipfile.ZipFile(zipped) as opened:
        opened.extractall(folder)
        for each in ("", *FUNCTION_SETS):
            _check_import(IMPORT_APP, folder, each)
        _check_import(IMPORT_ALL, folder, "")


def _is_foreign(name: str) -> bool:
    first = name.partition("/")[0]
    return first.startswith(".") or first.partition("-")[0].removesuffix(".py").lower() in FOREIGN


def _check_import(code: str, folder: str, function_set: str) -> None:
    command = [sys.executable, "-I", "-S", "-B", "-c", code, folder]
    done = subprocess.run(  # noqa: S603 (our own command)
        command, cwd=folder, env={"FUNCTION_SET": function_set}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        what = f"function set {function_set}" if function_set else "all function sets"
        raise NotPackaged(f"the zip cannot be imported for {what}:\n{done.stderr.strip()}")
