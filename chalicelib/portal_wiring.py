"""The one place where the real objects of the portals are built. The API's stand in `wiring`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.auth.surface import Surface, SurfaceName, surface_of
from chalicelib.config import settings
from chalicelib.integrations.gateway import GatewayClient
from chalicelib.integrations.secrets import secret_of

if TYPE_CHECKING:
    from chalicelib.services.sessions import Sessions


@cache
def gateway() -> GatewayClient:
    return GatewayClient(settings().internal_url)


@cache
def surface(name: SurfaceName) -> Surface:
    return surface_of(name, settings(), lambda field: secret_of(settings(), field))


@cache
def sessions(name: SurfaceName) -> Sessions:
    raise NotImplementedError(name)
