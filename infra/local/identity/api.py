"""The REST API as a table of paths: what each method does, and what the vendor answers.

Knows nothing of HTTP: a simulation calls `Api(world).answer(Call("POST", "/core/groups/", body={...}))`.

Source   authentik API 2026.5
"""

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from infra.local.identity.fields import Record
from infra.local.identity.query import Query
from infra.local.identity.refusals import RefusedError, invalid
from infra.local.identity.resource import Resource

if TYPE_CHECKING:
    from infra.local.identity.world import World

Answer = tuple[int, Any]

RELEASE = "2026.5.6"
VERSION = {
    "version_current": RELEASE,
    "version_latest": RELEASE,
    "version_latest_valid": True,
    "build_hash": "",
    "outdated": False,
    "outpost_outdated": False,
}


@dataclass(frozen=True)
class Call:
    """A request below /api/v3; `key` is the part of the path that names an object."""

    method: str
    path: str
    query: Query = field(default_factory=Query)
    body: Any = None
    key: str = ""


Handler = Callable[[Call], Answer]
Methods = Mapping[str, Handler]


class Api:
    """Answers calls; a refusal is an answer, too."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._routes = [(_pattern(path), methods) for path, methods in routes(world).items()]

    def answer(self, call: Call) -> Answer | None:
        """Status and body; None for a path that does not exist, which the vendor answers without JSON."""
        for pattern, methods in self._routes:
            if match := pattern.fullmatch(call.path):
                return _answer(methods, replace(call, key=match.groupdict().get("key", "")))
        return None


def _answer(methods: Methods, call: Call) -> Answer:
    handler = methods.get(call.method)
    if handler is None:
        return 405, {"detail": f'Method "{call.method}" not allowed.'}
    try:
        status, body = handler(call)
    except RefusedError as error:
        return error.status, error.body
    return status, copy.deepcopy(body)  # what a caller in process does to an answer stays with the caller


def _pattern(path: str) -> re.Pattern[str]:
    """`{key}` stands for one step of the path, without a dot."""
    return re.compile(re.escape(path).replace(r"\{key\}", r"(?P<key>[^/.]+)"))


def routes(world: "World") -> dict[str, Methods]:
    """Every path with its methods; the more particular paths stand first."""
    return {
        **_core(world),
        "/providers/oauth2/": _collection(world.providers),
        "/providers/oauth2/{key}/": _item(world.providers),
        "/policies/bindings/": _collection(world.bindings),
        "/policies/bindings/{key}/": _item(world.bindings),
        "/admin/version/": {"GET": lambda _: (200, VERSION)},
        "/flows/instances/": _look_up(world.fixtures.flows),
        "/propertymappings/provider/scope/": _look_up(world.fixtures.scopes),
        "/crypto/certificatekeypairs/": _look_up(world.fixtures.key_pairs),
    }


def _core(world: "World") -> dict[str, Methods]:
    sessions = world.sessions
    return {
        "/core/groups/": _collection(world.groups),
        "/core/groups/{key}/": _item(world.groups),
        "/core/groups/{key}/add_user/": {"POST": lambda c: _done(world.groups.add_user, c.key, c.body)},
        "/core/groups/{key}/remove_user/": {"POST": lambda c: _done(world.groups.remove_user, c.key, c.body)},
        "/core/users/": _collection(world.users),
        "/core/users/{key}/": _item(world.users),
        "/core/users/{key}/set_password/": {"POST": lambda c: _done(world.users.set_password, c.key, c.body)},
        "/core/users/{key}/recovery/": {"POST": lambda c: (200, world.recovery.create(c.key, c.body))},
        "/core/authenticated_sessions/": _look_up(sessions),
        "/core/authenticated_sessions/bulk_delete/": {
            "DELETE": lambda c: (200, sessions.bulk_delete(c.query))
        },
        "/core/authenticated_sessions/{key}/": {"DELETE": lambda c: _done(sessions.remove, c.key)},
        "/core/applications/": _collection(world.applications),
        "/core/applications/{key}/": _item(world.applications),
        "/core/applications/{key}/check_access/": {"GET": lambda c: (200, _access(world, c))},
        "/core/transactional/applications/": {"PUT": lambda c: (200, world.transactional.apply(c.body))},
    }


def _collection(resource: Resource) -> Methods:
    return {**_look_up(resource), "POST": lambda call: (201, resource.create(call.body))}


def _look_up(resource: Resource) -> Methods:
    return {"GET": lambda call: (200, resource.list(call.query))}


def _item(resource: Resource) -> Methods:
    return {
        "GET": lambda call: (200, resource.read(call.key, call.query)),
        "PATCH": lambda call: (200, resource.change(call.key, call.body)),
        "PUT": lambda call: (200, resource.replace(call.key, call.body)),
        "DELETE": lambda call: _done(resource.remove, call.key),
    }


def _done(act: Callable[..., None], *arguments: Any) -> Answer:
    act(*arguments)
    return 204, None


def _access(world: "World", call: Call) -> Record:
    """Whether `for_user` may open the application. Raises RefusedError 400 for an unknown user."""
    application = world.applications.get(call.key)
    user = world.users.rows.get(call.query.one("for_user"))
    if user is None:
        raise invalid({"for_user": ["User not found"]})
    return {"passing": world.bindings.permits(application, user), "messages": [], "log_messages": []}
