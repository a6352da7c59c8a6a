"""Search for what must never leave the server: tokens and secrets in anything that was sent or logged."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.local.settings import LocalSettings, app_environment

JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*")
LONG = re.compile(r"[\w-]{64,}")
REFRESH_TOKEN = 64  # characters of the provider's refresh tokens
SECRET_NAME = re.compile(r"TOKEN|SECRET|KEY|PASSWORD")
CLIENTS = ("dezky-operator", "dezky-portal")


@dataclass(frozen=True)
class Hidden:
    """What this stack has to hide: its secrets, and the provider's refresh tokens, known by their hashes."""

    secrets: frozenset[str]
    refresh_tokens: frozenset[str]

    def found_in(self, text: str) -> Iterator[str]:
        """What leaked, shortened: a report must not be a leak of its own."""
        yield from (f"a token, {found[0][:12]}…" for found in JWT.finditer(text))
        yield from (f"a secret, {secret[:6]}…" for secret in self.secrets if secret in text)
        for run in LONG.finditer(text):
            yield from (f"a refresh token, {each[:4]}…" for each in _windows(run[0]) if self._is_issued(each))

    def _is_issued(self, text: str) -> bool:
        return hashlib.sha256(text.encode()).hexdigest() in self.refresh_tokens


def hidden_in(settings: LocalSettings) -> Hidden:
    own = {value for name, value in app_environment(settings).items() if SECRET_NAME.search(name)}
    # AWS's local credentials are the word `local`; what is no secret cannot leak.
    secrets = {value for value in own if len(value) >= 16} | {f"{each}-local-secret" for each in CLIENTS}
    world = json.loads((settings.folder / "identity.json").read_text())
    return Hidden(frozenset(secrets), frozenset(world["refresh"]))


def leaks(settings: LocalSettings, *files: Path) -> list[str]:
    """Every find with the file that it is in."""
    hidden = hidden_in(settings)
    return [f"{file.name}: {found}" for file in files for found in hidden.found_in(file.read_text())]


def logs_of(settings: LocalSettings) -> list[Path]:
    return sorted((settings.folder / "logs").glob("*.log"))


def _windows(run: str) -> Iterator[str]:
    return (run[at : at + REFRESH_TOKEN] for at in range(len(run) - REFRESH_TOKEN + 1))
