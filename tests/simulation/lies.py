"""Answers that no list should have: empty, partial, malformed, of the wrong type, or no JSON at all."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

from infra.local.emulators.distortions import PAGE
from tests.simulation.vendors import Reply, Sent, Vendor

STRANGERS: tuple[Any, ...] = (None, True, 0, -1, 1.5, "", "x", [], {}, [[]], [None], {"error": "x"})


class Liar:
    """A vendor whose answers to reads are spoilt once it is told to; writes stay true."""

    def __init__(self, vendor: Vendor, random: Random) -> None:
        self.url = vendor.url
        self._vendor, self._random = vendor, random
        self.share = 0.0  # of the answers that are spoilt
        self.spoilt = 0

    def answer(self, request: Sent) -> Reply:
        reply = self._vendor.answer(request)
        if self._random.random() >= self.share or reply.status != 200:
            return reply
        self.spoilt += 1
        return spoilt(reply, self._random)

    def pretending(self) -> Any:
        return self._vendor.pretending()


def spoilt(reply: Reply, random: Random) -> Reply:
    """The same answer, with something wrong that a list can have wrong; its values are never other ones."""
    kind = random.choice(("html", "cut", "bytes", "stranger", "mutant", "mutant", "mutant", "mutant"))
    if kind == "html":
        return Reply(200, PAGE.encode(), random.choice(("text/html", "application/json")))
    if kind == "cut":
        return Reply(200, reply.content[: random.randrange(len(reply.content) + 1)])
    if kind == "bytes":
        return Reply(200, random.randbytes(random.randrange(40)))
    if kind == "stranger":
        return Reply(200, json.dumps(random.choice(STRANGERS)).encode())
    body = json.loads(reply.content)
    for _ in range(random.choice((1, 1, 2, 5))):
        _mutate(body, random)
    return Reply(200, json.dumps(body).encode())


def _mutate(body: Any, random: Random) -> None:
    """Take something out of `body`, double it, or put something of another type in its place."""
    holders = [each for each in _containers(body) if each]
    if not holders:
        return
    holder = random.choice(holders)
    place = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    deed = random.choice(("remove", "empty", "replace", "double"))
    if deed == "remove":
        del holder[place]
    elif deed == "empty" and isinstance(holder[place], list | dict):
        holder[place] = type(holder[place])()
    elif deed == "double" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[place]))
    else:
        others = [each for each in STRANGERS if type(each) is not type(holder[place])]
        holder[place] = copy.deepcopy(random.choice(others))


def _containers(body: Any) -> list[Any]:
    if not isinstance(body, list | dict):
        return []
    inner = body.values() if isinstance(body, dict) else body
    return [body, *(found for part in inner for found in _containers(part))]
