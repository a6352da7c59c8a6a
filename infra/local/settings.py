"""Where the local stack stands, and the environment in which the application finds it.

`python -m infra.local.settings` prints that environment for a shell:
`eval "$(make -s env)" && .venv/bin/chalice local --port 8010` serves the same API beside the running stack.
"""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.region import REGION

# Local secrets are in git on purpose: they open nothing but a laptop's own emulators.
AUTHENTIK_TOKEN = "local-authentik-token-that-opens-nothing-else"  # noqa: S105 (as said above)
STALWART_API_KEY = "API_local-stalwart-key-that-opens-nothing-else"
OCIS_APP_TOKEN = "local-ocis-app-token-that-opens-nothing-else"  # noqa: S105 (as said above)
CURSOR_KEY = "local-cursor-key-that-signs-nothing-of-worth"
# Each portal has keys of its own, as everywhere.
OPERATOR_SESSION_KEYS = "local1:b3BlcmF0b3Iga2V5IHRoYXQgb3BlbnMgbm8gb3RoZXI"
CUSTOMER_SESSION_KEYS = "local1:Y3VzdG9tZXIga2V5IHRoYXQgb3BlbnMgbm8gb3RoZXI"
OCIS_USERNAME = "dezky-platform"
PASSWORD = "dezky-demo"  # noqa: S105 (the identity provider's own; importing that here would slow the start)
DATABASE = "mongodb://localhost:{port}"
PORTS = {
    "GATEWAY_PORT": ("gateway_port", 8000),
    "IDENTITY_PORT": ("identity_port", 9000),
    "STALWART_PORT": ("stalwart_port", 9001),
    "OCIS_PORT": ("ocis_port", 9002),
    "DNS_PORT": ("dns_port", 8053),
    "ZONES_PORT": ("zones_port", 8054),
    "AWS_PORT": ("aws_port", 5001),
    "MONGODB_PORT": ("mongodb_port", 27018),
}


class BadSetting(Exception):
    """A variable that the stack cannot start with; the message names it."""


@dataclass(frozen=True, kw_only=True)
class LocalSettings:
    """Ports on loopback, and the folder for everything that is kept between two runs."""

    gateway_port: int = 8000
    identity_port: int = 9000
    stalwart_port: int = 9001
    ocis_port: int = 9002
    dns_port: int = 8053  # UDP and TCP
    zones_port: int = 8054  # the address that changes what DNS shows
    aws_port: int = 5001
    mongodb_port: int = 27018
    given_mongodb_uri: str = ""  # a database of one's own; none is started then
    folder: Path = Path(".local")

    @property
    def gateway_url(self) -> str:
        return f"http://localhost:{self.gateway_port}"

    @property
    def identity_url(self) -> str:
        return f"http://localhost:{self.identity_port}"

    @property
    def stalwart_url(self) -> str:
        return f"http://localhost:{self.stalwart_port}"

    @property
    def ocis_url(self) -> str:
        return f"http://localhost:{self.ocis_port}"

    @property
    def dns_resolver(self) -> str:
        return f"127.0.0.1:{self.dns_port}"

    @property
    def zones_url(self) -> str:
        return f"http://localhost:{self.zones_port}"

    @property
    def aws_url(self) -> str:
        return f"http://localhost:{self.aws_port}"

    @property
    def mongodb_uri(self) -> str:
        return self.given_mongodb_uri or DATABASE.format(port=self.mongodb_port)

    def issuer(self, application: str) -> str:
        return f"{self.identity_url}/application/o/{application}/"

    def ports(self) -> dict[str, int]:
        """The ports that this stack takes, by the variable that moves each."""
        ports: dict[str, int] = {variable: getattr(self, name) for variable, (name, _) in PORTS.items()}
        if self.given_mongodb_uri:
            del ports["MONGODB_PORT"]
        return ports

    def variables(self) -> dict[str, str]:
        """The environment that means these settings; `from_environment` reads them back."""
        ports = {variable: str(getattr(self, name)) for variable, (name, _) in PORTS.items()}
        return {**ports, "MONGODB_URI": self.given_mongodb_uri, "LOCAL_FOLDER": str(self.folder)}


def from_environment(environ: Mapping[str, str]) -> LocalSettings:
    """The settings that `environ` asks for. Raises BadSetting, naming the variable."""
    ports = {name: _port(environ, variable, usual) for variable, (name, usual) in PORTS.items()}
    uri = environ.get("MONGODB_URI", "")
    # A shell that ran `eval "$(make -s env)"` names the stack's own database: that one has to be started.
    own = DATABASE.format(port=ports["mongodb_port"])
    folder = Path(environ.get("LOCAL_FOLDER") or ".local").absolute()
    return LocalSettings(**ports, given_mongodb_uri="" if uri == own else uri, folder=folder)


def _port(environ: Mapping[str, str], variable: str, usual: int) -> int:
    value = environ.get(variable) or str(usual)
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65_536):
        raise BadSetting(f"{variable} must be a port number")
    return int(value)


def app_environment(settings: LocalSettings) -> dict[str, str]:
    """Every variable that the application reads, plus what keeps it away from the real AWS."""
    return {
        "STAGE": "local",
        "AUTHENTIK_ISSUER": f"{settings.issuer('dezky-operator')},{settings.issuer('dezky-portal')}",
        "AUTHENTIK_AUDIENCE": "dezky-operator,dezky-portal",
        "MONGODB_URI": settings.mongodb_uri,
        "CURSOR_KEY": CURSOR_KEY,
        "AUDIT_FOLDER": str(settings.folder / "audit-heads"),
        "AUTHENTIK_URL": settings.identity_url,
        "AUTHENTIK_TOKEN": AUTHENTIK_TOKEN,
        "STALWART_URL": settings.stalwart_url,
        "STALWART_API_KEY": STALWART_API_KEY,
        "OCIS_URL": settings.ocis_url,
        "OCIS_USERNAME": OCIS_USERNAME,
        "OCIS_APP_TOKEN": OCIS_APP_TOKEN,
        "DNS_RESOLVER": settings.dns_resolver,
        "OPERATOR_PUBLIC_URL": settings.gateway_url,
        "OPERATOR_CLIENT_SECRET": "dezky-operator-local-secret",
        "OPERATOR_SESSION_KEYS": OPERATOR_SESSION_KEYS,
        "CUSTOMER_PUBLIC_URL": settings.gateway_url,
        "CUSTOMER_CLIENT_SECRET": "dezky-portal-local-secret",
        "CUSTOMER_SESSION_KEYS": CUSTOMER_SESSION_KEYS,
        "PLATFORM_API_INTERNAL_URL": settings.gateway_url,
        **aws_environment(settings),
    }


def aws_environment(settings: LocalSettings) -> dict[str, str]:
    """What leads every AWS client to the local server, and none to a developer's own account."""
    return {
        "AWS_ENDPOINT_URL": settings.aws_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,  # profiles may hold endpoints and sign-ons
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
    }


def child_environment(settings: LocalSettings, inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment of the stack's own processes: inherited, but for what might lead to the real AWS."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("AWS_")}
    return {**kept, **settings.variables(), **app_environment(settings)}


def main() -> None:
    for name, value in app_environment(from_environment(os.environ)).items():
        print(f"export {name}={shlex.quote(value)}")


if __name__ == "__main__":
    main()
