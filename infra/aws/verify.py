"""Check the template before anybody deploys it: `python -m infra.aws.verify [--built build]`.

cfn-lint reads it as SAM and as CloudFormation: each shows faults that the other cannot. checkov and our
own rules read what is really deployed. Without --built the template is made anew, without the zip.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.aws import manifest
from infra.aws.environments import programs_of
from infra.aws.package import ROOT, Failed, plain, templated, write_json
from infra.aws.rules.all import RULES, findings

Check = Callable[[Path], list[str]]


def main(arguments: list[str] | None = None) -> int:
    """0 when nothing was found; 1 with every finding on stderr otherwise."""
    parser = argparse.ArgumentParser(description="Check the template")
    parser.add_argument("--built", type=Path, help="a folder of `make package`")
    asked = parser.parse_args(arguments)
    try:
        with TemporaryDirectory(prefix="dezky-verify-") as folder:
            found = checked(asked.built or made(Path(folder)))
    except Failed as error:
        print(f"Not verified: {error}", file=sys.stderr)
        return 1
    print("\n".join(found), file=sys.stderr)
    said = f"{len(RULES)} rules, cfn-lint on both templates, checkov"
    print(f"{len(found)} findings of {said}")
    return 1 if found else 0


def made(folder: Path) -> Path:
    """Write both templates into `folder`. Raises one of Failed."""
    sam = templated(ROOT, folder, manifest.PRODUCTION)
    write_json(sam, folder / "template.json")
    write_json(plain(sam), folder / "cloudformation.json")
    return folder


def checked(folder: Path) -> list[str]:
    """Every finding of every tool, side by side: checkov alone takes longer than the rest. Raises NoTool."""
    for tool in ("sam", "checkov"):
        programs_of(tool)
    checks: tuple[Check, ...] = (checkov, cfn_lint_sam, cfn_lint_plain, own_rules)
    with ThreadPoolExecutor(len(checks)) as pool:
        return [each for found in pool.map(lambda check: check(folder), checks) for each in found]


def own_rules(folder: Path) -> list[str]:
    return findings(json.loads((folder / "cloudformation.json").read_text()))


def cfn_lint_sam(folder: Path) -> list[str]:
    return _cfn_lint(folder / "template.json")


def cfn_lint_plain(folder: Path) -> list[str]:
    return _cfn_lint(folder / "cloudformation.json")


def _cfn_lint(template: Path) -> list[str]:
    command = [str(programs_of("sam") / "cfn-lint"), "--format", "parseable", str(template)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own command)
    return [f"cfn-lint: {line}" for line in (done.stdout + done.stderr).splitlines() if line]


def checkov(folder: Path) -> list[str]:
    """Failed checks; those that are waived stand with their reasons in template/waivers.py.

    It reads the template only: no updates, no policies from elsewhere. The API's description stays out: none
    of its checks reads there, our own rules do, and its graph of hundreds of routes takes most of a minute.
    """
    template = json.loads((folder / "cloudformation.json").read_text())
    template["Resources"]["RestAPI"]["Properties"]["Body"] = {}
    with TemporaryDirectory(prefix="dezky-checkov-") as own:
        write_json(template, Path(own) / "cloudformation.json")
        return _failed_checks(Path(own) / "cloudformation.json")


def _failed_checks(template: Path) -> list[str]:
    what = ["-f", str(template), "--framework", "cloudformation"]
    how = ["--compact", "--quiet", "--skip-download", "-o", "json"]
    command = [str(programs_of("checkov") / "checkov"), *what, *how]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own command)
    try:
        failed = json.loads(done.stdout)["results"]["failed_checks"]
    except (ValueError, KeyError, TypeError):
        return [f"checkov: did not answer: {(done.stderr or done.stdout).strip()[-400:]}"]
    return [f"checkov: {each['check_id']} {each['resource']}: {each['check_name']}" for each in failed]


if __name__ == "__main__":
    sys.exit(main())
