"""A Stalwart 0.16 server as far as the platform uses it: tenants, domains, accounts, DKIM keys."""

from infra.local.emulators.stalwart.http import StalwartSettings, create_app
from infra.local.emulators.stalwart.world import World

__all__ = ["StalwartSettings", "World", "create_app"]
