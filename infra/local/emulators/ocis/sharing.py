"""Who belongs to a space: invitations and permissions, one recipient at a time."""

from typing import Any

from infra.local.emulators.keeping import State
from infra.local.emulators.ocis import bodies, roles
from infra.local.emulators.ocis import fields as known
from infra.local.emulators.ocis.installation import Installation
from infra.local.emulators.ocis.refusals import forbidden, invalid, missing, taken
from infra.local.emulators.ocis.spaces import Space, managed, space_of

LETTERS = {"user": "u", "group": "g"}
THINGS = {"u": ("users", "user"), "g": ("groups", "group")}


class Sharing:
    """Members of the spaces of one installation."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def listed(self, space: str) -> dict[str, Any]:
        """Source: LibreGraph ListPermissionsSpaceRoot."""
        with self._installation.reading() as state:
            members = _enabled(space_of(state, space))["members"]
            return {
                "@libre.graph.permissions.actions.allowedValues": ["libre.graph/driveItem/basic/read"],
                "@libre.graph.permissions.roles.allowedValues": [
                    {"id": role, "displayName": name, "@libre.graph.weight": weight}
                    for weight, (role, name) in enumerate(roles.SPACE_ROLES.items(), start=1)
                ],
                "value": [_shown(state, name, role) for name, role in members.items()],
            }

    def invite(self, space: str, body: Any) -> dict[str, Any]:
        """Source: LibreGraph InviteSpaceRoot."""
        fields = bodies.fields_of(body, known.INVITE)
        recipients = fields.get("recipients", [])
        if len(recipients) != 1:
            raise invalid("exactly one recipient can be invited")
        recipient = bodies.fields_of(recipients[0], known.RECIPIENT)
        role = _role(fields)
        with self._installation.changing() as state:
            members = _enabled(managed(state, space))["members"]
            name = _name_of(state, recipient)
            if name in members:
                raise taken("permission")
            members[name] = role
            return {"value": [_shown(state, name, role)]}

    def update(self, space: str, permission: str, body: Any) -> dict[str, Any]:
        """Source: LibreGraph UpdatePermissionSpaceRoot."""
        role = _role(bodies.fields_of(body, known.PERMISSION))
        with self._installation.changing() as state:
            members = _enabled(managed(state, space))["members"]
            _check_someone_manages(members, permission, role)
            members[permission] = role
            return _shown(state, permission, role)

    def remove(self, space: str, permission: str) -> None:
        """Source: LibreGraph DeletePermissionSpaceRoot."""
        with self._installation.changing() as state:
            members = _enabled(managed(state, space))["members"]
            _check_someone_manages(members, permission, None)
            del members[permission]


def _enabled(space: Space) -> Space:
    if space["trashed"]:
        raise missing("drive")
    return space


def _role(fields: dict[str, Any]) -> str:
    wanted = fields.get("roles", [])
    if len(wanted) != 1 or wanted[0] not in list(roles.SPACE_ROLES):
        raise invalid("exactly one role for spaces must be given")
    return str(wanted[0])


def _name_of(state: State, recipient: dict[str, Any]) -> str:
    letter = LETTERS.get(recipient.get("@libre.graph.recipient.type", "user"))
    if letter is None or recipient.get("objectId") not in state[THINGS[letter][0]]:
        raise invalid("the recipient does not exist")
    return f"{letter}:{recipient['objectId']}"


def _check_someone_manages(members: dict[str, str], permission: str, role: str | None) -> None:
    if permission not in members:
        raise missing("permission")
    others = {name: held for name, held in members.items() if name != permission}
    if (
        role != roles.MANAGER
        and members[permission] == roles.MANAGER
        and roles.MANAGER not in others.values()
    ):
        raise forbidden("a space must keep a manager")


def _shown(state: State, name: str, role: str) -> dict[str, Any]:
    letter, _, identity = name.partition(":")
    things, word = THINGS[letter]
    named = {"id": identity, "displayName": state[things][identity]["displayName"]}
    kind = {"@libre.graph.userType": "Member"} if letter == "u" else {}
    return {"id": name, "grantedToV2": {word: {**named, **kind}}, "roles": [role]}
