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
        self._here: set[str] = set()  # addresses that came, now or earlier
        protocol = page.context.new_cdp_session(page)
        protocol.send("Network.enable")
        protocol.on("Network.requestWillBeSent", self._sent)
        protocol.on("Network.requestServedFromCache", self._cached)
        protocol.on("Network.responseReceived", self._answered)
        protocol.on("Network.dataReceived", self._came)

    def visit(self, path: str) -> Visit:
        """Go there and wait until nothing is on its way any more."""
        self._page.goto("about:blank")
        self._visit = Visit()
        answer = self._page.goto(path, wait_until="load")
        self._visit.status = answer.status if answer else 0
        icon = self._page.evaluate(ICON)
        while icon not in self._here:
            self._page.wait_for_timeout(20)  # milliseconds
        self._page.wait_for_timeout(50)  # for the protocol's last events
        return self._visit

    def _came(self, event: dict) -> None:
        self._visit.came(event)

    def _sent(self, event: dict) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]
        self._visit.sent(event)

    def _cached(self, event: dict) -> None:
        self._visit.requests.discard(self._urls[event["requestId"]])

    def _answered(self, event: dict) -> None:
        self._here.add(self._urls[event["requestId"]])
        if event["response"].get("fromDiskCache"):
            self._visit.requests.discard(self._urls[event["requestId"]])
