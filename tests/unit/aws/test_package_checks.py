"""What a zip must not be: too large, foreign, or impossible to import where nothing else is installed."""

from __future__ import annotations

import platform
import sys
import zipfile
from pathlib import Path

import pytest

from infra.aws.zip_checks import LARGEST, NotPackaged, check_contents, check_imports, check_size, check_zip

APP = "import chalicelib\n"
elsewhere = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="the zip is for Linux on x86_64, so its import is tried there only",
)


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

    check_zip(zipped)


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


@elsewhere
def test_a_zip_that_lacks_a_dependency_is_refused_with_its_name(tmp_path):
    zipped = a_zip(tmp_path, app="import dependency_that_was_left_out\n")

    with pytest.raises(NotPackaged, match="No module named 'dependency_that_was_left_out'"):
        check_imports(zipped)


@elsewhere
def test_what_is_installed_on_this_machine_does_not_make_up_for_what_the_zip_lacks(tmp_path):
    assert "pytest" in sys.modules
    zipped = a_zip(tmp_path, app="import pytest\n")

    with pytest.raises(NotPackaged, match="No module named 'pytest'"):
        check_imports(zipped)


@elsewhere
@pytest.mark.parametrize("function_set", ["authorizer", "users", "schedule"])
def test_a_zip_that_one_function_set_cannot_import_is_refused_with_the_set(tmp_path, function_set):
    app = f"import os\nif os.environ['FUNCTION_SET'] == '{function_set}':\n    import left_out\n"
    zipped = a_zip(tmp_path, app=app)

    with pytest.raises(NotPackaged, match=f"function set {function_set}:"):
        check_imports(zipped)


@elsewhere
def test_an_app_that_needs_boto3_at_import_is_refused(tmp_path):
    zipped = a_zip(tmp_path, app="import boto3\n")

    with pytest.raises(NotPackaged, match="boto3"):
        check_imports(zipped)


@elsewhere
def test_a_module_that_is_imported_late_may_lack_boto3_but_nothing_else(tmp_path):
    check_imports(a_zip(tmp_path, chalicelib__queue="from boto3 import client\n"))

    with pytest.raises(NotPackaged, match="left_out"):
        check_imports(a_zip(tmp_path, chalicelib__queue="from left_out import client\n"))
