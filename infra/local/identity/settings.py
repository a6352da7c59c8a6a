"""What the supervisor decides about the provider; everything else is Authentik's layout."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class IdentitySettings:
    """Where the provider stands and whom it serves; mappings are by application slug."""

    public_url: str
    api_token: str
    state: Path | None
    redirect_uris: Mapping[str, tuple[str, ...]]
    back_channel_logout: Mapping[str, str] = field(default_factory=dict)
    access_token_minutes: int = 15
    post_logout_redirect_uris: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
