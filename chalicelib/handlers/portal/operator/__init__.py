"""The operator portal: one module for each screen, all on one blueprint."""

from __future__ import annotations

from chalicelib.handlers.portal.operator import (
    attention,
    audit,
    dashboard,
    partner,
    partners,
    statement,
    support,
    tenant_audit,
    tenant_billing,
    tenant_danger,
    tenant_overview,
    tenant_resources,
    tenant_support,
    tenant_users,
    tenants,
    users,
)
from chalicelib.handlers.portal.operator.routes import routes
from chalicelib.handlers.portal.session_routes import serve_session
from chalicelib.handlers.portal.static_files import serve_static

__all__ = [
    "attention",
    "audit",
    "dashboard",
    "partner",
    "partners",
    "routes",
    "statement",
    "support",
    "tenant_audit",
    "tenant_billing",
    "tenant_danger",
    "tenant_overview",
    "tenant_resources",
    "tenant_support",
    "tenant_users",
    "tenants",
    "users",
]

serve_session(routes, "operator")
serve_static(routes, "operator")
