"""Build what is deployed: `python -m infra.aws.package [--out build] [--here-only]`.

Into `build`: deployment.zip for the runtime of the manifest, template.json (SAM), cloudformation.json (the
same, translated: this is what is deployed). Into `build/here`: the same application for this machine, whose
import is tried; deployed tests run it. Nothing is left there after a failure, which exits with 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.aws import manifest
from infra.aws.dependencies import fetch
from infra.aws.environments import NoTool
from infra.aws.lock import NotLocked, check_lock
from infra.aws.template.build import template
from infra.aws.template.model import BadManifest, Runtime
from infra.aws.template.waivers import waive
from infra.aws.translate import NotTranslated, translated
from infra.aws.zip_checks import NotPackaged, check_imports, check_zip
from infra.aws.zip_file import compile_all, unzip, write_zip

ROOT = Path(__file__).parents[2]
STAGE = "prod"  # of .chalice/config.json; the template asks for the stage at deploy
FILES = ("deployment.zip", "template.json", "cloudformation.json")
IRRELEVANT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
KEPT_FROM_SHELL = {"PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}
Failed = (NotPackaged, NotLocked, BadManifest, NotTranslated, NoTool)


def main(arguments: list[str] | None = None) -> int:
    """0 when the package is built and holds; 1 with the reason on stderr otherwise."""
    parser = argparse.ArgumentParser(description="Build the zip and the template")
    parser.add_argument("--out", type=Path, default=Path("build"))
    parser.add_argument("--here-only", action="store_true", help="only for this machine")
    asked = parser.parse_args(arguments)
    try:
        made = [build(ROOT, asked.out / "here", here())]
        if not asked.here_only:
            made.append(build(ROOT, asked.out, manifest.PRODUCTION))
    except Failed as error:
        print(f"No package: {error}", file=sys.stderr)
        return 1
    print("\n".join(described(each) for each in made))
    return 0


def here() -> Runtime:
    """This interpreter on this machine."""
    architecture = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")
    return Runtime(f"{sys.version_info[0]}.{sys.version_info[1]}", architecture)


def build(root: Path, out: Path, runtime: Runtime) -> Path:
    """Pack the project of `root`; the path of the zip in `out`. Raises one of Failed."""
    for name in FILES:
        (out / name).unlink(missing_ok=True)  # after a failure nothing may lie there that could be deployed
    check_lock((root / "requirements.txt").read_text(), (root / "requirements.lock").read_text())
    with TemporaryDirectory(prefix="dezky-package-") as temporary:
        made = Path(temporary)
        sam = templated(root, made, runtime)
        fetch(root / "requirements.lock", runtime, made / "contents")
        compile_all(made / "contents", runtime)
        write_zip(made / "contents", made / "deployment.zip")
        check_zip(made / "deployment.zip", runtime)
        if runtime == here():
            check_imports(made / "deployment.zip", sam)
        deployed = plain(sam)
        out.mkdir(parents=True, exist_ok=True)
        write_json(sam, out / "template.json")
        write_json(deployed, out / "cloudformation.json")
        shutil.copyfile(made / "deployment.zip", out / "deployment.zip")
    return out / "deployment.zip"


def templated(root: Path, made: Path, runtime: Runtime) -> Any:
    """The SAM template; in made/contents lies the application with Chalice's runtime, without dependencies.

    Raises   NotPackaged, BadManifest
    """
    copy_project(root, made / "project")
    run_chalice(made / "project", made / "chalice")
    unzip(made / "chalice" / "deployment.zip", made / "contents")
    return template(json.loads((made / "chalice" / "sam.json").read_text()), runtime, manifest.FUNCTIONS)


def plain(sam: Any) -> Any:
    """What is deployed: CloudFormation, with the reasons of waived findings. Raises NotTranslated, NoTool."""
    deployed = translated(sam)
    deployed["Resources"] = waive(deployed["Resources"])
    return deployed


def write_json(document: Any, to: Path) -> None:
    to.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")


def described(zipped: Path) -> str:
    with zipfile.ZipFile(zipped) as opened:
        files = len(opened.namelist())
    resources = len(json.loads((zipped.parent / "cloudformation.json").read_text())["Resources"])
    size = f"{zipped.stat().st_size / 1e6:.1f} MB, {files} files, {resources} resources"
    return f"{zipped}: {size}\n  sha256 {digest(zipped)}"


def digest(zipped: Path) -> str:
    return hashlib.sha256(zipped.read_bytes()).hexdigest()


def copy_project(root: Path, to: Path) -> None:
    """Exactly what belongs into the zip: Chalice packs whatever it finds, and keeps caches where it works.

    No requirements: Chalice packs for the Python that runs it only, and merely warns when one has no wheel.
    """
    shutil.copytree(root / "chalicelib", to / "chalicelib", ignore=IRRELEVANT)
    (to / ".chalice").mkdir()
    for name in ("app.py", ".chalice/config.json"):
        shutil.copyfile(root / name, to / name)
    (to / "requirements.txt").touch()


def run_chalice(project: Path, out: Path) -> None:
    """Raises NotPackaged."""
    command = [str(Path(sys.executable).with_name("chalice")), "package", "--stage", STAGE, str(out)]
    done = subprocess.run(  # noqa: S603 (our own command)
        command, cwd=project, env=environment(os.environ), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotPackaged(f"chalice package did not succeed:\n{(done.stdout + done.stderr).strip()}")


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """What Chalice is run with. FUNCTION_SET stays out, or functions were missing from the template."""
    kept = {
        name: value
        for name, value in inherited.items()
        if name in KEPT_FROM_SHELL or name.lower().endswith("_proxy")
    }
    away_from_aws = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    # Chalice wants a region, though none gets into the template.
    return {**kept, **away_from_aws, "AWS_DEFAULT_REGION": "eu-central-1", "PYTHONDONTWRITEBYTECODE": "1"}


if __name__ == "__main__":
    sys.exit(main())
