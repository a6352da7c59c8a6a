"""The identity provider, the mail server, the file server and DNS, emulated in one process."""

import os

from flask import Flask

from infra.local.emulators import dns, ocis, stalwart
from infra.local.emulators.server import Server, serve
from infra.local.emulators.snapshot import Snapshot
from infra.local.identity import IdentitySettings
from infra.local.identity import create_app as identity
from infra.local.lifeline import leave_with_parent, wait_until_told
from infra.local.settings import (
    AUTHENTIK_TOKEN,
    OCIS_APP_TOKEN,
    OCIS_USERNAME,
    STALWART_API_KEY,
    LocalSettings,
    from_environment,
)

PORTALS = {
    "dezky-operator": "operator",
    "dezky-portal": "customer",
}  # by application: where the portal stands


def apps(settings: LocalSettings) -> dict[int, Flask]:
    """Each emulator that speaks HTTP by its port, with what it remembered from the last time."""
    return {
        settings.identity_port: identity(identity_settings(settings)),
        settings.stalwart_port: stalwart.create_app(
            stalwart.StalwartSettings(STALWART_API_KEY, settings.folder / "stalwart.json", dkim_delay=0.2)
        ),
        settings.ocis_port: ocis.create_app(
            ocis.OcisSettings(
                username=OCIS_USERNAME,
                app_token=OCIS_APP_TOKEN,
                public_url=settings.ocis_url,
                state=settings.folder / "ocis.json",
            )
        ),
    }


def identity_settings(settings: LocalSettings) -> IdentitySettings:
    """The provider, registered with the addresses of both portals."""
    pages = {application: f"{settings.gateway_url}/{portal}" for application, portal in PORTALS.items()}
    return IdentitySettings(
        public_url=settings.identity_url,
        api_token=AUTHENTIK_TOKEN,
        state=settings.folder / "identity.json",
        redirect_uris={name: (f"{page}/auth/oidc/callback",) for name, page in pages.items()},
        back_channel_logout={name: f"{page}/auth/oidc/backchannel-logout" for name, page in pages.items()},
        post_logout_redirect_uris={name: (page,) for name, page in pages.items()},
    )


def main() -> None:
    leave_with_parent()
    settings = from_environment(os.environ)
    emulators = apps(settings)
    # Some domains have whatever the mail server asks for: so its keys are to be seen in DNS.
    mail = emulators[settings.stalwart_port].extensions["world"]
    zones = dns.Zones(Snapshot(settings.folder / "dns.json"), mail.zone_file)
    emulators[settings.zones_port] = dns.create_app(zones)
    servers: list[Server | dns.DnsServer] = [
        dns.DnsServer(zones, settings.dns_port),
        *(serve(app, port) for port, app in emulators.items()),
    ]
    for server in servers:
        server.start()
    wait_until_told()
    for server in servers:
        server.stop()


if __name__ == "__main__":
    main()
