"""What a zip must not be: too large, foreign, or impossible to import where nothing else is installed."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from infra.aws.package import here
from infra.aws.template.model import Runtime
from infra.aws.zip_checks import (
    LARGEST,
    NotPackaged,
    check_contents,
    check_imports,
    check_native,
    check_size,
    check_zip,
)

APP = "import chalicelib\nclass app:\n    routes = {}\n"


def a_zip(folder: Path, **files: str) -> Path:
    """A small zip that holds, unless `files` says otherwise; `__` in a name is a folder."""
    contents = {"app": APP, "chalicelib____init__": ""} | files
    zipped = folder / "deployment.zip"
    with zipfile.ZipFile(zipped, "w") as opened:
        for name, text in contents.items():
            path = "chalicelib/__init__" if name == "chalicelib____init__" else name.replace("__", "/")
            opened.writestr(f"{path}.py", text)
    return zipped


def with_entry(zipped: Path, name: str) -> Path:
    with zipfile.ZipFile(zipped, "a") as opened:
        opened.writestr(name, "")
    return zipped


def test_a_small_zip_of_our_own_that_can_be_imported_holds(tmp_path):
    zipped = a_zip(tmp_path)

    check_zip(zipped, here())


def test_a_zip_of_exactly_the_limit_is_let_through_and_one_byte_more_is_not(tmp_path):
    zipped = tmp_path / "deployment.zip"

    with zipped.open("wb") as sparse:
        sparse.truncate(LARGEST)
    check_size(zipped)

    with zipped.open("ab") as sparse:
        sparse.truncate(LARGEST + 1)
    with pytest.raises(NotPackaged, match="more than 20 MB"):
        check_size(zipped)


@pytest.mark.parametrize(
    "name",
    [
        "infra/local/run.py",
        "tests/builders.py",
        "bench/__main__.py",
        "secantus/cli.py",
        "secantusdb-0.7.0b3.dist-info/METADATA",
        "moto/__init__.py",
        "flask/app.py",
        "Flask-3.1.3.dist-info/METADATA",
        "boto3/__init__.py",
        "botocore/data/endpoints.json",
        "pip/__main__.py",
        ".local/mongo/data",
        ".chalice/config.json",
    ],
)
def test_a_zip_with_what_only_a_laptop_needs_is_refused_by_name(tmp_path, name):
    zipped = with_entry(a_zip(tmp_path), name)

    with pytest.raises(NotPackaged, match="do not belong") as refusal:
        check_contents(zipped)

    assert name in str(refusal.value)


@pytest.mark.parametrize("name", ["chalicelib/tests.py", "flaskish/__init__.py", "requests/infra.py"])
def test_a_name_that_only_looks_foreign_is_let_through(tmp_path, name):
    check_contents(with_entry(a_zip(tmp_path), name))


def test_a_zip_that_lacks_a_dependency_is_refused_with_its_name(tmp_path):
    zipped = a_zip(tmp_path, app=f"import dependency_that_was_left_out\n{APP}")

    with pytest.raises(NotPackaged, match="No module named 'dependency_that_was_left_out'"):
        check_imports(zipped)


def test_what_is_installed_on_this_machine_does_not_make_up_for_what_the_zip_lacks(tmp_path):
    assert "pytest" in sys.modules
    zipped = a_zip(tmp_path, app=f"import pytest\n{APP}")

    with pytest.raises(NotPackaged, match="No module named 'pytest'"):
        check_imports(zipped)


@pytest.mark.parametrize("function_set", ["authorizer", "users", "schedule"])
def test_a_zip_that_one_function_set_cannot_import_is_refused_with_the_set(tmp_path, function_set):
    app = f"import os\nif os.environ['FUNCTION_SET'] == '{function_set}':\n    import left_out\n{APP}"
    zipped = a_zip(tmp_path, app=app)

    with pytest.raises(NotPackaged, match=f"function set {function_set}:"):
        check_imports(zipped)


def test_an_app_that_needs_boto3_at_import_is_refused(tmp_path):
    zipped = a_zip(tmp_path, app=f"import boto3\n{APP}")

    with pytest.raises(NotPackaged, match="boto3"):
        check_imports(zipped)


def test_a_module_that_is_imported_late_may_lack_boto3_but_nothing_else(tmp_path):
    check_imports(a_zip(tmp_path, chalicelib__queue="from boto3 import client\n"))

    with pytest.raises(NotPackaged, match="left_out"):
        check_imports(a_zip(tmp_path, chalicelib__queue="from left_out import client\n"))


def a_template(handler: str, *serves: str) -> dict[str, object]:
    variables = {"Variables": {"FUNCTION_SET": "users"}}
    properties = {"Handler": handler, "Environment": variables}
    function = {"Type": "AWS::Serverless::Function", "Properties": properties, "Metadata": {"serves": serves}}
    return {"Resources": {"One": function}}


@pytest.mark.parametrize(
    ("handler", "serves"), [("app.app", "GET /gone"), ("app.nightly", "nightly")], ids=["route", "trigger"]
)
def test_a_function_whose_set_does_not_serve_what_it_should_is_refused(tmp_path, handler, serves):
    with pytest.raises(NotPackaged, match=f"function set users does not serve {serves}"):
        check_imports(a_zip(tmp_path), a_template(handler, serves))


def test_a_function_whose_set_serves_what_it_should_is_let_through(tmp_path):
    app = APP.replace("{}", "{'/me': {'GET': 1}}") + "def nightly(): ...\n"

    check_imports(a_zip(tmp_path, app=app), a_template("app.app", "GET /me"))
    check_imports(a_zip(tmp_path, app=app), a_template("app.nightly", "nightly"))


def a_library(machine: int) -> bytes:
    return b"\x7fELF" + b"\x00" * 14 + machine.to_bytes(2, "little")


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("x/_x.cpython-313-aarch64-linux-gnu.so", a_library(0x3E)),
        ("x/_x.cpython-311-aarch64-linux-gnu.so", a_library(0xB7)),
        ("x/_x.abi3.so", b"MZ of another system"),
        ("x.libs/libx.so.3", a_library(0x3E)),
    ],
)
def test_a_library_for_another_machine_or_another_python_is_refused(tmp_path, name, contents):
    zipped = a_zip(tmp_path)
    with zipfile.ZipFile(zipped, "a") as opened:
        opened.writestr(name, contents)

    with pytest.raises(NotPackaged, match=r"not for Python 3\.13 on arm64"):
        check_native(zipped, Runtime("3.13", "arm64"))


@pytest.mark.parametrize(
    "name", ["x/_x.cpython-313-aarch64-linux-gnu.so", "x/_x.abi3.so", "x.libs/libx.so.3"]
)
def test_a_library_for_the_runtime_is_let_through(tmp_path, name):
    zipped = a_zip(tmp_path)
    with zipfile.ZipFile(zipped, "a") as opened:
        opened.writestr(name, a_library(0xB7))

    check_native(zipped, Runtime("3.13", "arm64"))
