"""An application, its provider and its bindings in one request: all of them or none.

Source   authentik API 2026.5, core_transactional_applications_update
"""

import copy
from typing import TYPE_CHECKING, Any

from infra.local.identity.fields import Field, Record, choice, dictionary, list_of, read
from infra.local.identity.refusals import RefusedError, invalid

if TYPE_CHECKING:
    from infra.local.identity.world import World

MODEL = "authentik_providers_oauth2.oauth2provider"
THERE_ALREADY = "State is set to must_created and object exists already"
BODY = {
    "app": Field(dictionary),
    "provider_model": Field(choice(MODEL)),
    "provider": Field(dictionary),
    "policy_bindings": Field(list_of(dictionary), default=[]),
}


class Transactional:
    """Never adopts what is there: an existing name or slug refuses the whole."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def apply(self, body: object) -> Record:
        """Raises RefusedError 400 under the name of the part that is wrong."""
        wish = read(BODY, body, partial=False)
        self._refuse_existing(wish)
        before = copy.deepcopy(self._world.state)
        try:
            self._create(wish)
        except RefusedError:
            self._world.restore(before)
            raise
        return {"applied": True, "logs": []}

    def _refuse_existing(self, wish: Record) -> None:
        world = self._world
        if _has(world.providers.rows, "name", wish["provider"].get("name")):
            raise RefusedError(400, {"provider": {"name": [THERE_ALREADY]}})
        if _has(world.applications.rows, "slug", wish["app"].get("slug")):
            raise RefusedError(400, {"app": {"slug": [THERE_ALREADY]}})

    def _create(self, wish: Record) -> None:
        world = self._world
        provider = _part("provider", world.providers.create, wish["provider"])
        application = _part("app", world.applications.create, {**wish["app"], "provider": provider["pk"]})
        for binding in wish["policy_bindings"]:
            _part("policy_bindings", world.bindings.create, {**binding, "target": application["pk"]})


def _has(rows: dict[str, Record], column: str, value: Any) -> bool:
    return any(row[column] == value for row in rows.values())


def _part(name: str, create: Any, body: Record) -> Record:
    try:
        created: Record = create(body)
    except RefusedError as error:
        raise invalid({name: error.body}) from error
    return created
