"""The Graph API of the oCIS emulator as a table of paths, for callers in the same process."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from infra.local.emulators.ocis.installation import CALLER
from infra.local.emulators.ocis.refusals import Refused
from infra.local.emulators.ocis.routes import TRUE
from infra.local.emulators.ocis.world import World

Asked = dict[str, Any]  # "query", "body", "headers"
Answer = tuple[int, Any]
Handler = Callable[..., Answer]


class FilesApi:
    def __init__(self, world: World) -> None:
        self._routes = [(method, _pattern(path), act) for (method, path), act in _routes(world).items()]

    def answer(self, method: str, path: str, asked: Asked) -> Answer:
        """Status and body; a refusal is an answer, too."""
        for verb, pattern, act in self._routes:
            match = pattern.fullmatch(path) if verb == method else None
            if match:
                try:
                    return act(asked, *(unquote(part) for part in match.groups()))
                except Refused as refusal:
                    return refusal.status, {"error": {"code": refusal.code, "message": refusal.message}}
        return 404, {"error": {"code": "itemNotFound", "message": "no such path"}}


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace("<>", "([^/]+)"))


def _routes(world: World) -> dict[tuple[str, str], Handler]:
    return {**_users(world), **_groups(world), **_drives(world), **_permissions(world)}


def _users(world: World) -> dict[tuple[str, str], Handler]:
    people = world.people
    roles = "/v1.0/users/<>/appRoleAssignments"
    return {
        ("GET", "/v1.0/me"): lambda a: (200, people.get(CALLER, a["query"])),
        ("GET", "/v1.0/applications"): lambda a: (200, {"value": world.applications()}),
        ("GET", "/v1.0/users"): lambda a: (200, {"value": people.listed(a["query"])}),
        ("POST", "/v1.0/users"): lambda a: (201, people.create(a["body"])),
        ("GET", "/v1.0/users/<>"): lambda a, user: (200, people.get(user, a["query"])),
        ("PATCH", "/v1.0/users/<>"): lambda a, user: _changed(people.update(user, a["body"])),
        ("DELETE", "/v1.0/users/<>"): lambda a, user: _done(people.delete, user),
        ("GET", roles): lambda a, user: (200, {"value": people.assignments(user)}),
        ("POST", roles): lambda a, user: (201, people.assign(user, a["body"])),
        ("DELETE", f"{roles}/<>"): lambda a, user, role: _done(people.unassign, user, role),
    }


def _groups(world: World) -> dict[tuple[str, str], Handler]:
    groups = world.groups
    members = "/v1.0/groups/<>/members"
    return {
        ("GET", "/v1.0/groups"): lambda a: (200, {"value": groups.listed(a["query"])}),
        ("POST", "/v1.0/groups"): lambda a: (201, groups.create(a["body"])),
        ("GET", "/v1.0/groups/<>"): lambda a, group: (200, groups.get(group, a["query"])),
        ("PATCH", "/v1.0/groups/<>"): lambda a, group: _done(groups.update, group, a["body"]),
        ("DELETE", "/v1.0/groups/<>"): lambda a, group: _done(groups.delete, group),
        ("POST", f"{members}/$ref"): lambda a, group: _done(groups.add_member, group, a["body"]),
        ("DELETE", f"{members}/<>/$ref"): lambda a, group, user: _done(groups.remove_member, group, user),
    }


def _drives(world: World) -> dict[tuple[str, str], Handler]:
    spaces = world.spaces
    return {
        ("GET", "/v1.0/drives"): lambda a: (200, {"value": spaces.listed(a["query"])}),
        ("POST", "/v1.0/drives"): lambda a: (201, spaces.create(a["body"])),
        ("GET", "/v1.0/drives/<>"): lambda a, drive: (200, spaces.get(drive)),
        ("PATCH", "/v1.0/drives/<>"): lambda a, drive: (
            200,
            spaces.update(drive, a["body"], restore=_is_on(a, "Restore")),
        ),
        ("DELETE", "/v1.0/drives/<>"): lambda a, drive: _done(spaces.delete, drive, purge=_is_on(a, "Purge")),
    }


def _permissions(world: World) -> dict[tuple[str, str], Handler]:
    sharing, root = world.sharing, "/v1beta1/drives/<>/root"
    one = f"{root}/permissions/<>"
    return {
        ("POST", f"{root}/invite"): lambda a, drive: (200, sharing.invite(drive, a["body"])),
        ("GET", f"{root}/permissions"): lambda a, drive: (200, sharing.listed(drive)),
        ("PATCH", one): lambda a, drive, name: (200, sharing.update(drive, name, a["body"])),
        ("DELETE", one): lambda a, drive, name: _done(sharing.remove, drive, name),
    }


def _done(act: Callable[..., None], *given: Any, **more: Any) -> Answer:
    act(*given, **more)
    return 204, None


def _changed(body: Any) -> Answer:
    return (204, None) if body is None else (200, body)


def _is_on(asked: Asked, header: str) -> bool:
    return asked["headers"].get(header, "") in TRUE
