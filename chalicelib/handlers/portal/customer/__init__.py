"""The customer portal: one module for each screen, all on one blueprint."""

from __future__ import annotations

from chalicelib.handlers.portal.customer import (
    account,
    audit,
    domains,
    home,
    imports,
    members,
    services,
    subscription,
    support,
)
from chalicelib.handlers.portal.customer.routes import routes
from chalicelib.handlers.portal.session_routes import serve_session
from chalicelib.handlers.portal.static_files import serve_static

__all__ = [
    "account",
    "audit",
    "domains",
    "home",
    "imports",
    "members",
    "routes",
    "services",
    "subscription",
    "support",
]

serve_session(routes, "customer")
serve_static(routes, "customer")
