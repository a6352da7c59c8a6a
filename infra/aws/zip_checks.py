"""What must hold for a zip before anybody deploys it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.aws.template.functions import ROUTES_HANDLER
from infra.aws.template.model import Runtime

API_SETS = ("authorizer", "tenants", "partners", "users", "public")
FUNCTION_SETS = (*API_SETS, "reconcile", "schedule", "operator", "customer")
LARGEST = 20 * 1_000_000  # bytes; Lambda takes 50 MB, but each one makes a cold start longer
# The first word of a name in the zip. boto3 and botocore come with the Lambda runtime.
FOREIGN = {"infra", "tests", "bench", "secantus", "secantusdb", "moto", "flask", "boto3", "botocore", "pip"}
MACHINES = {"x86_64": 0x3E, "arm64": 0xB7}
FOREIGN |= {"setuptools", "pytest", "mypy", "ruff", "hypothesis"}
# Prints what a container of that set answers: routes, and names that a handler string can mean.
PRINT_SERVED = """
import json, sys
sys.path.insert(0, sys.argv[1])
import app
routes = [f"{method} {path}" for path, of in app.app.routes.items() for method in of]
print(json.dumps(routes + [name for name in vars(app) if callable(getattr(app, name))]))
"""
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


def check_zip(zipped: Path, runtime: Runtime) -> None:
    """Raises NotPackaged when `zipped` is too large, holds foreign files, or is for another machine."""
    check_size(zipped)
    check_contents(zipped)
    check_native(zipped, runtime)


def check_size(zipped: Path) -> None:
    size = zipped.stat().st_size
    if size > LARGEST:
        raise NotPackaged(f"the zip has {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f} MB")


def check_contents(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as opened:
        foreign = sorted(name for name in opened.namelist() if _is_foreign(name))
    if foreign:
        raise NotPackaged(f"{len(foreign)} files do not belong into the zip: {', '.join(foreign[:5])}")


def check_native(zipped: Path, runtime: Runtime) -> None:
    """Every library is for the processor and the Python of `runtime`: Lambda says so at run time only."""
    with zipfile.ZipFile(zipped) as opened:
        libraries = {
            name: opened.read(name)[:20] for name in opened.namelist() if ".so" in Path(name).suffixes
        }
    wrong = sorted(name for name, head in libraries.items() if not _is_for(runtime, name, head))
    if wrong:
        raise NotPackaged(
            f"not for Python {runtime.python} on {runtime.architecture}: {', '.join(wrong[:5])}"
        )


def check_imports(zipped: Path, sam: Any = None) -> None:
    """Import the unpacked zip as Lambda would: with the standard library and nothing else beside it.

    sam      the template: each of its functions has to find in its function set what it serves
    Raises   NotPackaged
    """
    with TemporaryDirectory(prefix="dezky-unpacked-") as folder, zipfile.ZipFile(zipped) as opened:
        opened.extractall(folder)
        _run(IMPORT_ALL, folder, "")
        for each in ("", *FUNCTION_SETS):
            served = set(json.loads(_run(PRINT_SERVED, folder, each)))
            _check_set(each, served, _functions(sam, each) if sam else [])


def _functions(sam: Any, part: str) -> list[Any]:
    functions = [each for each in sam["Resources"].values() if each["Type"] == "AWS::Serverless::Function"]
    return [
        each for each in functions if each["Properties"]["Environment"]["Variables"]["FUNCTION_SET"] == part
    ]


def _check_set(part: str, served: set[str], functions: list[Any]) -> None:
    for each in functions:
        handler = each["Properties"]["Handler"]
        wanted = each["Metadata"]["serves"] if handler == ROUTES_HANDLER else [handler.removeprefix("app.")]
        missing = [name for name in wanted if name not in served]
        if missing:
            raise NotPackaged(f"function set {part} does not serve {', '.join(missing)}: see the manifest")


def _is_foreign(name: str) -> bool:
    first = name.partition("/")[0]
    return first.startswith(".") or first.partition("-")[0].removesuffix(".py").lower() in FOREIGN


def _is_for(runtime: Runtime, name: str, head: bytes) -> bool:
    """Source   System V ABI, ELF header: e_machine is two bytes at offset 18"""
    machine = int.from_bytes(head[18:20], "little")
    tag = f"cpython-{runtime.python.replace('.', '')}-"
    is_for_python = "cpython-" not in name or tag in name
    return head.startswith(b"\x7fELF") and machine == MACHINES[runtime.architecture] and is_for_python


def _run(code: str, folder: str, function_set: str) -> str:
    """What it printed. Raises NotPackaged when it fails."""
    command = [sys.executable, "-I", "-S", "-B", "-c", code, folder]
    done = subprocess.run(  # noqa: S603 (our own command)
        command, cwd=folder, env={"FUNCTION_SET": function_set}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        what = f"function set {function_set}" if function_set else "all function sets"
        raise NotPackaged(f"the zip cannot be imported for {what}:\n{done.stderr.strip()}")
    return done.stdout
