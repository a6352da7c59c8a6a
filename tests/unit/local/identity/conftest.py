"""Providers on free ports, and the two portals as applications of one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from infra.local.emulators.server import Server, serve
from infra.local.identity.app import app_of
from infra.local.identity.seed import follow
from infra.local.identity.world import World
from tests.unit.local.identity.stage import App, Clock, Provider, settings


@pytest.fixture(scope="session")
def signing_key() -> dict[str, Any]:
    """Made once: making one takes longer than most of these tests."""
    made = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    return dict(made.as_dict(private=True))


@pytest.fixture
def start(signing_key: dict[str, Any]) -> Iterator[Callable[..., Provider]]:
    """Starts providers; `state` is where one remembers."""
    running: list[Server] = []

    def started(state: Path | None = None, **more: Any) -> Provider:
        clock = Clock()
        world = World(settings(state=state, **more), clock)
        world.state["keys"] = world.state["keys"] or [dict(signing_key)]
        server = serve(app_of(world), 0)
        world.settings = replace(world.settings, public_url=server.url)
        follow(world)  # the port is known only now
        server.start()
        running.append(server)
        return Provider(world, server, clock)

    yield started
    for server in running:
        server.stop()


@pytest.fixture
def provider(start: Callable[..., Provider]) -> Provider:
    return start()


@pytest.fixture
def portal(provider: Provider) -> App:
    return App(provider)


@pytest.fixture
def operator(provider: Provider) -> App:
    return App(provider, "dezky-operator")
