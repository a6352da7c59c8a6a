"""Chain: each event's hash covers its content and the hash before it, so that no event can be changed alone.

The canonical form is that of RFC 8785 for what events hold: objects, lists, texts, whole numbers, truth. Null
is left out, because absent and null are one here; a moment is text in UTC with milliseconds. The hash is
SHA-256 of `{"event": …, "previous": …, "seq": …}` in this form, as lower-case hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from chalicelib.domain.model import Model

GENESIS = "0" * 64  # before the first event
ALTERED = "does not fit its hash: it was altered after it was written"


class Link(Model):
    """Where an event stands in its chain. `previous` is the hash of the event before it."""

    seq: int
    previous: str
    hash: str


class Head(Model):
    """The end of a chain so far; `id` names the chain."""

    id: str
    seq: int = 0
    hash: str = GENESIS

    def next(self, content: Mapping[str, Any]) -> Link:
        return _link(self.seq + 1, self.hash, content)

    def moved_to(self, link: Link) -> Head:
        return Head(id=self.id, seq=link.seq, hash=link.hash)


@dataclass(frozen=True, slots=True)
class Chained:
    """An event as it is stored. `content` is what its hash covers."""

    id: str
    chain: str
    at: datetime | None
    link: Link
    content: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"Event {self.link.seq} of {self.chain}"

    def fits(self) -> bool:
        """Is its hash that of its content?"""
        try:
            return _link(self.link.seq, self.link.previous, self.content) == self.link
        except (TypeError, ValueError):  # it holds what no event of ours ever does
            return False


Fault = Literal["altered", "missing", "cut", "rewritten", "unchained"]


@dataclass(frozen=True, slots=True)
class Break:
    """The first thing that is wrong, in words for people; what makes no sense for it is None."""

    kind: Fault
    what: str
    chain: str | None = None
    seq: int | None = None
    seal: int | None = None
    event_id: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """How far one chain was found to be in order: up to `head`, and what is wrong behind it."""

    head: Head
    last: Chained | None = None
    events: int = 0
    broken: Break | None = None

    def over(self, events: Iterable[Chained]) -> Walk:
        """The walk after some more events, in their order; it ends at the first break."""
        walk = self
        for each in events:
            broken = walk._wrong_with(each)
            if broken:
                return replace(walk, broken=broken)
            walk = replace(walk, head=walk.head.moved_to(each.link), last=each, events=walk.events + 1)
        return walk

    def upto(self, head: Head) -> Walk:
        """The walk at its end, which is to be `head`."""
        if self.broken or self.head == head:
            return self
        if self.head.seq < head.seq:
            first, chain = self.head.seq + 1, self.head.id
            what = f"{are_gone('Event', first, head.seq, f' of {chain}')}, though its head knows of them"
            return replace(self, broken=Break("cut", what, chain, first))
        if self.head.seq > head.seq:
            what = f"Events behind number {head.seq} of {head.id} are not accounted for by its head"
            return replace(self, broken=Break("unchained", what, head.id, head.seq + 1))
        return replace(
            self, broken=self._replaced(f"Event {head.seq} of {head.id} is not the one its head knows")
        )

    def _wrong_with(self, event: Chained) -> Break | None:
        seq, expected = event.link.seq, self.head.seq + 1
        if seq > expected:
            what = are_gone("Event", expected, seq - 1, f" of {event.chain}")
            return Break("missing", what, event.chain, expected)
        if seq < expected:
            return altered(event, f"{event.name} is there twice")
        if not event.fits():
            return altered(event, f"{event.name} {ALTERED}")
        if event.link.previous != self.head.hash:
            return self._replaced(
                f"{event.name} was written after another event {seq - 1} than the one there"
            )
        return None

    def _replaced(self, what: str) -> Break:
        if self.last:
            return altered(self.last, what)
        return Break("altered", what, self.head.id, self.head.seq)


def altered(event: Chained, what: str, seal: int | None = None) -> Break:
    return Break("altered", what, event.chain, event.link.seq, seal, event.id, event.at)


def canonical(value: object) -> bytes:
    """Raises TypeError for what has no canonical form here: a float, above all."""
    plain = _plain(value)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def digest(value: object) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def _link(seq: int, previous: str, content: Mapping[str, Any]) -> Link:
    form = {"event": content, "previous": previous, "seq": seq}
    return Link(seq=seq, previous=previous, hash=digest(form))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        named = {str(name): _plain(each) for name, each in value.items() if each is not None}
        return dict(sorted(named.items(), key=_utf_16))
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _utf_16(item: tuple[str, object]) -> bytes:
    """RFC 8785 sorts names by their UTF-16 code units."""
    return item[0].encode("utf-16-be")


def are_gone(noun: str, first: int, last: int, of: str = "") -> str:
    """ "Event 3 of tenant:… is not there any more"."""
    which = f"{noun} {first}{of} is" if first == last else f"{noun}s {first} to {last}{of} are"
    return f"{which} not there any more"
