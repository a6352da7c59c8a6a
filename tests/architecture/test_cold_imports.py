"""A cold start imports what its function set needs, and no more."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from infra.aws.zip_checks import FUNCTION_SETS

ROOT = Path(__file__).parents[2]
LIST_MODULES = "import json, sys, app; print(json.dumps(list(sys.modules)))"
LAPTOP = {"flask", "moto", "secantus", "infra", "tests"}
PORTALS = {"authlib", "jinja2"}
OTHER_SYSTEMS = {"boto3", "botocore", "requests", "urllib3"}
DATABASE = {"pymongo", "bson"}
LOOKUPS = {"dns"}  # dnspython
NOT_NEEDED = {
    "authorizer": {"pydantic"} | DATABASE | OTHER_SYSTEMS | PORTALS | LOOKUPS,
    "tenants": OTHER_SYSTEMS | PORTALS | LOOKUPS,
    "partners": OTHER_SYSTEMS | PORTALS | LOOKUPS,
    "users": OTHER_SYSTEMS | PORTALS | LOOKUPS,
    "public": OTHER_SYSTEMS | PORTALS | LOOKUPS,
    "reconcile": PORTALS | LOOKUPS,
    "schedule": PORTALS | LOOKUPS,
    "operator": {"boto3", "botocore"} | LOOKUPS,
    "customer": {"boto3", "botocore"} | LOOKUPS,
}


def imported(function_set: str) -> frozenset[str]:
    """The packages that a fresh process has after `import app`."""
    return frozenset(name.partition(".")[0] for name in loaded(function_set))


@cache
def loaded(function_set: str) -> frozenset[str]:
    """The modules that a fresh process has after `import app`."""
    command = [sys.executable, "-W", "error", "-c", LIST_MODULES]
    environment = {**os.environ, "FUNCTION_SET": function_set}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 (our own command)
    return frozenset(json.loads(done.stdout))


@pytest.mark.parametrize("function_set", FUNCTION_SETS)
def test_a_function_set_imports_nothing_heavy_that_it_does_not_need(function_set):
    assert imported(function_set) & NOT_NEEDED[function_set] == set()


@pytest.mark.parametrize("function_set", ["", *FUNCTION_SETS])
def test_no_function_set_imports_what_only_a_laptop_needs(function_set):
    assert imported(function_set) & LAPTOP == set()


def test_the_names_above_are_those_that_modules_really_have():
    """Else a wrong name would pass for ever."""
    assert DATABASE | {"pydantic", "chalice", "chalicelib"} <= imported("")


def test_app_and_package_know_the_same_function_sets():
    calls = [
        node for node in ast.walk(ast.parse((ROOT / "app.py").read_text())) if isinstance(node, ast.Call)
    ]
    serves = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "serves"]

    named = {
        argument.value for call in serves for argument in call.args if isinstance(argument, ast.Constant)
    }

    assert named == set(FUNCTION_SETS)


@pytest.mark.parametrize("function_set", ["authorizer", "tenants", "partners", "users", "public"])
def test_the_api_does_not_import_the_engine(function_set):
    assert {name for name in loaded(function_set) if name.startswith("chalicelib.reconcile")} == set()
