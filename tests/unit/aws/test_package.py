"""What goes into the zip, and that equal contents are equal bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.aws import manifest, package
from infra.aws.dependencies import fetch
from infra.aws.lock import NotLocked, to_pack
from infra.aws.package import ROOT, build, copy_project, environment, here, main, run_chalice, templated
from infra.aws.template.model import Runtime
from infra.aws.zip_checks import NotPackaged, check_zip
from infra.aws.zip_file import compile_all, write_zip


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


def test_chalice_failing_is_a_failure(tmp_path):
    project = a_project(tmp_path / "project")
    (project / ".chalice" / "config.json").write_text('{"version": "2.0", "app_name": "lab", "stages": {}}')
    (project / "app.py").write_text("raise RuntimeError('this app is broken')\n")

    with pytest.raises(NotPackaged, match="this app is broken"):
        run_chalice(project, tmp_path / "out")


def a_lock(folder: Path, *lines: str) -> Path:
    lock = folder / "requirements.lock"
    lock.write_text("".join(f"{line}\n" for line in lines))
    return lock


def test_a_dependency_that_is_not_to_be_had_is_a_failure(tmp_path, registry):
    lock = a_lock(tmp_path, "idna==0.0.1 --hash=sha256:" + "0" * 64)

    with pytest.raises(NotPackaged, match=r"idna==0\.0\.1"):
        fetch(lock, here(), tmp_path / "to")


def test_a_dependency_without_a_wheel_for_the_runtime_is_a_failure(tmp_path, registry):
    locked = (ROOT / "requirements.lock").read_text()

    with pytest.raises(NotPackaged, match=r"cannot be had for 2\.7 on arm64"):
        fetch(a_lock(tmp_path, locked), Runtime("2.7", "arm64"), tmp_path / "to")


def test_dep_18_a_dependency_with_another_digest_is_a_failure(tmp_path, registry):
    lock = a_lock(tmp_path, "idna==3.20 --hash=sha256:" + "0" * 64)

    with pytest.raises(NotPackaged, match="DO NOT MATCH THE HASHES"):
        fetch(lock, here(), tmp_path / "to")


def test_chalice_is_run_without_a_function_set_and_without_anyones_aws_account():
    shell = {"FUNCTION_SET": "users", "AWS_PROFILE": "mine", "AWS_REGION": "x", "MONGODB_URI": "mongodb://x"}

    given = environment(shell | {"PATH": "/bin", "https_proxy": "http://proxy"})

    assert {"FUNCTION_SET", "AWS_PROFILE", "AWS_REGION", "MONGODB_URI"}.isdisjoint(given)
    assert given["AWS_CONFIG_FILE"] == os.devnull
    assert (given["PATH"], given["https_proxy"]) == ("/bin", "http://proxy")


def test_equal_contents_are_equal_bytes_whatever_their_order_times_and_rights(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, names in ((one, ("a.py", "b.py", "c/d.py")), (other, ("c/d.py", "b.py", "a.py"))):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(f"NAME = {name!r}\nONE_OF = frozenset(('a', 'b', 'c'))\n")
        compile_all(folder, here())
    os.utime(other / "a.py", (1, 1))
    (other / "b.py").chmod(0o600)

    write_zip(one, tmp_path / "one.zip")
    write_zip(other, tmp_path / "other.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_every_source_has_its_bytecode_and_traces_show_where_lambda_unpacks(tmp_path):
    (tmp_path / "app.py").write_text("def fail():\n    raise ValueError\n")

    compile_all(tmp_path, here())

    (compiled,) = (tmp_path / "__pycache__").iterdir()
    assert b"/var/task/app.py" in compiled.read_bytes()
    assert str(tmp_path).encode() not in compiled.read_bytes()


def test_a_failure_leaves_nothing_that_could_be_deployed(tmp_path):
    out = tmp_path / "build"
    out.mkdir()
    for name in ("deployment.zip", "template.json", "cloudformation.json"):
        (out / name).write_text("of yesterday")
    project = a_project(tmp_path / "project")
    (project / "requirements.txt").write_text("pymongo==4.20.0\n")
    (project / "requirements.lock").write_text("")

    with pytest.raises(NotLocked):
        build(project, out, here())

    assert list(out.iterdir()) == []


def test_a_failure_is_said_in_one_line_and_by_the_exit_code(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(package, "ROOT", a_project(tmp_path / "project"))
    (tmp_path / "project" / "requirements.txt").write_text("pymongo>=4\n")
    (tmp_path / "project" / "requirements.lock").write_text("")

    assert main(["--out", str(tmp_path / "build")]) == 1

    assert "No package: 'pymongo>=4' of requirements.txt is not pinned" in capsys.readouterr().err


def test_the_project_is_packed_for_production_and_gives_the_same_bytes_again(tmp_path, registry):
    templated(ROOT, tmp_path, manifest.PRODUCTION)
    fetch(ROOT / "requirements.lock", manifest.PRODUCTION, tmp_path / "contents")
    shutil.copytree(tmp_path / "contents", tmp_path / "again")
    for contents, zipped in (("contents", "one.zip"), ("again", "other.zip")):
        compile_all(tmp_path / contents, manifest.PRODUCTION)
        write_zip(tmp_path / contents, tmp_path / zipped)

    check_zip(tmp_path / "one.zip", manifest.PRODUCTION)
    files = files_of(tmp_path / "contents")
    assert {"app.py", "chalice/app.py", "chalicelib/config.py", "pymongo/__init__.py"} <= files
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    with pytest.raises(NotPackaged, match="not for Python"):
        check_zip(tmp_path / "one.zip", Runtime("3.13", "x86_64"))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where no package registry answers."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--retries", "0", "--timeout", "5"]
    asked = [*command, "--no-cache-dir", "-q", "-d", str(tmp_path_factory.mktemp("probe")), "idna==3.20"]
    if subprocess.run(asked, capture_output=True, check=False).returncode != 0:  # noqa: S603 (our own command)
        pytest.skip("the dependencies' wheels cannot be had: no package registry answers")
