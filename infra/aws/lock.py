"""Write requirements.lock: `python -m infra.aws.lock`. Every dependency of the zip, with its digests.

Hash-checked at `make package`, so that nothing gets into the zip that nobody has looked at.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.aws.environments import ROOT, NoTool, programs_of

LOCK = ROOT / "requirements.lock"
CHALICE = re.compile(r"chalice\s*(\[|[=<>~!]=|[<>;]|$)", re.IGNORECASE)
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\#]+)")
OLDEST_PYTHON = "3.11"
# The first version without the advisory named beside it.
FLOORS = {
    "authlib": "1.6.5",  # CVE-2025-61920
    "certifi": "2024.7.4",  # CVE-2024-39689
    "cryptography": "44.0.1",  # CVE-2024-12797
    "idna": "3.7",  # CVE-2024-3651
    "jinja2": "3.1.6",  # CVE-2025-27516
    "pyjwt": "2.12.0",  # CVE-2026-32597
    "pymongo": "4.6.3",  # CVE-2024-5629
    "requests": "2.32.4",  # CVE-2024-47081
    "urllib3": "2.6.0",  # CVE-2025-66418
}


class NotLocked(Exception):
    """requirements.txt and the lock disagree; the message says where."""


def main() -> int:
    try:
        uv = programs_of("lock") / "uv"
    except NoTool as error:
        print(error, file=sys.stderr)
        return 1
    with TemporaryDirectory() as folder:
        wanted = Path(folder) / "requirements.txt"
        wanted.write_text(to_pack((ROOT / "requirements.txt").read_text()))
        how = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "-q"]
        command = [
            str(uv),
            "pip",
            "compile",
            *how,
            "--python-version",
            OLDEST_PYTHON,
            str(wanted),
            "-o",
            str(LOCK),
        ]
        return subprocess.run(command, check=False).returncode  # noqa: S603 (our own command)


def to_pack(requirements: str) -> str:
    """`requirements` without Chalice, which packs its own runtime by itself.

    Listed, it brings what its command line needs: botocore, pip and setuptools, three times the size.
    """
    return "".join(line for line in requirements.splitlines(keepends=True) if not CHALICE.match(line))


def check_lock(requirements: str, lock: str) -> None:
    """Raises NotLocked when a requirement is not pinned, not locked as it is pinned, or known to be weak."""
    locked = dict(_pins(lock))
    for line in to_pack(requirements).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        pin = PIN.match(line)
        if pin is None:
            raise NotLocked(f"{line!r} of requirements.txt is not pinned")
        if locked.get(_name(pin[1])) != pin[2]:
            raise NotLocked(f"{line} is not what requirements.lock holds: call `make lock`")
    for project, floor in FLOORS.items():
        if project in locked and _numbers(locked[project]) < _numbers(floor):
            raise NotLocked(f"{project} {locked[project]} has a known weakness: {floor} or newer")
    if lock.count("--hash=") < len(locked):
        raise NotLocked("requirements.lock lacks digests: call `make lock`")


def _pins(lock: str) -> list[tuple[str, str]]:
    found = (PIN.match(line) for line in lock.splitlines())
    return [(_name(pin[1]), pin[2]) for pin in found if pin]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version))


def _name(project: str) -> str:
    return re.sub(r"[-_.]+", "-", project).lower()


if __name__ == "__main__":
    sys.exit(main())
