"""Contact and billing details, shared by partners and tenants."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.domain.model import Model
from chalicelib.domain.names import DisplayName, EmailAddress, FreeText

Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()/.-]{3,30}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]


class Contact(Model):
    """Whom to write to."""

    name: DisplayName
    email: EmailAddress
    phone: Phone | None = None


class Billing(Model):
    """To whom invoices go."""

    company: DisplayName
    address: FreeText
    country: Country
    vat_id: Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9+*]{2,13}$")] | None = None
    email: EmailAddress | None = None
