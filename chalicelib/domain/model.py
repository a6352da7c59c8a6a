"""The base of every value here: frozen, snake_case in Python, camelCase in documents and JSON."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """A plain value. Fields that it does not know are ignored, so that older code reads newer documents."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True, validate_default=True
    )

    def with_(self, **update: object) -> Self:
        """The same value with some fields changed; the caller vouches for their types."""
        return self.model_copy(update=update)
