"""Build what is deployed: `python -m infra.aws.package [--stage dev] [--out build]`.

Writes deployment.zip and sam.json, or nothing and exits with 1. The zip is for the Python that runs this
command (Chalice cannot pack for another one) and for Linux on x86_64.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.aws.zip_checks import NotPackaged, check_zip
from infra.aws.zip_file import compile_all, unzip, write_zip

ROOT = Path(__file__).parents[2]
STAGES = ("dev", "prod")  # of .chalice/config.json; Chalice would take any other word for a new stage
FILES = ("deployment.zip", "sam.json")
IRRELEVANT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
CHALICE = re.compile(r"chalice\s*(\[|[=<>~!]=|[<>;]|$)", re.IGNORECASE)
KEPT_FROM_SHELL = {"PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}


def main(arguments: list[str] | None = None) -> int:
    """0 when the package is built and holds; 1 with the reason on stderr otherwise."""
    parser = argparse.ArgumentParser(description="Build the zip and the template")
    parser.add_argument("--stage", choices=STAGES, default="dev")
    parser.add_argument("--out", type=Path, default=Path("build"))
    asked = parser.parse_args(arguments)
    try:
        made = build(ROOT, asked.stage, asked.out)
    except NotPackaged as error:
        print(f"No package: {error}", file=sys.stderr)
        return 1
    print(described(made))
    return 0


def build(root: Path, stage: str, out: Path) -> Path:
    """Pack the project of `root`; the path of the zip in `out`. Raises NotPackaged."""
    for name in FILES:
        (out / name).unlink(missing_ok=True)  # after a failure nothing may lie there that could be deployed
    with TemporaryDirectory(prefix="dezky-package-") as temporary:
        made = Path(temporary)
        copy_project(root, made / "project")
        run_chalice(made / "project", stage, made / "chalice")
        unzip(made / "chalice" / "deployment.zip", made / "contents")
        compile_all(made / "contents")
        write_zip(made / "contents", made / "deployment.zip")
        check_zip(made / "deployment.zip")
        out.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made / "chalice" / "sam.json", out / "sam.json")
        shutil.copyfile(made / "deployment.zip", out / "deployment.zip")
    return out / "deployment.zip"


def described(zipped: Path) -> str:
    with zipfile.ZipFile(zipped) as opened:
        files = len(opened.namelist())
    digest = hashlib.sha256(zipped.read_bytes()).hexdigest()
    return f"{zipped}: {zipped.stat().st_size / 1e6:.1f} MB, {files} files\nsha256 {digest}"


def copy_project(root: Path, to: Path) -> None:
    """Exactly what belongs into the zip: Chalice packs whatever it finds, and keeps caches where it works."""
    shutil.copytree(root / "chalicelib", to / "chalicelib", ignore=IRRELEVANT)
    (to / ".chalice").mkdir()
    for name in ("app.py", ".chalice/config.json"):
        shutil.copyfile(root / name, to / name)
    (to / "requirements.txt").write_text(to_pack((root / "requirements.txt").read_text()))


def to_pack(requirements: str) -> str:
    """`requirements` without Chalice, which packs its own runtime by itself.

    Listed, it brings what its command line needs: botocore, pip and setuptools, three times the size.
    """
    return "".join(line for line in requirements.splitlines(keepends=True) if not CHALICE.match(line))


def run_chalice(project: Path, stage: str, out: Path) -> None:
    """Raises NotPackaged."""
    command = [str(Path(sys.executable).with_name("chalice")), "package", "--stage", stage, str(out)]
    done = subprocess.run(  # noqa: S603 (our own command)
        command, cwd=project, env=environment(os.environ), capture_output=True, text=True, check=False
    )
    check_chalice(done.returncode, done.stdout + done.stderr)


def check_chalice(returncode: int, said: str) -> None:
    """Raises NotPackaged also where Chalice only warns: a zip that lacks a dependency.

    Source   Chalice 1.34, "App Packaging": such a package has to be brought along in vendor/
    """
    if returncode != 0 or "Could not install dependencies" in said:
        raise NotPackaged(f"chalice package did not succeed:\n{said.strip()}")


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """What Chalice is run with. FUNCTION_SET stays out, or functions were missing from the template."""
    kept = {
        name: value
        for name, value in inherited.items()
        if name in KEPT_FROM_SHELL or name.lower().endswith("_proxy") or name.startswith("PIP_")
    }
    away_from_aws = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    # Chalice wants a region, though none gets into the template.
    return {**kept, **away_from_aws, "AWS_DEFAULT_REGION": "eu-central-1", "PYTHONDONTWRITEBYTECODE": "1"}


if __name__ == "__main__":
    sys.exit(main())
