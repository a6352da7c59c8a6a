"""An oCIS server as far as the platform uses it: users, groups, roles and spaces over LibreGraph."""

from infra.local.emulators.ocis.http import OcisSettings, create_app
from infra.local.emulators.ocis.installation import Installation
from infra.local.emulators.ocis.world import World

__all__ = ["Installation", "OcisSettings", "World", "create_app"]
