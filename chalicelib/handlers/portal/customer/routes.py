"""The blueprint of the customer portal, and its surface bound to the frame's decorators."""

from __future__ import annotations

from functools import partial

from chalice.app import Blueprint

from chalicelib.auth.surface import SurfaceName
from chalicelib.handlers.portal import frame

SURFACE: SurfaceName = "customer"

routes = Blueprint(__name__)
page = partial(frame.page, routes, SURFACE)
fragment = partial(frame.fragment, routes, SURFACE)
action = partial(frame.action, routes, SURFACE)
