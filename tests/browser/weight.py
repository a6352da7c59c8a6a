"""How much one visit of a page costs: requests that really went out, bytes before compression.

The page's icon counts, although the browser asks for it when everything else is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page

ICON = "document.querySelector('link[rel=icon]').href"


@dataclass
class Visit:
    requests: set[str] = field(default_factory=set)
    size: int = 0  # bytes
    status: int = 0

    def sent(self, event: dict) -> None:
        self.requests.add(event["request"]["url"])

    def came(self, event: dict) -> None:
        self.size += event["dataLength"]


class Scales:
    """Watches a page through the browser's own protocol, in which a hit of the cache is told apart."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._visit = Visit()
        self._urls: dict[str, str] = {}
        self._here: set[str] = set()  # addresses that came since the cache was empty
        self._pending: set[str] = set()  # ids of requests
        self._protocol = protocol = page.context.new_cdp_session(page)
        protocol.send("Network.enable")
        protocol.on("Network.requestWillBeSent", self._sent)
        protocol.on("Network.requestServedFromCache", self._cached)
        protocol.on("Network.responseReceived", self._answered)
        protocol.on("Network.loadingFailed", self._failed)
        protocol.on("Network.dataReceived", self._came)

    def empty_cache(self) -> None:
        self._page.goto("about:blank")
        self._protocol.send("Network.clearBrowserCache")
        self._here.clear()

    def visit(self, path: str) -> Visit:
        """Go there and wait until nothing is on its way any more."""
        self._page.goto("about:blank")
        self._visit = Visit()
        answer = self._page.goto(path, wait_until="load")
        self._visit.status = answer.status if answer else 0
        icon = self._page.evaluate(ICON)
        while icon not in self._here or self._pending:
            self._page.wait_for_timeout(20)  # milliseconds
        self._page.wait_for_timeout(50)  # for the protocol's last events
        while self._pending:
            self._page.wait_for_timeout(20)
        return self._visit

    def _came(self, event: dict) -> None:
        self._visit.came(event)

    def _sent(self, event: dict) -> None:
        self._pending.add(event["requestId"])
        self._urls[event["requestId"]] = event["request"]["url"]
        self._visit.sent(event)

    def _cached(self, event: dict) -> None:
        self._visit.requests.discard(self._urls[event["requestId"]])

    def _failed(self, event: dict) -> None:
        self._pending.discard(event["requestId"])

    def _answered(self, event: dict) -> None:
        self._pending.discard(event["requestId"])
        self._here.add(self._urls[event["requestId"]])
        if event["response"].get("fromDiskCache"):
            self._visit.requests.discard(self._urls[event["requestId"]])
