"""Means: what the use cases work with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.ports import Clock, NewId, PartnerStore, TenantStore, UnitOfWork, UserStore
from chalicelib.services.records import Records


@dataclass(frozen=True, slots=True)
class Means:
    """
    operator_issuer   the only issuer whose users can be platform admins
    kept              how long a terminated tenant can be restored
    customer_issuer   whose sign-in may claim the invitations to a tenant
    """

    partners: PartnerStore
    tenants: TenantStore
    users: UserStore
    records: Records
    unit: UnitOfWork
    clock: Clock
    new_id: NewId
    operator_issuer: str
    customer_issuer: str
    kept: timedelta
