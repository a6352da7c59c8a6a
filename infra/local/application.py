"""The application's process: gateway, worker and scheduler around one Chalice app."""

import importlib
import os
import sys

import boto3
from botocore.config import Config
from chalice.app import Chalice

from infra.aws import create_indexes
from infra.local import gateway, logs, queues
from infra.local.lifeline import leave, leave_with_parent, wait_until_told
from infra.local.schedules import Scheduler
from infra.local.settings import LocalSettings, from_environment
from infra.local.waiting import until_answered
from infra.local.worker import Worker

PATIENCE = 30.0  # seconds until everything behind the application must answer


def main() -> None:
    leave_with_parent()
    logs.begin()
    app, settings = imported_app(), from_environment(os.environ)
    wait_for_backends(settings)
    if create_indexes.main() != 0:  # before anything runs: the sweep asks for its index by name
        sys.exit("the database's indexes cannot be made")
    run(app, settings)
    leave()


def imported_app() -> Chalice:
    """The app of the folder that this process was started in."""
    sys.path.insert(0, os.getcwd())
    app = importlib.import_module("app").app
    if not isinstance(app, Chalice):
        raise TypeError("app.py has no Chalice app named `app`")
    return app


def wait_for_backends(settings: LocalSettings) -> None:
    backends = [port for name, port in settings.ports().items() if name != "GATEWAY_PORT"]
    if not until_answered(backends, PATIENCE):
        sys.exit("what the application needs does not answer")


def run(app: Chalice, settings: LocalSettings) -> None:
    """Serve `app` until SIGTERM. The gateway's port answers once everything else runs."""
    sqs = boto3.client("sqs", config=Config(max_pool_connections=50, retries={"max_attempts": 2}))
    parts = (
        Worker(app, sqs, queues.create(sqs, app)),
        Scheduler(app),
        gateway.serve(app, settings.gateway_port),
    )
    for part in parts:
        part.start()
    wait_until_told()
    for part in reversed(parts):
        part.stop()


if __name__ == "__main__":
    main()
