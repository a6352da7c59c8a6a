"""Tools in environments of their own: made once, and anew where they would not run."""

from __future__ import annotations

import subprocess

import pytest

from infra.aws import environments
from infra.aws.environments import NoTool, programs_of


@pytest.fixture
def wanted(tmp_path, monkeypatch):
    """The file that says what the tool `one` consists of: nothing."""
    monkeypatch.setattr(environments, "HERE", tmp_path / "tools")
    monkeypatch.setattr(environments, "WANTED", tmp_path)
    file = tmp_path / "one.txt"
    file.write_text("# nothing\n")
    return file


def test_a_tool_is_installed_once_and_anew_where_its_folder_has_another_name(wanted, tmp_path, monkeypatch):
    first = programs_of("one")
    (first / "mine").touch()
    assert (programs_of("one") / "mine").exists()

    (tmp_path / "tools").rename(
        tmp_path / "moved"
    )  # commands name the Python of the folder they were made in
    monkeypatch.setattr(environments, "HERE", tmp_path / "moved")

    assert not (programs_of("one") / "mine").exists()
    assert (
        subprocess.run(  # noqa: S603 (our own command)
            [programs_of("one") / "pip", "--version"], capture_output=True, check=False
        ).returncode
        == 0
    )


def test_a_tool_that_cannot_be_had_is_named(wanted):
    wanted.write_text("not-a-project-of-anyone==0.0.0\n")

    with pytest.raises(NoTool, match="one cannot be installed"):
        programs_of("one")
