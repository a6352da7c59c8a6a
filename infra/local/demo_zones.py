"""What DNS shows of the demo tenants' domains: what it should, with some mistakes."""

from typing import Any

import requests

from infra.local.demo_data import TENANTS
from infra.local.settings import LocalSettings

PATIENCE = 5  # seconds
MISTAKES: tuple[dict[str, Any], ...] = (
    {"name": "_dmarc.vogt-recht.example", "type": "TXT", "values": []},
    {"name": "brandt-schiffe.example", "type": "TXT", "values": ["v=spf1 include:newsletter.example -all"]},
    {"name": "praxis-sommer.example", "type": "MX", "values": ["10 mx.old-provider.example."]},
)


def fill(settings: LocalSettings) -> None:
    """Set the demo zones; what was changed by hand is set back. Raises requests.RequestException."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy stands between two programs on one machine
        domains = [{"follow": domain} for tenant in TENANTS for domain in tenant["domains"]]
        for change in (*domains, *MISTAKES):
            session.post(f"{settings.zones_url}/_zones", json=change, timeout=PATIENCE).raise_for_status()
