"""What operators may ask for about drift."""

from __future__ import annotations

from datetime import timedelta

from pydantic import AwareDatetime

from chalicelib.domain.commands import Command
from chalicelib.domain.names import FreeText

LONGEST = timedelta(days=90)


class PauseDrift(Command):
    """What differs in this integration is told and left, until then or until the tenant is changed."""

    reason: FreeText
    until: AwareDatetime
