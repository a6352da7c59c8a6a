"""Both portals on the API of these tests."""

from __future__ import annotations

import pytest

from chalicelib import portal_wiring
from chalicelib.integrations.gateway import GatewayClient
from tests.http.api import Api
from tests.http.portal.portal import APPLICATIONS, Portal, SignedIn, a_surface


@pytest.fixture
def portal(api: Api, monkeypatch: pytest.MonkeyPatch) -> Portal:
    sessions, gateway = SignedIn(), GatewayClient(api.url)
    surfaces = {name: a_surface(api.url, name) for name in APPLICATIONS}
    monkeypatch.setattr(portal_wiring, "surface", surfaces.__getitem__)
    monkeypatch.setattr(portal_wiring, "sessions", lambda name: sessions)
    monkeypatch.setattr(portal_wiring, "gateway", lambda: gateway)
    return Portal(api, sessions)
