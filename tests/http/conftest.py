"""One gateway and one database for all HTTP tests; each test begins with empty collections."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from pymongo import monitoring

from chalicelib.auth.verifier import Verifier
from chalicelib.domain.provisioning import INTEGRATIONS, Integration
from chalicelib.reconcile.planner import Planner
from chalicelib.repositories.users import Users
from chalicelib.services.invitations import Invitations
from chalicelib.services.members import Members
from chalicelib.services.plans import Plans
from tests.fakes import FakeQueue
from tests.fakes_reconcile import FakeConnector
from tests.http.api import Api, a_verifier
from tests.http.commands import Commands
from tests.http.invitations import FakeLinks


@pytest.fixture(scope="session")
def commands() -> Commands:
    """Every command that the application sends to the database."""
    listener = Commands()
    monitoring.register(listener)
    return listener


@pytest.fixture(scope="session")
def running_api(mongodb_uri: str, commands: Commands) -> Iterator[Api]:
    os.environ["MONGODB_URI"] = mongodb_uri
    from chalicelib import config, wiring

    config.settings.cache_clear()
    queue = FakeQueue()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "queue", lambda: queue)

        from app import app
        from chalicelib.repositories.indexes import create_indexes
        from infra.local.gateway import serve

        create_indexes(wiring.mongo())
        with serve(app) as gateway:
            yield Api(gateway.url, wiring.mongo(), queue)
        wiring.mongo().client.close()


@pytest.fixture(scope="session")
def verifier() -> Verifier:
    return a_verifier()


@pytest.fixture
def vendors() -> dict[Integration, FakeConnector]:
    """A connector for each integration; what it holds can be changed behind our back."""
    vendors = {each: FakeConnector() for each in INTEGRATIONS}
    for name, connector in vendors.items():
        connector.integration = name
    return vendors


@pytest.fixture
def api(
    running_api: Api,
    verifier: Verifier,
    vendors: dict[Integration, FakeConnector],
    monkeypatch: pytest.MonkeyPatch,
) -> Api:
    from chalicelib import wiring
    from chalicelib.handlers import authorizer

    monkeypatch.setattr(authorizer, "verifier", lambda: verifier)
    plans = Plans(Planner(vendors, Users(running_api.mongo)), wiring._means(wiring.settings()))
    monkeypatch.setattr(wiring, "plans", lambda: plans)
    database = running_api.mongo.client["dezky_test"]
    for name in database.list_collection_names():
        database[name].delete_many({})
    wiring.refusals.cache_clear()
    for remembered in (running_api.queue.hints, running_api.queue.approved, running_api.queue.dead):
        remembered.clear()
    return running_api


@pytest.fixture
def links(api: Api, monkeypatch: pytest.MonkeyPatch) -> FakeLinks:
    """Authentik, as far as it makes invitation links."""
    from chalicelib import wiring

    links, means = FakeLinks(), wiring._means(wiring.settings())
    monkeypatch.setattr(wiring, "invitations", lambda: Invitations(means, Members(means), links))
    return links
