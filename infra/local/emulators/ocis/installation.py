"""What users, groups and spaces of one installation share: the state, ids, the caller and its rights."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from infra.local.emulators.keeping import Kept, State
from infra.local.emulators.ocis import roles
from infra.local.emulators.ocis.refusals import Refused, forbidden
from infra.local.emulators.snapshot import Snapshot

SEED = uuid.UUID("6f1d3c52-0c4e-4f0e-9d0e-0c1500000000")
APPLICATION = str(uuid.uuid5(SEED, "application"))
CALLER = str(uuid.uuid5(SEED, "caller"))  # the platform's own user
STORAGE = str(uuid.uuid5(SEED, "storage"))


class Installation:
    """The state of one server, and what everything that is done to it needs."""

    def __init__(
        self, snapshot: Snapshot | None, username: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.clock = clock
        self.kept = Kept(snapshot, self._fresh(username))

    @contextmanager
    def reading(self) -> Iterator[State]:
        with self.kept.reading() as state:
            yield state

    @contextmanager
    def changing(self) -> Iterator[State]:
        with self.kept.changing() as state:
            yield state

    @contextmanager
    def directory(self, refusal_status: int) -> Iterator[State]:
        """The state, to change users (a refusal is a 401 there) or groups (a 403)."""
        with self.changing() as state:
            if state["readOnly"]:
                raise Refused(405, "notAllowed", "the directory is read-only")
            if not has_role(state, roles.ADMIN):
                raise Refused(refusal_status, "accessDenied", "not allowed to manage accounts")
            yield state

    def now(self) -> str:
        return datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _fresh(self, username: str) -> State:
        caller = {"id": CALLER, "displayName": "Platform", "mail": "platform@localhost.test"}
        user = {**caller, "onPremisesSamAccountName": username, "accountEnabled": True, "userType": "Member"}
        return {
            "next": 1,
            "readOnly": False,
            "users": {CALLER: user},
            "groups": {},
            "spaces": {},
            "assignments": {"caller": {"principalId": CALLER, "appRoleId": roles.ADMIN}},
        }


def new_id(state: State) -> str:
    """An id that no other object has, the same in every run."""
    state["next"] += 1
    return str(uuid.uuid5(SEED, str(state["next"])))


def has_role(state: State, *wanted: str) -> bool:
    """Whether the caller has one of the roles."""
    own = [held for held in state["assignments"].values() if held["principalId"] == CALLER]
    return any(held["appRoleId"] in wanted for held in own)


def check_admin(state: State) -> None:
    if not has_role(state, roles.ADMIN):
        raise forbidden()


def found(things: dict[str, dict[str, Any]], key: str, name: str) -> dict[str, Any] | None:
    """The thing with that id, or whose `name` is `key` in any case."""
    if key in things:
        return things[key]
    same = (thing for thing in things.values() if thing[name].lower() == key.lower())
    return next(same, None)
