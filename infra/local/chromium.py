"""Debian's Chromium, driven by Playwright: for the browser tests and for the pictures of the portals."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium is installed (apt-get install chromium, or name one with CHROMIUM)"
FLAGS = [
    "--no-sandbox",  # as root, in a container; the only pages it ever sees are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",  # none stands between two programs on one machine
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",  # pictures look the same on every machine
]


def executable() -> str | None:
    """The one that CHROMIUM names, else the first that is installed."""
    named = os.environ.get("CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window; each of its contexts is as good as a fresh profile.

    Raises   FileNotFoundError when none is installed
    """
    program = executable()
    if program is None:
        raise FileNotFoundError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
