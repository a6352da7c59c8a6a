"""The provider's one world: what it remembers and the rules about it. Knows nothing of HTTP."""

import copy
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from infra.local.emulators.snapshot import Snapshot
from infra.local.identity.applications import Applications
from infra.local.identity.bindings import Bindings
from infra.local.identity.fields import Record
from infra.local.identity.fixtures import Fixtures
from infra.local.identity.grants import Grants
from infra.local.identity.groups import Groups
from infra.local.identity.ids import Ids
from infra.local.identity.keys import Keys
from infra.local.identity.people import People
from infra.local.identity.providers import Providers
from infra.local.identity.recovery import Recovery
from infra.local.identity.seed import follow, plant
from infra.local.identity.sessions import Sessions
from infra.local.identity.settings import IdentitySettings
from infra.local.identity.transactional import Transactional
from infra.local.identity.users import Users

TABLES = ("groups", "users", "applications", "providers", "bindings", "sessions", "passwords")
TABLES_OF_TOKENS = ("codes", "grants", "refresh", "access", "recoveries")


class World:
    """Groups, users, applications, providers, bindings, sessions, tokens, keys, and what holds between them.

    Each part is a plain object with plain methods (`world.groups.create({...})`); what the vendor would
    refuse raises RefusedError with the vendor's status and body. Several threads: wrap what belongs together
    in `reading` or `changing`; only the latter is stored.
    """

    def __init__(self, settings: IdentitySettings, clock: Callable[[], float] = time.time) -> None:
        self.settings, self.clock = settings, clock
        self._lock = threading.RLock()
        self._snapshot = Snapshot(settings.state)
        stored = self._snapshot.load()
        self.state: Record = {**_empty(), **(stored or {})}
        self.is_pretending = False
        self.ids = Ids(self.state)
        self._furnish()
        if stored is None:
            plant(self)
        follow(self)
        self._save()

    def _furnish(self) -> None:
        self.groups, self.users = Groups(self), Users(self)
        self.providers, self.applications = Providers(self), Applications(self)
        self.bindings, self.transactional = Bindings(self), Transactional(self)
        self.sessions, self.grants, self.keys = Sessions(self), Grants(self), Keys(self)
        self.people, self.recovery, self.fixtures = People(self), Recovery(self), Fixtures(self)

    def table(self, name: str) -> dict[str, Record]:
        rows: dict[str, Record] = self.state[name]
        return rows

    def is_on(self, switch: str) -> bool:
        """Whether one of the instance's settings (`recovery-flow`, `stale-application-list`) is on."""
        return bool(self.state["switches"][switch])

    def now(self) -> str:
        """The time as the vendor writes it."""
        return self.moment(self.clock())

    def moment(self, seconds: float) -> str:
        return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._lock:
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Nobody else looks or changes meanwhile; stored afterwards, whatever came of it."""
        with self._lock:
            try:
                yield
            finally:
                self._save()

    @contextmanager
    def pretending(self) -> Iterator[None]:
        """What happens inside is answered as usual and then undone."""
        with self.changing():
            before, self.is_pretending = copy.deepcopy(self.state), True
            try:
                yield
            finally:
                self.is_pretending = False
                self.restore(before)

    def restore(self, before: Record) -> None:
        self.state.clear()
        self.state.update(before)

    def _save(self) -> None:
        if self.settings.state is not None:
            self._snapshot.save(self.state)


def _empty() -> Record:
    tables: Record = {name: {} for name in TABLES + TABLES_OF_TOKENS}
    switches = {"recovery-flow": True, "stale-application-list": True}
    return {"counters": {}, "keys": [], "stale_lists": {}, "switches": switches, **tables}
