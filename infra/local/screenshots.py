"""`make screenshots`: pictures of every screen, light, dark and narrow, from a stack made for it.

The folder is written anew. Names are <screen>-<look>.png.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from infra.local.chromium import chromium
from infra.local.scratch import RunningStack, running
from infra.local.settings import PASSWORD, LocalSettings, child_environment

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
COLOURS = 80  # flat surfaces need no more, and a picture is a third of its size
TALLEST = 1_200  # pixels
SOME, ALL = 60, 5_000  # customers of the large partner
TRIES = 12
PATIENCE = 60_000  # milliseconds, on a busy machine
LONG_SLUG = "donaudampfschifffahrtselektrizitaetenhau"

SCREENS = {
    "sign-in": "/auth/login",
    "dashboard": "",
    "tenants": "/tenants",
    "tenants-empty": "/tenants?q=nothing-is-named-like-this",
    "tenant-create": "/tenants?dialog=create-tenant",
    "tenant-overview": "/tenants/acme",
    "tenant-long-names": f"/tenants/{LONG_SLUG}",
    "tenant-users": "/tenants/acme/users",
    "tenant-resources": "/tenants/acme/resources",
    "tenant-resources-blocked": "/tenants/blocked/resources",
    "tenant-billing": "/tenants/acme/billing",
    "tenant-audit": "/tenants/acme/audit",
    "tenant-support": "/tenants/acme/support",
    "tenant-danger": "/tenants/acme/danger",
    "tenant-suspend": "/tenants/acme/danger?dialog=suspend",
    "tenant-terminate": "/tenants/acme/danger?dialog=terminate",
    "partners": "/partners",
    "partner-create": "/partners?dialog=create-partner",
    "partner-1-customer": "/partners/ein-kunde",
    "partner-attach": "/partners/nordlicht?dialog=attach-tenant",
    "partner-terminate": "/partners/nordlicht?dialog=terminate-partner",
    "partner-statement": "/partners/nordlicht/statement",
    "attention": "/attention",
    "support": "/support",
    "users": "/users",
    "audit": "/audit",
    "not-found": "/tenants/no-such-tenant",
}
CUSTOMER_SCREENS = {
    "customer-home": "",
    "customer-services": "/tenants/acme",
    "customer-users": "/tenants/acme/users",
    "customer-invite": "/tenants/acme/users?dialog=invite",
    "customer-import": "/tenants/acme/users/import",
    "customer-domains": "/tenants/acme/domains",
    "customer-subscription": "/tenants/acme/subscription",
    "customer-support": "/tenants/acme/support",
    "customer-audit": "/tenants/acme/audit",
    "customer-account": "/account",
}
FULL_SCREENS = {"tenants-5000": "/tenants", "partner-5000-customers": "/partners/grosshandel"}


@dataclass(frozen=True)
class Look:
    name: str
    width: int = 1280
    height: int = 800
    dark: bool = False


LOOKS = (Look("light"), Look("dark", dark=True), Look("narrow", width=380, height=740))


def main() -> int:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "data") as stack,
        chromium() as browser,
    ):
        _fill(stack, customers=SOME)
        kept = _signed_in(browser, stack.settings, "operator@dezky.local")
        for look in LOOKS:
            _take_all(browser, stack.settings, kept, look, SCREENS)
            _take_refusal(browser, stack.settings, look)
        kept = _signed_in(browser, stack.settings, "owner@acme.test", "customer")
        for look in LOOKS:
            _take_all(browser, stack.settings, kept, look, CUSTOMER_SCREENS, "customer")
        kept = _signed_in(browser, stack.settings, "operator@dezky.local")
        _fill(stack, customers=ALL, there=SOME)
        for look in LOOKS:
            _take_all(browser, stack.settings, kept, look, FULL_SCREENS)
    sizes = [each.stat().st_size for each in FOLDER.iterdir()]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1e6:.1f} MB, are in {FOLDER}")
    return 0


def _fill(stack: RunningStack, customers: int, there: int = 0) -> None:
    module, asked = "infra.local.crowd", {"--customers": customers, "--there": there}
    command = [sys.executable, "-m", module, *(str(each) for pair in asked.items() for each in pair)]
    subprocess.run(command, env=child_environment(stack.settings, {}), check=True)  # noqa: S603 (our own)


def _signed_in(
    browser: Browser, settings: LocalSettings, person: str, portal: str = "operator"
) -> StorageState:
    with _context(browser, settings, LOOKS[0]) as context:
        page = context.new_page()
        page.goto(f"/{portal}")
        page.get_by_role("link", name="Sign in").first.click()
        page.get_by_label("E-mail address").fill(person)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**/{portal}")
        return context.storage_state()


def _take_all(
    browser: Browser,
    settings: LocalSettings,
    kept: StorageState,
    look: Look,
    screens: Mapping[str, str],
    portal: str = "operator",
) -> None:
    with _context(browser, settings, look, kept) as context:
        page = context.new_page()
        for screen, path in screens.items():
            _take(page, f"/{portal}{path}", look, FOLDER / f"{screen}-{look.name}.png")


def _take_refusal(browser: Browser, settings: LocalSettings, look: Look) -> None:
    with _context(browser, settings, look, _signed_in(browser, settings, "support@dezky.local")) as context:
        _take(context.new_page(), "/operator", look, FOLDER / f"no-rights-{look.name}.png")


def _visit(page: Page, path: str) -> None:
    """Raises RuntimeError rather than taking a picture of a platform that is too busy to answer."""
    for _ in range(TRIES):
        answer = page.goto(path)
        if answer and answer.status < 500:
            return
    raise RuntimeError(f"{path} does not answer")


def _take(page: Page, path: str, look: Look, file: Path) -> None:
    """A picture of the window; without a dialog in it also of what is below, up to TALLEST."""
    _visit(page, path)
    height = 0 if "dialog=" in path else page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": look.width, "height": max(look.height, min(height, TALLEST))})
    page.screenshot(path=file, animations="disabled", caret="hide")
    page.set_viewport_size({"width": look.width, "height": look.height})
    with Image.open(file) as picture:
        # Each of the few becomes the mean of what it stands for: else large surfaces take on a tint.
        few = picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=2)
    few.save(file, optimize=True)


@contextmanager
def _context(
    browser: Browser, settings: LocalSettings, look: Look, kept: StorageState | None = None
) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=settings.gateway_url,
        viewport={"width": look.width, "height": look.height},
        color_scheme="dark" if look.dark else "light",
        storage_state=kept,
        locale="en-GB",
        timezone_id="UTC",
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield context
    finally:
        context.close()


if __name__ == "__main__":
    sys.exit(main())
