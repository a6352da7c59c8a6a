"""What somebody else may do behind the platform's back: for tests of drift and of conflicts."""

from collections.abc import Callable
from typing import Any

from infra.local.emulators.keeping import State
from infra.local.emulators.ocis import roles
from infra.local.emulators.ocis.installation import CALLER
from infra.local.emulators.ocis.people import forget
from infra.local.emulators.ocis.refusals import Refused
from infra.local.emulators.ocis.world import World

DEEDS = ("rename", "delete", "create", "change", "remove-marker", "trash", "role", "read-only")
NAMES = {"user": "onPremisesSamAccountName", "group": "displayName", "space": "name"}


class NotADeed(ValueError):
    """The description makes no sense; the message says why."""


def commit(world: World, deed: dict[str, Any]) -> str:
    """Do what `deed` says, past permissions but for `create`; the answer is the object's id.

    Sends    {"deed", "kind": "user"|"group"|"space", "id" or "name", and "to" to rename, "object" to create,
             "change" to change}, {"deed": "role", "to": id of the role the platform's user has from now on},
             {"deed": "read-only", "to": whether the directory refuses writes}
    Raises   NotADeed
    """
    if deed.get("deed") not in DEEDS:
        raise NotADeed(f"deed must be one of {', '.join(DEEDS)}")
    if deed["deed"] in {"role", "read-only"}:
        return _set_up(world, deed)
    if deed.get("kind") not in list(NAMES):
        raise NotADeed(f"kind must be one of {', '.join(NAMES)}")
    return _created(world, deed) if deed["deed"] == "create" else _done(world, deed)


def _set_up(world: World, deed: dict[str, Any]) -> str:
    with world.installation.changing() as state:
        if deed["deed"] == "read-only":
            state["readOnly"] = bool(deed.get("to"))
        elif deed.get("to") in list(roles.APP_ROLES):
            state["assignments"]["caller"]["appRoleId"] = deed["to"]
        else:
            raise NotADeed("to must be the id of a role")
    return CALLER


def _created(world: World, deed: dict[str, Any]) -> str:
    makers: dict[str, Callable[[Any], dict[str, Any]]] = {
        "user": world.people.create,
        "group": world.groups.create,
        "space": world.spaces.create,
    }
    try:
        return str(makers[deed["kind"]](deed.get("object"))["id"])
    except Refused as refusal:
        raise NotADeed(refusal.message) from refusal


def _done(world: World, deed: dict[str, Any]) -> str:
    kind = deed["kind"]
    with world.installation.changing() as state:
        thing = _found(state[f"{kind}s"], NAMES[kind], deed)
        if deed["deed"] == "delete":
            _delete(state, kind, thing["id"])
        else:
            thing.update(_change(deed))
        return str(thing["id"])


def _delete(state: State, kind: str, identity: str) -> None:
    del state[f"{kind}s"][identity]
    if kind == "user":
        forget(state, identity)
    if kind == "group":
        for space in state["spaces"].values():
            space["members"].pop(f"g:{identity}", None)


def _change(deed: dict[str, Any]) -> dict[str, Any]:
    if deed["deed"] == "rename" and isinstance(deed.get("to"), str):
        return {NAMES[deed["kind"]]: deed["to"]}
    fixed = {"remove-marker": {"description": ""}, "trash": {"trashed": True}}
    change = fixed.get(deed["deed"], deed.get("change"))
    if not isinstance(change, dict) or "id" in change:
        raise NotADeed("the change must be an object without an id")
    return change


def _found(things: dict[str, dict[str, Any]], name: str, deed: dict[str, Any]) -> dict[str, Any]:
    for identity, thing in things.items():
        if identity == deed.get("id") or ("name" in deed and thing[name] == deed["name"]):
            return thing
    raise NotADeed("there is no such object")
