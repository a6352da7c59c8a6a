"""What a fresh container pays before its first request: `import app`, by function set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from bench.report import Section, millis
from infra.aws.zip_checks import FUNCTION_SETS

ROOT = Path(__file__).parents[1]
RUNS = 5
SAYS = f"""Milliseconds in a new process, the median of {RUNS}, with bytecode on disk, as it is in the zip.
*libraries alone* is the floor: the same modules of others, imported without ours. A Lambda adds the start of
Python itself, and has less of a core."""
HEADINGS = ("function set", "import app", "libraries alone", "ours")
IMPORT_APP = "import time; began = time.perf_counter(); import app; print(time.perf_counter() - began)"
LIST_LIBRARIES = """
import json, sys
installed = set(sys.modules)
import app
def is_library(module):
    return "site-packages" in str(getattr(getattr(module, "__spec__", None), "origin", None))
print(json.dumps([name for name in sys.modules if name not in installed and is_library(sys.modules[name])]))
"""
IMPORT_LIBRARIES = """
import json, sys, time
from importlib import import_module
names = json.loads(sys.argv[1])
began = time.perf_counter()
for name in names:
    import_module(name)
print(time.perf_counter() - began)
"""


def measured() -> Section:
    rows = [(each, *map(millis, _times(each))) for each in FUNCTION_SETS]
    return Section("A cold start", SAYS, HEADINGS, rows)


def _times(function_set: str) -> tuple[float, float, float]:
    libraries = _answer(function_set, LIST_LIBRARIES)  # in the order in which the application gets them
    samples = [_sample(function_set, libraries) for _ in range(RUNS)]
    whole, floor = (median(column) for column in zip(*samples, strict=True))
    return whole, floor, median(one - other for one, other in samples)


def _sample(function_set: str, libraries: str) -> tuple[float, float]:
    whole = float(_answer(function_set, IMPORT_APP))
    return whole, float(_answer(function_set, IMPORT_LIBRARIES, libraries))


def _answer(function_set: str, code: str, *arguments: str) -> str:
    """What a new Python prints. Raises CalledProcessError when it fails."""
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "FUNCTION_SET": function_set}
    done = subprocess.run(  # noqa: S603 (our own command)
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()
