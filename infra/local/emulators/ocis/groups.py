"""Groups and their members. A name is unique in any case; at most 20 members are added at once."""

from typing import Any
from urllib.parse import urlsplit

from infra.local.emulators.keeping import State
from infra.local.emulators.ocis import bodies, odata
from infra.local.emulators.ocis import fields as known
from infra.local.emulators.ocis.installation import Installation, check_admin, found, new_id
from infra.local.emulators.ocis.refusals import invalid, missing, taken

MOST_AT_ONCE = 20
ORDERS = {"displayName": "displayName"}

Group = dict[str, Any]


class Groups:
    """Groups of one installation."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def listed(self, query: dict[str, str]) -> list[Group]:
        """Source: LibreGraph ListGroups."""
        expand = odata.expansions(query.get("$expand"), {"members"})
        matches = odata.search_filter(query.get("$search"), ["displayName"])
        with self._installation.reading() as state:
            check_admin(state)
            chosen = odata.ordered(filter(matches, state["groups"].values()), query.get("$orderby"), ORDERS)
            return [_shown(state, group, expand) for group in chosen]

    def get(self, key: str, query: dict[str, str]) -> Group:
        """By id or name. Source: LibreGraph GetGroup."""
        expand = odata.expansions(query.get("$expand"), {"members"})
        with self._installation.reading() as state:
            return _shown(state, _group(state, key), expand)

    def create(self, body: Any) -> Group:
        """Source: LibreGraph CreateGroup."""
        fields = _fields(body)
        if not fields.get("displayName"):
            raise invalid("displayName must not be empty")
        with self._installation.directory(403) as state:
            _check_free(state, fields["displayName"], None)
            members = _bound(state, fields)
            text: Group = {name: fields[name] for name in ("displayName", "description") if name in fields}
            group: Group = {"id": new_id(state), **text, "members": members}
            state["groups"][group["id"]] = group
            return _shown(state, group, set())

    def update(self, key: str, body: Any) -> None:
        """Rename, or add members. Source: LibreGraph UpdateGroup."""
        fields = _fields(body)
        with self._installation.directory(403) as state:
            group = _group(state, key)
            if fields.get("displayName", "x") == "":
                raise invalid("displayName must not be empty")
            if "displayName" in fields:
                _check_free(state, fields["displayName"], group["id"])
            new = [user for user in _bound(state, fields) if user not in group["members"]]
            group["members"] += new
            group.update({k: fields[k] for k in ("displayName", "description") if k in fields})

    def delete(self, key: str) -> None:
        """Also its membership of spaces. Source: LibreGraph DeleteGroup."""
        with self._installation.directory(403) as state:
            group = _group(state, key)["id"]
            del state["groups"][group]
            for space in state["spaces"].values():
                space["members"].pop(f"g:{group}", None)

    def add_member(self, key: str, body: Any) -> None:
        """Source: LibreGraph AddMember; an existing member is no error."""
        fields = bodies.fields_of(body, known.REFERENCE)
        with self._installation.directory(403) as state:
            group = _group(state, key)
            user = _referred(state, fields.get("@odata.id"))
            if user not in group["members"]:
                group["members"].append(user)

    def remove_member(self, key: str, user: str) -> None:
        """Source: LibreGraph DeleteMember; somebody who is no member is not found."""
        with self._installation.directory(403) as state:
            group = _group(state, key)
            if user not in group["members"]:
                raise missing("member")
            group["members"].remove(user)


def _fields(body: Any) -> dict[str, Any]:
    fields = bodies.fields_of(body, known.GROUP)
    if "id" in fields:
        raise invalid("group id is a read-only attribute")
    return fields


def _group(state: State, key: str) -> Group:
    group = found(state["groups"], key, "displayName")
    if group is None:
        raise missing("group")
    return group


def _check_free(state: State, name: str, own: str | None) -> None:
    holder = found(state["groups"], name, "displayName")
    if holder is not None and holder["id"] != own:
        raise taken("a group with that name")


def _bound(state: State, fields: dict[str, Any]) -> list[str]:
    references = fields.get("members@odata.bind", [])
    if len(references) > MOST_AT_ONCE:
        raise invalid(f"no more than {MOST_AT_ONCE} members can be added at once")
    return list(dict.fromkeys(_referred(state, reference) for reference in references))


def _referred(state: State, reference: Any) -> str:
    """The id of the user that an address like `<base>/graph/v1.0/users/<id>` names."""
    steps = urlsplit(reference).path.split("/") if isinstance(reference, str) else []
    if len(steps) < 2 or steps[-2] != "users":
        raise invalid("only users can be members of a group")
    if steps[-1] not in state["users"]:
        raise missing("user")
    return steps[-1]


def _shown(state: State, group: Group, expand: set[str]) -> Group:
    shown = {**{name: value for name, value in group.items() if name != "members"}, "groupTypes": []}
    if "members" in expand:
        shown["members"] = [state["users"][user] for user in group["members"]]
    return shown
