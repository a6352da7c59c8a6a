"""The DNS records that Stalwart asks for: a domain's zone file, read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.domain.mail_records import NeededRecord, Purpose, RecordType
from chalicelib.domain.tenant import Tenant
from chalicelib.integrations.markers import carries
from chalicelib.integrations.stalwart.client import Stalwart

LINE = re.compile(r"(?P<name>\S+)\s+(?:\d+\s+)?IN\s+(?P<type>MX|TXT)\s+(?P<value>.+)")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
LARGEST = 65_536  # characters of a zone file that are read


class StalwartZones:
    def __init__(self, stalwart: Stalwart) -> None:
        self._stalwart = stalwart

    def records_of(self, tenant: Tenant, name: str) -> tuple[NeededRecord, ...]:
        """What a domain of the tenant needs; nothing for one that is not there, or that is somebody else's.

        Raises   TryLater, NeedsPerson, CredentialsRefused
        """
        for domain in self._stalwart.domains.named([name]):
            if carries(domain.description, tenant.slug):
                zone = self._stalwart.domains.zone_file(domain.id)
                return tuple(needed(name, zone or ""))
        return ()


def needed(domain: str, zone: str) -> Iterator[NeededRecord]:
    """Those that mail cannot do without; reports and service records are left out."""
    for line in zone[:LARGEST].splitlines():
        found = LINE.fullmatch(line.strip())
        if found is None:
            continue
        kind: RecordType = "MX" if found["type"] == "MX" else "TXT"
        name, value = found["name"].rstrip(".").lower(), _value(kind, found["value"])
        purpose = _purpose(kind, name.removesuffix(domain).rstrip("."), value)
        if purpose and name.endswith(domain):
            yield NeededRecord(purpose=purpose, name=name, type=kind, value=value)


def _value(kind: RecordType, text: str) -> str:
    if kind == "MX":
        return " ".join(text.split())
    return "".join(re.sub(r"\\(.)", r"\1", each) for each in STRING.findall(text))


def _purpose(kind: RecordType, label: str, value: str) -> Purpose | None:
    """`label` is what stands before the domain."""
    if not label:
        if kind == "MX":
            return "mx"
        return "spf" if value.lower().startswith("v=spf1") else None
    if kind == "TXT" and label == "_dmarc":
        return "dmarc"
    return "dkim" if kind == "TXT" and label.endswith("._domainkey") else None
