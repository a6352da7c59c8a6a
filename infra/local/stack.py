"""Which parts the stack has, and in which order they start."""

import sys

from infra.local.child import Part
from infra.local.settings import LocalSettings
from infra.local.supervisor import PartFailed, Supervisor

DEMO_MARK = "demo-data"  # a file in the data folder: the demo data is there


def start(supervisor: Supervisor, settings: LocalSettings) -> None:
    """Start everything side by side, and fill in demo data once everything is ready.

    Raises   PartFailed, Stopped
    """
    supervisor.wait_until_ready([supervisor.start(part) for part in parts(settings)])
    _fill_once(supervisor, settings)


def parts(settings: LocalSettings) -> list[Part]:
    """All that runs until the end; the application waits for the others by itself."""
    database = [] if settings.given_mongodb_uri else [_database(settings)]
    return [*database, _vendors(settings), _cloud(settings), _application(settings)]


def _fill_once(supervisor: Supervisor, settings: LocalSettings) -> None:
    """Without demo data the platform is of use all the same: say what is missing, and try again next time."""
    mark = settings.folder / DEMO_MARK
    if mark.exists():
        return
    try:
        supervisor.finish(supervisor.start(Part("demo", _module("infra.local.demo"), [])))
    except PartFailed as error:
        supervisor.say(str(error))
    else:
        mark.touch()


def _database(settings: LocalSettings) -> Part:
    (settings.folder / "mongo").mkdir(parents=True, exist_ok=True)
    return Part("database", _module("infra.local.database"), [settings.mongodb_port])


def _vendors(settings: LocalSettings) -> Part:
    ports = [settings.identity_port, settings.stalwart_port, settings.ocis_port]
    ports += [settings.dns_port, settings.zones_port]
    return Part("vendors", _module("infra.local.vendors"), ports)


def _cloud(settings: LocalSettings) -> Part:
    return Part("cloud", _module("infra.local.cloud"), [settings.aws_port])


def _application(settings: LocalSettings) -> Part:
    return Part("application", _module("infra.local.application"), [settings.gateway_port])


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]
