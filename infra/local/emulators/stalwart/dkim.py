"""DKIM keys, which appear some time after their domain, and the zone file that names them."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from infra.local.emulators.stalwart.drafts import HIDDEN
from infra.local.emulators.stalwart.kinds import SIGNATURE

HOST = "mail.localhost."
KEY_TYPES = {"Dkim1Ed25519Sha256": ("ed25519", 32), "Dkim1RsaSha256": ("rsa", 294)}  # bytes of a public key
TXT_LIMIT = 255  # bytes in one string of a TXT record


def moment(now: float) -> str:
    """A time as the server writes it."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def public_key(domain: str, selector: str, variant: str) -> str:
    """The same key for the same names, so that two runs agree; no private key belongs to it."""
    length = KEY_TYPES[variant][1]
    seed = f"{domain}/{selector}/{variant}".encode()
    return base64.b64encode(hashlib.shake_256(seed).digest(length)).decode()


def selector(template: str, variant: str, now: float) -> str:
    """The selector that the server makes from a domain's template."""
    day = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d")
    parts = {"{version}": "1", "{algorithm}": KEY_TYPES[variant][0], "{date-%Y%m%d}": day}
    for mark, value in parts.items():
        template = template.replace(mark, value)
    return template


def signatures(identity: str, domain: dict[str, Any], now: float) -> Iterator[dict[str, Any]]:
    """The keys that the server makes for a domain by itself, one for each algorithm it asks for."""
    management = domain["dkimManagement"]
    for variant in sorted(set(management["algorithms"]) & set(KEY_TYPES)):
        chosen = selector(management["selectorTemplate"], variant, now)
        yield {
            "@type": variant,
            **SIGNATURE.fresh(),
            "domainId": identity,
            "memberTenantId": domain["memberTenantId"],
            "selector": chosen,
            "privateKey": HIDDEN,
            "publicKey": public_key(domain["name"], chosen, variant),
        }


def zone_file(domain: dict[str, Any], signatures: Iterable[dict[str, Any]]) -> str:
    """The records that a domain needs; DKIM lines only for keys that exist and are not retired."""
    name = f"{domain['name']}."
    lines = [
        f"{name} IN MX 10 {HOST}",
        *(_dkim_line(name, signature) for signature in signatures if signature["stage"] != "retired"),
        f'{name} IN TXT "v=spf1 mx ra=postmaster -all"',
        f'_dmarc.{name} IN TXT "v=DMARC1; p=reject; rua=mailto:postmaster@{domain["name"]}"',
        f'_smtp._tls.{name} IN TXT "v=TLSRPTv1; rua=mailto:postmaster@{domain["name"]}"',
        *(f"_{service}._tcp.{name} IN SRV 0 1 {port} {HOST}" for service, port in _SERVICES),
    ]
    return "\n".join(lines) + "\n"


_SERVICES = (("jmap", 443), ("imaps", 993), ("submissions", 465))


def _dkim_line(name: str, signature: dict[str, Any]) -> str:
    key_type = KEY_TYPES[signature["@type"]][0]
    text = f"v=DKIM1; k={key_type}; h=sha256; p={signature['publicKey']}"
    pieces = [text[start : start + TXT_LIMIT] for start in range(0, len(text), TXT_LIMIT)]
    return (
        f"{signature['selector']}._domainkey.{name} IN TXT {' '.join(chr(34) + p + chr(34) for p in pieces)}"
    )
