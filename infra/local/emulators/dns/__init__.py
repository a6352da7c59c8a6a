"""A small DNS server for zones that nobody else has: over UDP and TCP, with an address to change them."""

from infra.local.emulators.dns.control import create_app
from infra.local.emulators.dns.server import DnsServer
from infra.local.emulators.dns.zones import BadRecord, Zones

__all__ = ["BadRecord", "DnsServer", "Zones", "create_app"]
