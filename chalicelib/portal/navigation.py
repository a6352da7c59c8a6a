"""The sidebar of each portal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """
    key    what a page calls itself by in `active`
    path   within the portal
    icon   a macro of parts/icons.html
    """

    key: str
    path: str
    label: str
    icon: str


NAVIGATION = {
    "operator": (
        Entry("dashboard", "", "Dashboard", "gauge"),
        Entry("tenants", "/tenants", "Tenants", "building"),
        Entry("partners", "/partners", "Partners", "handshake"),
        Entry("attention", "/attention", "Attention", "bell"),
        Entry("support", "/support", "Support", "ticket"),
        Entry("users", "/users", "Users", "people"),
        Entry("audit", "/audit", "Audit", "book"),
    ),
    "customer": (
        Entry("home", "", "My tenants", "building"),
        Entry("account", "/account", "My account", "people"),
    ),
}
NAMES = {"operator": "Operator portal", "customer": "Customer portal"}
