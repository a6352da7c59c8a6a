"""The whole platform with its application deployed: packed zip, translated template, MiniStack, emulators."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.aws.deploy import Wish, deploy
from infra.aws.package import ROOT, build, here
from infra.local import settings as local
from infra.local.settings import LocalSettings
from infra.local.waiting import until_answered
from tests.deployed import ministack
from tests.deployed.front import front
from tests.deployed.shims import Change, prepared
from tests.mongodb import free_port, running_mongodb

HOST = "api.dezky.test"
STAGE = "dev"
BUCKET = "artifacts"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Platform:
    """Where everything is.

    url        of all three hosts
    aws        client for a service, as the person who deploys
    outputs    of the stack
    """

    url: str
    settings: LocalSettings
    mongodb_uri: str
    aws: Callable[[str], Any]
    outputs: dict[str, str]
    built: Path
    folder: Path

    def update(self, *changes: Change) -> dict[str, str]:
        """Deploy again, with changes of the template. Returns the outputs."""
        return deploy(_wish(self, self.folder, *changes), self.aws)

    def function(self, name: str) -> Any:
        """Configuration of a function, by its name in the template."""
        return self.aws("lambda").get_function_configuration(FunctionName=self.outputs[f"{name}Name"])


@contextmanager
def deployed_platform(folder: Path, built: Path) -> Iterator[Platform]:
    settings = LocalSettings(
        gateway_port=free_port(),
        identity_port=free_port(),
        stalwart_port=free_port(),
        ocis_port=free_port(),
        aws_port=free_port(),
        folder=folder / "data",
    )
    settings.folder.mkdir(parents=True)
    with ExitStack() as running:
        uri = running.enter_context(running_mongodb())
        running.enter_context(_vendors(settings))
        address = running.enter_context(ministack.running_ministack(settings.aws_port))
        url = running.enter_context(front(settings.gateway_port, settings.aws_port, HOST))
        platform = Platform(
            url,
            settings,
            uri,
            lambda service: ministack.client(address, service),
            {},
            built,
            folder / "again",
        )
        _prerequisites(platform)
        platform.outputs.update(deploy(_wish(platform, folder / "first"), platform.aws))
        command(platform, "infra.aws.create_indexes")
        yield platform


def built_here(folder: Path) -> Path:
    """`make package` for this machine."""
    return build(ROOT, folder, here()).parent


def command(platform: Platform, module: str, *arguments: str) -> str:
    """Run one of the project's commands against the platform's database, as docs/deploy.md says."""
    own = {"MONGODB_URI": platform.mongodb_uri, "MONGODB_DATABASE": "dezky"}
    environment = local.child_environment(platform.settings, os.environ) | own
    done = subprocess.run(  # noqa: S603 (our own command)
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _prerequisites(platform: Platform) -> None:
    """What docs/deploy.md asks for: a bucket, and the secrets by their names."""
    platform.aws("s3").create_bucket(Bucket=BUCKET)
    known = local.app_environment(platform.settings) | {"MONGODB_URI": platform.mongodb_uri}
    secrets = platform.aws("secretsmanager")
    for name in ("MONGODB_URI", "CURSOR_KEY", "AUTHENTIK_TOKEN", "STALWART_API_KEY", "OCIS_APP_TOKEN"):
        secrets.create_secret(Name=secret(name), SecretString=known[name])
    for portal in ("OPERATOR", "CUSTOMER"):
        for name in ("MONGODB_URI", f"{portal}_CLIENT_SECRET", f"{portal}_SESSION_KEYS"):
            secrets.create_secret(Name=secret(name, f"{portal.lower()}/"), SecretString=known[name])


def secret(variable: str, folder: str = "") -> str:
    return f"dezky/{STAGE}/{folder}{variable.lower().replace('_', '-')}"


def _wish(platform: Platform, folder: Path, *changes: Change) -> Wish:
    known = local.app_environment(platform.settings)
    parameters = {
        "ApiDomain": HOST,
        "OperatorDomain": "operator.dezky.test",
        "CustomerDomain": "my.dezky.test",
        "CertificateArn": f"arn:aws:acm:{ministack.REGION}:000000000000:certificate/none",
        "AuthentikIssuer": known["AUTHENTIK_ISSUER"],
        "AuthentikUrl": known["AUTHENTIK_URL"],
        "StalwartUrl": known["STALWART_URL"],
        "OcisUrl": known["OCIS_URL"],
        "OcisUsername": known["OCIS_USERNAME"],
    }
    return Wish(STAGE, prepared(platform.built, folder, platform.url, *changes), BUCKET, parameters)


@contextmanager
def _vendors(settings: LocalSettings) -> Iterator[None]:
    """The identity provider and the emulators of the local stack."""
    environment = local.child_environment(settings, os.environ)
    command = [sys.executable, "-m", "infra.local.vendors"]
    with (settings.folder / "vendors.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 (our own command)
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log
        )
        try:
            ports = [settings.identity_port, settings.stalwart_port, settings.ocis_port]
            assert until_answered(ports, 30), (settings.folder / "vendors.log").read_text()
            yield
        finally:
            process.communicate(timeout=10)  # the end of its input is its end


def eventually(holds: Callable[[], Any], seconds: float = 90.0) -> Any:
    """What `holds` answers once it is true; its last answer when it never is."""
    ends = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < ends:
        time.sleep(0.2)
    return found
