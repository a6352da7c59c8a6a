"""Spaces: no two are alike but by their id. Removing one takes two steps, disable and purge."""

import re
from typing import Any

from infra.local.emulators.keeping import State
from infra.local.emulators.ocis import bodies, odata, roles
from infra.local.emulators.ocis import fields as known
from infra.local.emulators.ocis.installation import CALLER, STORAGE, Installation, has_role, new_id
from infra.local.emulators.ocis.refusals import forbidden, invalid, missing

DEFAULT_QUOTA = 1_000_000_000  # bytes
ORDERS = {"name": "name", "lastModifiedDateTime": "modified"}

Space = dict[str, Any]


class Spaces:
    """Spaces of one installation, seen at `public_url`; `most` bytes for each, 0 for no maximum."""

    def __init__(self, installation: Installation, public_url: str, most: int = 0) -> None:
        self._installation, self._url, self._most = installation, public_url.rstrip("/"), most

    def listed(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """Every space the caller may see, disabled ones included. Source: LibreGraph ListAllDrives."""
        matches = odata.drive_filter(query.get("$filter"))
        with self._installation.reading() as state:
            visible = [
                space for space in state["spaces"].values() if is_visible(state, space) and matches(space)
            ]
            return [
                self.shown(state, space) for space in odata.ordered(visible, query.get("$orderby"), ORDERS)
            ]

    def get(self, identity: str) -> dict[str, Any]:
        """Source: LibreGraph GetDrive."""
        with self._installation.reading() as state:
            return self.shown(state, space_of(state, identity))

    def create(self, body: Any) -> dict[str, Any]:
        """The caller becomes its manager; a name may be given twice. Source: LibreGraph CreateDrive."""
        fields = bodies.checked_space(bodies.fields_of(body, known.DRIVE), self._most)
        bodies.check_space_name(fields.get("name", ""))
        if fields.get("driveType", "project") != "project":
            raise invalid("drives of this type cannot be created")
        with self._installation.changing() as state:
            if not has_role(state, roles.ADMIN, roles.SPACE_ADMIN):
                raise forbidden("insufficient permissions to create a space")
            space = self._new(state, "project", fields)
            space["members"] = {f"u:{CALLER}": roles.MANAGER}
            return self.shown(state, space)

    def ensure_personal(self, state: State, user: dict[str, Any]) -> None:
        """The space that a user gets at the first sign-in."""
        if not self._owned(state, user["id"]):
            space = self._new(state, "personal", {"name": user["displayName"]})
            space["owner"], space["alias"] = (
                user["id"],
                f"personal/{user['onPremisesSamAccountName'].lower()}",
            )
            space["members"] = {f"u:{user['id']}": roles.MANAGER}

    def update(self, identity: str, body: Any, *, restore: bool = False) -> dict[str, Any]:
        """Name, description, quota; a disabled space only with `restore`. Source: LibreGraph UpdateDrive."""
        fields = bodies.checked_space(bodies.fields_of(body, known.DRIVE), self._most)
        with self._installation.changing() as state:
            space = managed(state, identity)
            if space["trashed"] and not restore:
                raise missing("drive")
            space["trashed"] = False
            space.update({name: fields[name] for name in ("name", "description") if name in fields})
            space["quota"] = fields.get("quota", {"total": space["quota"]})["total"]
            space["modified"] = self._installation.now()
            return self.shown(state, space)

    def delete(self, identity: str, *, purge: bool = False) -> None:
        """Disable, or purge what is disabled. Source: LibreGraph DeleteDrive."""
        with self._installation.changing() as state:
            space = managed(state, identity)
            if not purge:
                space["trashed"] = True
            elif not space["trashed"]:
                raise invalid("can't purge enabled space")
            else:
                del state["spaces"][identity]

    def of_user(self, state: State, user: str, expand: set[str]) -> dict[str, Any]:
        """`drive` and `drives` of a user, as far as they were asked for and exist."""
        own = [self.shown(state, space) for space in self._owned(state, user)]
        drive = {"drive": own[0]} if "drive" in expand and own else {}
        return drive | ({"drives": own} if "drives" in expand else {})

    def shown(self, state: State, space: Space) -> dict[str, Any]:
        """A space as the API shows it; the usage of a disabled one is not known."""
        drive = {
            **{name: space[name] for name in ("id", "name", "description", "driveType") if space[name]},
            "driveAlias": space["alias"],
            "lastModifiedDateTime": space["modified"],
            "quota": {"total": space["quota"]} | ({} if space["trashed"] else _usage(space["quota"])),
            "root": self._root(space),
            "webUrl": f"{self._url}/f/{space['id']}",
        }
        return (
            drive
            if space["owner"] is None
            else {**drive, "owner": {"user": _identity(state, space["owner"])}}
        )

    def _new(self, state: State, kind: str, fields: dict[str, Any]) -> Space:
        slug = re.sub(r"[^a-z0-9]+", "-", fields["name"].lower()).strip("-")
        space = {
            "id": f"{STORAGE}${new_id(state)}",
            "name": fields["name"],
            "description": fields.get("description", ""),
            "driveType": kind,
            "alias": f"{kind}/{slug}",
            "quota": fields.get("quota", {"total": DEFAULT_QUOTA})["total"],
            "modified": self._installation.now(),
            "trashed": False,
            "owner": None,
            "members": {},
        }
        state["spaces"][space["id"]] = space
        return space

    def _owned(self, state: State, user: str) -> list[Space]:
        return [space for space in state["spaces"].values() if space["owner"] == user]

    def _root(self, space: Space) -> dict[str, Any]:
        address = {"id": space["id"], "webDavUrl": f"{self._url}/dav/spaces/{space['id']}"}
        return {**address, "deleted": {"state": "trashed"}} if space["trashed"] else address


def space_of(state: State, identity: str) -> Space:
    """The space, if there is one that the caller may see. Raises Refused."""
    space: Space | None = state["spaces"].get(identity)
    if space is None or not is_visible(state, space):
        raise missing("drive")
    return space


def managed(state: State, identity: str) -> Space:
    """The space, if the caller may change it; if not, it is not found. Raises Refused."""
    space = space_of(state, identity)
    is_manager = space["members"].get(f"u:{CALLER}") == roles.MANAGER
    if not is_manager and not has_role(state, roles.ADMIN, roles.SPACE_ADMIN):
        raise missing("drive")
    return space


def is_visible(state: State, space: Space) -> bool:
    """Administrators see every space, others those they belong to."""
    is_member = f"u:{CALLER}" in space["members"]
    return is_member or has_role(state, roles.ADMIN, roles.SPACE_ADMIN)


def _usage(total: int) -> dict[str, Any]:
    return {"used": 0, "state": "normal"} | ({"remaining": total} if total else {})


def _identity(state: State, user: str) -> dict[str, Any]:
    return {"id": user, "displayName": state["users"][user]["displayName"]}
