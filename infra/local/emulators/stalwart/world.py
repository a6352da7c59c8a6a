"""What a 0.16 server knows and allows, without HTTP: tenants, domains, accounts and DKIM keys."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from infra.local.emulators.keeping import Kept, State
from infra.local.emulators.snapshot import Snapshot
from infra.local.emulators.stalwart import dkim, drafts, links, queries
from infra.local.emulators.stalwart.identities import written
from infra.local.emulators.stalwart.kinds import KINDS, Kind
from infra.local.emulators.stalwart.refusals import MethodRefused, ObjectRefused

MOST = 500  # objects in one get or set
FIRST = 33  # the number of the first object; smaller ones are the server's own
ACCOUNT = "b"  # the account that owns the API key

Arguments = dict[str, Any]


class World:
    """The objects of one server. Every method may be called from several threads.

    `clock` answers seconds since 1970; DKIM keys appear `dkim_delay` seconds after their domain.
    """

    def __init__(
        self,
        snapshot: Snapshot | None = None,
        *,
        enterprise: bool = False,
        dkim_delay: float = 1.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        fresh: State = {"next": FIRST, "objects": {name: {} for name in KINDS}, "due": {}}
        self._kept = Kept(snapshot, fresh)
        self._enterprise, self._dkim_delay, self._clock = enterprise, dkim_delay, clock

    def query(self, kind_name: str, arguments: Arguments) -> dict[str, Any]:
        """Ids that match a filter. Raises MethodRefused."""
        kind = self._allowed(kind_name)
        asked = {name for name, _ in queries.conditions(kind, arguments.get("filter"))}
        if "memberTenantId" in asked and not self._enterprise:
            raise MethodRefused("forbidden", "Tenants are an enterprise feature")
        with self.reading() as state:
            return queries.answer(kind, state["objects"][kind_name], arguments)

    def get(self, kind_name: str, arguments: Arguments) -> dict[str, Any]:
        """Objects by id, or the first 500. Raises MethodRefused."""
        self._allowed(kind_name)
        wanted = _list_of_texts("ids", arguments.get("ids"))
        if wanted is not None and len(wanted) > MOST:
            raise MethodRefused("requestTooLarge", "Too many objects")
        properties = _list_of_texts("properties", arguments.get("properties"))
        with self.reading() as state:
            objects = state["objects"][kind_name]
            ids = list(objects)[:MOST] if wanted is None else wanted
            return {
                "list": [_shown(state, kind_name, name, properties) for name in ids if name in objects],
                "notFound": [name for name in ids if name not in objects],
            }

    def set(
        self, kind_name: str, arguments: Arguments, known: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Create, update and destroy, each on its own. Raises MethodRefused.

        `known` maps the client's ids of objects created earlier in the same request; new ones are added.
        """
        kind = self._allowed(kind_name)
        given = {name: arguments.get(name) for name in ("create", "update")}
        wishes = {name: {} if wish is None else wish for name, wish in given.items()}
        doomed = _list_of_texts("destroy", arguments.get("destroy")) or []
        if not all(isinstance(wish, dict) for wish in wishes.values()):
            raise MethodRefused("invalidArguments", "Expected an object")
        if len(wishes["create"]) + len(wishes["update"]) + len(doomed) > MOST:
            raise MethodRefused("requestTooLarge", "Too many objects")
        known = {} if known is None else known
        with self.changing():
            answers = [
                *self._created(kind, wishes["create"], known),
                *self._updated(kind, wishes["update"], doomed, known),
                *self._destroyed(kind, doomed),
            ]
        return _grouped(answers)

    def zone_file(self, name: str) -> str:
        """The records that the domain of that name needs; nothing for one that is not here."""
        with self.reading() as state:
            for identity, domain in state["objects"]["Domain"].items():
                if domain["name"] == name:
                    return str(_computed(state, "Domain", identity, domain)["dnsZoneFile"])
        return ""

    @contextmanager
    def reading(self) -> Iterator[State]:
        """The state, DKIM keys that are due included."""
        with self._kept.reading() as state:
            due = self._due(state)
            if due:
                with self._kept.changing():
                    self._sign(state, due)
            yield state

    @contextmanager
    def changing(self) -> Iterator[State]:
        """The state to change directly, as an administrator beside the API would."""
        with self._kept.changing() as state:
            self._sign(state, self._due(state))
            yield state

    def pretending(self) -> AbstractContextManager[None]:
        """Whatever happens inside is undone at the end."""
        return self._kept.pretending()

    def add(self, state: State, kind: Kind, stored: dict[str, Any]) -> str:
        """Store a new object under a new id, and ask for DKIM keys when it is a domain that wants them."""
        identity = written(state["next"])
        state["next"] += 1
        state["objects"][kind.name][identity] = {**stored, "createdAt": dkim.moment(self._clock())}
        if kind.name == "Domain":
            self._await_keys(state, identity, stored)
        return identity

    def _allowed(self, kind_name: str) -> Kind:
        kind = KINDS[kind_name]
        if kind.enterprise and not self._enterprise:
            raise MethodRefused("forbidden", "This object is an enterprise feature")
        return kind

    def _created(self, kind: Kind, wishes: Arguments, known: dict[str, str]) -> Iterator["_Answer"]:
        for client_id, sent in wishes.items():
            try:
                identity = self._create(kind, _resolved(sent, known))
            except ObjectRefused as refusal:
                yield "notCreated", client_id, refusal.error
            else:
                known[client_id] = identity
                yield "created", client_id, {"id": identity}

    def _create(self, kind: Kind, sent: Any) -> str:
        stored = drafts.created(kind, sent)
        with self._kept.reading() as state:
            self._check(state, kind, None, stored)
            if kind.name == "DkimSignature":
                domain = state["objects"]["Domain"][stored["domainId"]]["name"]
                key = dkim.public_key(domain, stored["selector"], stored["@type"])
                stored = {**stored, "publicKey": key, "privateKey": drafts.HIDDEN}
            return self.add(state, kind, stored)

    def _check(self, state: State, kind: Kind, identity: str | None, stored: dict[str, Any]) -> None:
        if stored.get("memberTenantId") and not self._enterprise:
            raise ObjectRefused("forbidden", description="Tenants are an enterprise feature")
        links.check(state, kind.name, identity, stored)

    def _updated(
        self, kind: Kind, wishes: Arguments, doomed: list[str], known: dict[str, str]
    ) -> Iterator["_Answer"]:
        for identity, sent in wishes.items():
            try:
                self._update(kind, identity, _resolved(sent, known), doomed)
            except ObjectRefused as refusal:
                yield "notUpdated", identity, refusal.error
            else:
                yield "updated", identity, None

    def _update(self, kind: Kind, identity: str, sent: Any, doomed: list[str]) -> None:
        if identity in doomed:
            raise ObjectRefused("willDestroy", description="ID will be destroyed.")
        with self._kept.reading() as state:
            objects = state["objects"][kind.name]
            if identity not in objects:
                raise ObjectRefused("notFound")
            stored = drafts.patched(kind, objects[identity], sent)
            self._check(state, kind, identity, stored)
            if kind.name == "Domain" and objects[identity]["dkimManagement"]["@type"] == "Manual":
                self._await_keys(state, identity, stored)
            objects[identity] = stored

    def _destroyed(self, kind: Kind, doomed: list[str]) -> Iterator["_Answer"]:
        with self._kept.reading() as state:
            for identity in doomed:
                try:
                    links.check_may_go(state, kind.name, identity)
                except ObjectRefused as refusal:
                    yield "notDestroyed", identity, refusal.error
                else:
                    del state["objects"][kind.name][identity]
                    state["due"].pop(identity, None)
                    yield "destroyed", identity, None

    def _await_keys(self, state: State, identity: str, domain: dict[str, Any]) -> None:
        if domain["dkimManagement"]["@type"] == "Automatic":
            state["due"][identity] = self._clock() + self._dkim_delay

    def _due(self, state: State) -> list[str]:
        return [identity for identity, at in state["due"].items() if at <= self._clock()]

    def _sign(self, state: State, due: list[str]) -> None:
        for identity in due:
            del state["due"][identity]
            domain = state["objects"]["Domain"][identity]
            for signature in dkim.signatures(identity, domain, self._clock()):
                self.add(state, KINDS["DkimSignature"], signature)


_Answer = tuple[str, str, dict[str, Any] | None]


def _grouped(answers: list[_Answer]) -> dict[str, Any]:
    """One map for each outcome that happened; empty ones are left out, as the server does."""
    grouped: dict[str, Any] = {}
    for outcome, name, details in answers:
        if outcome == "destroyed":
            grouped.setdefault(outcome, []).append(name)
        else:
            grouped.setdefault(outcome, {})[name] = details
    return grouped


def _resolved(sent: Any, known: dict[str, str]) -> Any:
    """`sent` with every `#client-id` of an object that was created in the same request replaced by its id."""
    if isinstance(sent, dict):
        return {_resolved(key, known): _resolved(value, known) for key, value in sent.items()}
    if isinstance(sent, str) and sent.startswith("#"):
        return known.get(sent[1:], sent)
    return sent


def _shown(state: State, kind_name: str, identity: str, properties: list[str] | None) -> dict[str, Any]:
    stored = state["objects"][kind_name][identity]
    shown = {"id": identity, **stored, **_computed(state, kind_name, identity, stored)}
    if not properties:
        return shown
    return {name: value for name, value in shown.items() if name in {"id", *properties}}


def _computed(state: State, kind_name: str, identity: str, stored: dict[str, Any]) -> dict[str, Any]:
    if kind_name == "Account":
        domain = state["objects"]["Domain"].get(stored["domainId"], {"name": ""})
        used = {"usedDiskQuota": stored.get("usedDiskQuota", 0)}
        return {"emailAddress": f"{stored['name']}@{domain['name']}", **used}
    if kind_name == "Domain":
        own = [key for key in state["objects"]["DkimSignature"].values() if key["domainId"] == identity]
        return {"dnsZoneFile": dkim.zone_file(stored, own)}
    return {"usedDiskQuota": stored.get("usedDiskQuota", 0)} if kind_name == "Tenant" else {}


def _list_of_texts(name: str, value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise MethodRefused("invalidArguments", f"Invalid {name}")
    return value
