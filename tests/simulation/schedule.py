"""Virtual time: events in their order, and actors of which exactly one runs at any moment.

An actor is a thread with a baton. Whoever waits hands the baton to whoever is next, so real, blocking code
is interleaved in an order that depends on nothing but the times of the events.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.builders import NOON


class Closed(BaseException):
    """The simulation is over: every actor ends, whatever it is in the middle of."""


class Actor:
    """A thread that runs only while it holds the baton; `memory` is for whoever watches it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.baton = threading.Lock()
        self.baton.acquire()
        self.thread: threading.Thread | None = None
        self.was_misled = False
        self.leases: dict[tuple[str, str], str] = {}


class Schedule:
    """What happens when. The thread that made it is the first actor, "main"."""

    def __init__(self) -> None:
        self.now = 0.0  # seconds since NOON
        self.running = self._main = Actor("main")
        self._events: list[tuple[float, int, Actor | Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._actors: list[Actor] = []
        self._failure: BaseException | None = None
        self._is_closing = False

    def clock(self) -> datetime:
        """UTC in whole milliseconds, as the application's own."""
        return NOON + timedelta(milliseconds=int(self.now * 1000))

    def seconds(self) -> float:
        """Seconds since 1970, as the emulators' clocks."""
        return NOON.timestamp() + self.now

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do `act` then, in between of what the actors do; it must not wait."""
        self._push(seconds, act)

    def wait(self, seconds: float) -> None:
        """The running actor goes on after that time."""
        me = self.running
        self._push(seconds, me)
        self._pass_on(me)

    def park(self) -> None:
        """The running actor goes on when somebody wakes it."""
        self._pass_on(self.running)

    def wake(self, actor: Actor) -> None:
        self._push(0.0, actor)

    def spawn(self, name: str, work: Callable[[], None]) -> Actor:
        """A new actor that does `work`, from now on."""
        actor = Actor(name)
        actor.thread = threading.Thread(target=self._live, args=(actor, work), name=name, daemon=True)
        actor.thread.start()
        self._actors.append(actor)
        self.wake(actor)
        return actor

    def close(self) -> None:
        """End all actors, one after the other."""
        self._is_closing = True
        for actor in self._actors:
            actor.baton.release()
            if actor.thread:
                actor.thread.join()

    def _push(self, seconds: float, event: Actor | Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._numbers), event))

    def _pass_on(self, me: Actor) -> None:
        """Return when it is `me`'s turn."""
        chosen = self._next_actor()
        if chosen is not me:
            self._hand_over(chosen)
            me.baton.acquire()
            if self._is_closing and me is not self._main:
                raise Closed
        if me is self._main and self._failure:
            raise self._failure

    def _next_actor(self) -> Actor:
        while True:
            at, _, event = heapq.heappop(self._events)
            self.now = max(self.now, at)
            if isinstance(event, Actor):
                return event
            event()

    def _hand_over(self, chosen: Actor) -> None:
        self.running = chosen
        chosen.baton.release()

    def _live(self, actor: Actor, work: Callable[[], None]) -> None:
        actor.baton.acquire()
        if self._is_closing:
            return
        try:
            work()
        except Closed:
            return
        except BaseException as error:  # noqa: BLE001  (a thread's failure would be lost: main raises it)
            self._failure = error
            self._hand_over(self._main)
