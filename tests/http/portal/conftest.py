"""The operator portal on the API of these tests."""

from __future__ import annotations

import pytest

from chalicelib import portal_wiring
from chalicelib.integrations.gateway import GatewayClient
from tests.http.api import Api
from tests.http.portal.portal import Portal, SignedIn, a_surface


@pytest.fixture
def portal(api: Api, monkeypatch: pytest.MonkeyPatch) -> Portal:
    surface, sessions, gateway = a_surface(api.url), SignedIn(), GatewayClient(api.url)
    monkeypatch.setattr(portal_wiring, "surface", lambda name: surface)
    monkeypatch.setattr(portal_wiring, "sessions", lambda name: sessions)
    monkeypatch.setattr(portal_wiring, "gateway", lambda: gateway)
    return Portal(api, sessions)
