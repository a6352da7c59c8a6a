"""What `make run` says once everything runs: addresses, sign-ins, and a line to try."""

from infra.local.settings import PASSWORD, LocalSettings

SIGN_INS = {
    "operator@dezky.local": "operator: sees and changes everything",
    "support@dezky.local": "in the operators' group, but the rights are revoked",
    "owner@acme.test": "owner of the tenant acme",
    "member@acme.test": "member of the tenant acme",
}


def table(settings: LocalSettings) -> str:
    """Addresses and sign-ins, as a person reads them."""
    rows = [_row(name, address) for name, address in _addresses(settings).items()]
    people = [f"    {address:<22} {who}" for address, who in SIGN_INS.items()]
    example = f'curl -H "Authorization: Bearer $(make -s token)" {settings.gateway_url}/tenants'
    lines = [*rows, "", f"  sign in with the password {PASSWORD} as", *people, "", f"  try {example}"]
    return "\n".join([*lines, "", "Ctrl-C stops everything."])


def _row(name: str, address: str) -> str:
    return f"  {name:<18} {address}"


def _addresses(settings: LocalSettings) -> dict[str, str]:
    own_database = "the one that MONGODB_URI names"  # never printed: it may hold a password
    return {
        "operator portal": f"{settings.gateway_url}/operator",
        "customer portal": f"{settings.gateway_url}/customer",
        "API": f"{settings.gateway_url}/docs",
        "identity provider": settings.identity_url,
        "Stalwart (mail)": settings.stalwart_url,
        "oCIS (files)": settings.ocis_url,
        "DNS": f"{settings.dns_resolver}, changed at {settings.zones_url}/_zones",
        "AWS (queues)": settings.aws_url,
        "MongoDB": own_database if settings.given_mongodb_uri else settings.mongodb_uri,
        "logs": str(settings.folder / "logs"),
    }
