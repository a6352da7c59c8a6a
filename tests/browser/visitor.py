"""One browser profile: opened for one test, watched while it is open, and searched when it closes."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from infra.local.settings import PASSWORD

PATIENCE = 10_000  # milliseconds until something must have appeared
REFUSED_PAGE = re.compile(r"Failed to load resource: the server responded with a status of [45]\d\d")
NO_ICON = "/favicon.ico"  # asked for beside JSON, which cannot name one

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Look:
    """How a profile sees the portal; `state` is what an earlier one kept in its cookies."""

    javascript: bool = True
    dark: bool = False
    width: int = 1280
    height: int = 800
    state: dict | None = None


@dataclass
class Profile:
    """An open profile: what it was sent is written to `archive` when it closes."""

    context: BrowserContext
    archive: Path
    problems: list[str] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)

    def watch(self) -> None:
        self.context.on("response", self._note_document)
        self.context.on("console", self._note)
        self.context.on("weberror", lambda error: self.problems.append(f"script failed: {error.error}"))

    def close(self) -> None:
        self.context.close()

    def _note_document(self, response: Response) -> None:
        if response.request.resource_type == "document":
            self.documents.add(response.url)

    def _note(self, message: ConsoleMessage) -> None:
        """Violations of the content security policy are errors, too."""
        if message.type not in {"error", "warning"}:
            return
        address = message.location["url"]
        if REFUSED_PAGE.match(message.text) and (address in self.documents or address.endswith(NO_ICON)):
            return  # a page with a status of its own, which tests look at by themselves
        self.problems.append(f"{message.type}: {message.text} at {address}")


def opened(browser: Browser, base_url: str, folder: Path, look: Look) -> Profile:
    archive = folder / f"{next(_numbers)}.har"
    context = browser.new_context(
        base_url=base_url,
        java_script_enabled=look.javascript,
        color_scheme="dark" if look.dark else "light",
        viewport={"width": look.width, "height": look.height},
        storage_state=look.state,
        locale="en-GB",
        timezone_id="UTC",
        record_har_path=archive,
        record_har_content="embed",
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    profile = Profile(context, archive)
    profile.watch()
    return profile


def sign_in(page: Page, person: str, portal: str = "operator") -> None:
    """From the portal's own page through the provider's, as a person would."""
    page.goto(f"/{portal}")
    page.get_by_role("link", name="Sign in").click()
    fill_in_at_provider(page, person)


def fill_in_at_provider(page: Page, person: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail address").fill(person)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
