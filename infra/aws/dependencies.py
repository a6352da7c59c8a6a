"""The wheels of one runtime, locked with their digests, laid out as Lambda imports them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.aws.template.model import Runtime
from infra.aws.zip_checks import NotPackaged

PLATFORMS = {
    "arm64": ("manylinux2014_aarch64", "manylinux_2_28_aarch64", "manylinux_2_34_aarch64"),
    "x86_64": ("manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_34_x86_64"),
}
KEPT = {"purelib", "platlib"}  # of a wheel's <name>.data folder; the rest is of no use in Lambda


def fetch(lock: Path, runtime: Runtime, to: Path) -> None:
    """Put every dependency of `lock` into `to`. Raises NotPackaged when one has no wheel for `runtime`."""
    with TemporaryDirectory(prefix="dezky-wheels-") as folder:
        _download(lock, runtime, Path(folder))
        for wheel in sorted(Path(folder).glob("*.whl")):
            _unpack(wheel, to)


def _download(lock: Path, runtime: Runtime, to: Path) -> None:
    """Only wheels, only of the digests that `lock` names: a source would be built for this machine."""
    platforms = [option for each in PLATFORMS[runtime.architecture] for option in ("--platform", each)]
    exactly = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--implementation", "cp"]
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", *exactly]
    asked = [*command, "--python-version", runtime.python, *platforms, "-d", str(to), "-r", str(lock)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 (our own command)
    if done.returncode != 0:
        said = "\n".join(line for line in done.stderr.splitlines() if "WARNING" not in line)
        raise NotPackaged(
            f"a dependency cannot be had for {runtime.python} on {runtime.architecture}:\n{said}"
        )


def _unpack(wheel: Path, to: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(to)
    for data in to.glob("*.data"):
        for part in data.iterdir():
            if part.name in KEPT:
                shutil.copytree(part, to, dirs_exist_ok=True)
        shutil.rmtree(data)
