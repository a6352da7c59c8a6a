"""What the DNS server knows: records that were set by hand, and domains that follow the mail server."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from infra.local.emulators.keeping import Kept, State
from infra.local.emulators.snapshot import Snapshot

ZoneFile = Callable[[str], str]  # of a domain, as the mail server writes it; empty when it has none
TYPES = ("A", "MX", "TXT", "CNAME", "SRV")
NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z0-9-]{2,63}")
LINE = re.compile(r"(?P<name>\S+)\s+IN\s+(?P<type>[A-Z]+)\s+(?P<value>.+)")
MOST_VALUES = 20


class BadRecord(Exception):
    """The message says what a record needs."""


class Zones:
    """Values are in the words of zone files: `10 mail.acme.test.` for MX; a TXT is the text itself.

    zone_file   where domains that follow get their records from
    """

    def __init__(self, snapshot: Snapshot | None = None, zone_file: ZoneFile = lambda _: "") -> None:
        fresh: State = {"records": {}, "following": []}
        self._kept = Kept(snapshot, fresh)
        self._zone_file = zone_file

    def put(self, name: object, kind: object, values: object) -> None:
        """Exactly these records of a type at a name; none takes them away. Raises BadRecord."""
        checked = _name(name)
        if kind not in TYPES:
            raise BadRecord(f"type must be one of {', '.join(TYPES)}")
        if (
            not isinstance(values, list)
            or len(values) > MOST_VALUES
            or not all(isinstance(each, str) and each for each in values)
        ):
            raise BadRecord(f"values must be a list of at most {MOST_VALUES} texts")
        with self._kept.changing() as state:
            state["records"].setdefault(checked, {})[kind] = values

    def follow(self, name: object) -> None:
        """From now on a domain has what the mail server asks for, wherever nothing was set by hand."""
        checked = _name(name)
        with self._kept.changing() as state:
            state["following"] = sorted({*state["following"], checked})

    def listed(self) -> dict[str, Any]:
        with self._kept.reading() as state:
            return {"records": {**state["records"]}, "following": [*state["following"]]}

    def exists(self, name: str) -> bool:
        return any(self.values(name, kind) for kind in TYPES)

    def values(self, name: str, kind: str) -> list[str]:
        with self._kept.reading() as state:
            by_hand = state["records"].get(name, {})
            following = [each for each in state["following"] if name == each or name.endswith(f".{each}")]
        if kind in by_hand:
            return list(by_hand[kind])
        return [value for domain in following for value in self._asked_for(domain, name, kind)]

    def _asked_for(self, domain: str, name: str, kind: str) -> Iterator[str]:
        for line in self._zone_file(domain).splitlines():
            found = LINE.fullmatch(line)
            if found and (found["name"].rstrip("."), found["type"]) == (name, kind):
                yield _text(found["value"]) if kind == "TXT" else found["value"]


def _name(name: object) -> str:
    if not isinstance(name, str) or not NAME.fullmatch(name.lower().rstrip(".")):
        raise BadRecord("name must be the name of a domain or of a record")
    return name.lower().rstrip(".")


def _text(quoted: str) -> str:
    return "".join(re.findall(r'"([^"]*)"', quoted))
