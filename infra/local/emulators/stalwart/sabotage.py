"""What somebody else may do to the server behind the platform's back: for tests of drift and of conflicts."""

from typing import Any

from infra.local.emulators.stalwart import drafts
from infra.local.emulators.stalwart.kinds import KINDS
from infra.local.emulators.stalwart.refusals import ObjectRefused
from infra.local.emulators.stalwart.world import World

DEEDS = ("rename", "delete", "create", "change", "remove-marker")


class NotADeed(ValueError):
    """The description makes no sense; the message says why."""


def commit(world: World, deed: dict[str, Any]) -> str:
    """Do what `deed` says, past every rule but the shape of objects; the answer is the object's id.

    Sends    {"deed", "kind", "id" or "name", and "to" to rename, "object" to create, "change" to change}
    Raises   NotADeed
    """
    kind = deed.get("kind")
    if deed.get("deed") not in DEEDS or not isinstance(kind, str) or kind not in KINDS:
        raise NotADeed(f"deed must be one of {', '.join(DEEDS)}; kind one of {', '.join(KINDS)}")
    try:
        return _created(world, kind, deed) if deed["deed"] == "create" else _done(world, kind, deed)
    except ObjectRefused as refusal:
        raise NotADeed(str(refusal.error)) from refusal


def _created(world: World, kind: str, deed: dict[str, Any]) -> str:
    with world.changing() as state:
        return world.add(state, KINDS[kind], drafts.created(KINDS[kind], deed.get("object")))


def _done(world: World, kind: str, deed: dict[str, Any]) -> str:
    with world.changing() as state:
        objects = state["objects"][kind]
        identity = _found(objects, deed)
        if deed["deed"] == "delete":
            del objects[identity]
            state["due"].pop(identity, None)
        else:
            objects[identity] = drafts.patched(KINDS[kind], objects[identity], _change(deed))
        return identity


def _change(deed: dict[str, Any]) -> dict[str, Any]:
    if deed["deed"] == "rename":
        return {"name": deed.get("to")}
    change = {"description": None} if deed["deed"] == "remove-marker" else deed.get("change")
    if not isinstance(change, dict):
        raise NotADeed("change must be an object")
    return change


def _found(objects: dict[str, Any], deed: dict[str, Any]) -> str:
    for identity, stored in objects.items():
        if identity == deed.get("id") or ("name" in deed and stored.get("name") == deed["name"]):
            return identity
    raise NotADeed("there is no such object")
