"""What goes into the zip, and that equal contents are equal bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.aws.package import ROOT, build, check_chalice, copy_project, environment, main, to_pack
from infra.aws.zip_checks import NotPackaged
from infra.aws.zip_file import compile_all, unzip, write_zip


def a_project(folder: Path) -> Path:
    """A project with what belongs into a zip, and with what does not."""
    for name in (
        "app.py",
        "requirements.txt",
        ".chalice/config.json",
        ".chalice/deployed/dev.json",
        "chalicelib/config.py",
        "chalicelib/__pycache__/config.cpython-311.pyc",
        "chalicelib/.DS_Store",
        "chalicelib/docs_page/style.css",
        "infra/local/run.py",
        "tests/builders.py",
        ".local/mongo/data",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    return folder


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_only_the_application_is_copied(tmp_path):
    project = a_project(tmp_path / "project")

    copy_project(project, tmp_path / "copy")

    expected = {"app.py", "requirements.txt", ".chalice/config.json"}
    assert files_of(tmp_path / "copy") == expected | {
        "chalicelib/config.py",
        "chalicelib/docs_page/style.css",
    }


@pytest.mark.parametrize("line", ["chalice==1.34.0", "chalice", "Chalice>=1.34", "chalice[x]==1.34.0"])
def test_chalice_is_not_packed_as_a_dependency(line):
    assert to_pack(f"# why\n{line}\npymongo==4.20.0\n") == "# why\npymongo==4.20.0\n"


@pytest.mark.parametrize("line", ["chalice-extras==1", "chalicelike", "pychalice==2"])
def test_what_is_only_named_like_chalice_is_packed(line):
    assert to_pack(f"{line}\n") == f"{line}\n"


def test_chalice_failing_is_a_failure():
    with pytest.raises(NotPackaged, match="Could not satisfy the requirement"):
        check_chalice(2, "Could not satisfy the requirement: pymongo==99")


def test_a_dependency_that_chalice_only_warns_about_is_a_failure():
    said = "Creating deployment package.\nCould not install dependencies:\ncryptography==50.0.2\n"

    with pytest.raises(NotPackaged, match=r"cryptography==50\.0\.2"):
        check_chalice(0, said)


def test_chalice_saying_nothing_bad_is_a_success():
    check_chalice(0, "Creating deployment package.\n")


def test_chalice_is_run_without_a_function_set_and_without_anyones_aws_account():
    shell = {"FUNCTION_SET": "users", "AWS_PROFILE": "mine", "AWS_REGION": "x", "MONGODB_URI": "mongodb://x"}

    given = environment(shell | {"PATH": "/bin", "PIP_CERT": "ca.pem", "https_proxy": "http://proxy"})

    assert {"FUNCTION_SET", "AWS_PROFILE", "AWS_REGION", "MONGODB_URI"}.isdisjoint(given)
    assert given["AWS_CONFIG_FILE"] == os.devnull
    assert (given["PATH"], given["PIP_CERT"], given["https_proxy"]) == ("/bin", "ca.pem", "http://proxy")


def test_equal_contents_are_equal_bytes_whatever_their_order_times_and_rights(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, names in ((one, ("a.py", "b.py", "c/d.py")), (other, ("c/d.py", "b.py", "a.py"))):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"NAME = {name!r}\nONE_OF = frozenset(('a', 'b', 'c'))\n")
        compile_all(folder)
    os.utime(other / "a.py", (1, 1))
    (other / "b.py").chmod(0o600)

    write_zip(one, tmp_path / "one.zip")
    write_zip(other, tmp_path / "other.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_every_source_has_its_bytecode_and_traces_show_where_lambda_unpacks(tmp_path):
    (tmp_path / "app.py").write_text("def fail():\n    raise ValueError\n")

    compile_all(tmp_path)

    (compiled,) = (tmp_path / "__pycache__").iterdir()
    assert b"/var/task/app.py" in compiled.read_bytes()
    assert str(tmp_path).encode() not in compiled.read_bytes()


def test_a_failure_leaves_nothing_that_could_be_deployed(tmp_path):
    out = tmp_path / "build"
    out.mkdir()
    (out / "deployment.zip").write_text("of yesterday")
    (out / "sam.json").write_text("of yesterday")
    project = a_project(tmp_path / "project")
    (project / ".chalice" / "config.json").write_text('{"version": "2.0", "app_name": "lab", "stages": {}}')
    (project / "app.py").write_text("raise RuntimeError('this app is broken')\n")

    with pytest.raises(NotPackaged, match="this app is broken"):
        build(project, "dev", out)

    assert list(out.iterdir()) == []


def test_an_unknown_stage_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--stage", "live"])

    assert "invalid choice" in capsys.readouterr().err


def test_the_project_is_packed_and_its_contents_give_the_same_bytes_again(tmp_path):
    if not registry_answers(tmp_path):
        pytest.skip("the dependencies' wheels cannot be had: no package registry answers")

    packed = build(ROOT, "dev", tmp_path / "build")

    unzip(packed, tmp_path / "contents")
    for compiled in (tmp_path / "contents").rglob("*.pyc"):
        compiled.unlink()
    compile_all(tmp_path / "contents")
    write_zip(tmp_path / "contents", tmp_path / "again.zip")
    files = files_of(tmp_path / "contents")
    assert {"app.py", "chalice/app.py", "chalicelib/config.py", "pymongo/__init__.py"} <= files
    assert (tmp_path / "again.zip").read_bytes() == packed.read_bytes()
    functions = json.loads((tmp_path / "build" / "sam.json").read_text())["Resources"]
    assert {"APIHandler", "TokenAuthorizer", "ReconcileAuthentik", "PlanSweep"} <= set(functions)


def registry_answers(folder: Path) -> bool:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--retries", "0", "--timeout", "5"]
    asked = [*command, "--no-cache-dir", "-q", "-d", str(folder / "probe"), "idna==3.20"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603 (our own command)
