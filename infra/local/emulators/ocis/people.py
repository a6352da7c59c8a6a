"""Users and their roles. A user name is unique in any case; deleting a user removes the personal space."""

from typing import Any

from infra.local.emulators.keeping import State
from infra.local.emulators.ocis import bodies, odata, roles
from infra.local.emulators.ocis import fields as known
from infra.local.emulators.ocis.installation import (
    APPLICATION,
    CALLER,
    Installation,
    check_admin,
    found,
    new_id,
)
from infra.local.emulators.ocis.refusals import forbidden, invalid, missing, taken
from infra.local.emulators.ocis.spaces import Spaces

SEARCHED = ("onPremisesSamAccountName", "mail", "displayName")
ORDERS = {name: name for name in SEARCHED}
KEPT_FIELDS = (*SEARCHED, "accountEnabled", "userType", "surname", "givenName", "identities", "externalID")
ON_LISTS = {"memberOf", "appRoleAssignments", "drive", "drives"}  # the last two do nothing there

User = dict[str, Any]


class People:
    """Users of one installation."""

    def __init__(self, installation: Installation, spaces: Spaces) -> None:
        self._installation, self._spaces = installation, spaces

    def listed(self, query: dict[str, str]) -> list[User]:
        """Source: LibreGraph ListUsers."""
        expand = odata.expansions(query.get("$expand"), ON_LISTS) - {"drive", "drives"}
        matches = odata.search_filter(query.get("$search"), SEARCHED)
        group = odata.group_of_filter(query.get("$filter"))
        with self._installation.reading() as state:
            check_admin(state)
            members = None if group is None else state["groups"].get(group, {"members": []})["members"]
            users = [user for user in state["users"].values() if members is None or user["id"] in members]
            chosen = odata.ordered(filter(matches, users), query.get("$orderby"), ORDERS)
            return [self._shown(state, user, expand) for user in chosen]

    def get(self, key: str, query: dict[str, str]) -> User:
        """By id or user name. Source: LibreGraph GetUser."""
        expand = odata.expansions(query.get("$expand"), ON_LISTS)
        with self._installation.reading() as state:
            return self._shown(state, _user(state, key), expand)

    def create(self, body: Any) -> User:
        """Source: LibreGraph CreateUser; the role User is given at once, as installations do by default."""
        fields = bodies.checked_user(bodies.fields_of(body, known.USER))
        for name in ("displayName", "onPremisesSamAccountName"):
            if not fields.get(name):
                raise invalid(f"missing required field {name}")
        with self._installation.directory(401) as state:
            _check_free(state, fields["onPremisesSamAccountName"], None)
            defaults = {"id": new_id(state), "accountEnabled": True, "userType": "Member"}
            user = {**defaults, **_kept(fields)}
            state["users"][user["id"]] = user
            _assign(state, user["id"], roles.USER)
            return self._shown(state, user, set())

    def update(self, key: str, body: Any) -> User | None:
        """The changed user, None for an empty body. Source: LibreGraph UpdateUser."""
        fields = bodies.checked_user(bodies.fields_of(body, known.USER))
        with self._installation.directory(401) as state:
            user = _user(state, key)
            if not fields:
                return None
            if "onPremisesSamAccountName" in fields:
                _check_free(state, fields["onPremisesSamAccountName"], user["id"])
            user.update(_kept(fields))
            return self._shown(state, user, set())

    def delete(self, key: str) -> None:
        """Also the personal space, memberships and roles. Source: LibreGraph DeleteUser."""
        with self._installation.directory(401) as state:
            user = _user(state, key)["id"]
            if user == CALLER:
                raise forbidden("self deletion forbidden")
            del state["users"][user]
            forget(state, user)

    def log_in(self, name: str, groups: list[str] | None) -> User:
        """A first sign-in makes the personal space. With a groups claim, other memberships are taken away.

        Source: oCIS proxy, account resolver and OIDC role assigner.
        """
        with self._installation.changing() as state:
            user = _user(state, name)
            if not user["accountEnabled"]:
                raise forbidden("account is disabled")
            self._spaces.ensure_personal(state, user)
            if groups is not None:
                _synchronise(state, user["id"], groups)
            return self._shown(state, user, {"drive", "memberOf"})

    def assignments(self, user: str) -> list[dict[str, Any]]:
        """Source: LibreGraph ListAppRoleAssignments."""
        with self._installation.reading() as state:
            return _assignments(state, _by_id(state, user)["id"])

    def assign(self, user: str, body: Any) -> dict[str, Any]:
        """A new role takes the place of the old one. Source: LibreGraph CreateAppRoleAssignment."""
        fields = bodies.fields_of(body, known.ASSIGNMENT)
        with self._installation.changing() as state:
            _check_may_assign(state, _by_id(state, user)["id"])
            if fields.get("principalId") != user:
                raise invalid("principalId does not match the user")
            if fields.get("resourceId") != APPLICATION or fields.get("appRoleId") not in roles.APP_ROLES:
                raise invalid("there is no such role")
            return _assign(state, user, fields["appRoleId"])

    def unassign(self, user: str, assignment: str) -> None:
        """Source: LibreGraph DeleteAppRoleAssignment."""
        with self._installation.changing() as state:
            _check_may_assign(state, _by_id(state, user)["id"])
            if state["assignments"].get(assignment, {}).get("principalId") != user:
                raise missing("assignment")
            del state["assignments"][assignment]

    def _shown(self, state: State, user: User, expand: set[str]) -> User:
        shown = dict(user)
        if "memberOf" in expand:
            groups = [group for group in state["groups"].values() if user["id"] in group["members"]]
            shown["memberOf"] = [{"id": group["id"], "displayName": group["displayName"]} for group in groups]
        if "appRoleAssignments" in expand:
            shown["appRoleAssignments"] = _assignments(state, user["id"])
        return shown | self._spaces.of_user(state, user["id"], expand)


def forget(state: State, user: str) -> None:
    """Take away what belonged to a user who is gone."""
    for group in state["groups"].values():
        group["members"] = [member for member in group["members"] if member != user]
    for space in state["spaces"].values():
        space["members"].pop(f"u:{user}", None)
    state["assignments"] = {k: v for k, v in state["assignments"].items() if v["principalId"] != user}
    state["spaces"] = {k: v for k, v in state["spaces"].items() if v["owner"] != user}


def _user(state: State, key: str) -> User:
    user = found(state["users"], key, "onPremisesSamAccountName")
    if user is None:
        raise missing("user")
    return user


def _by_id(state: State, key: str) -> User:
    if key not in state["users"]:
        raise missing("user")
    user: User = state["users"][key]
    return user


def _kept(fields: dict[str, Any]) -> User:
    return {name: fields[name] for name in KEPT_FIELDS if name in fields}


def _check_free(state: State, name: str, own: str | None) -> None:
    holder = found(state["users"], name, "onPremisesSamAccountName")
    if holder is not None and holder["id"] != own:
        raise taken("a user with that name")


def _check_may_assign(state: State, user: str) -> None:
    check_admin(state)
    if user == CALLER:
        raise forbidden("one's own role cannot be changed")


def _assign(state: State, user: str, role: str) -> dict[str, Any]:
    state["assignments"] = {k: v for k, v in state["assignments"].items() if v["principalId"] != user}
    identity = new_id(state)
    state["assignments"][identity] = {"principalId": user, "appRoleId": role}
    return _assignments(state, user)[0]


def _assignments(state: State, user: str) -> list[dict[str, Any]]:
    return [
        {"id": identity, "resourceId": APPLICATION, **held}
        for identity, held in state["assignments"].items()
        if held["principalId"] == user
    ]


def _synchronise(state: State, user: str, groups: list[str]) -> None:
    for group in state["groups"].values():
        others = [member for member in group["members"] if member != user]
        group["members"] = [*others, user] if group["displayName"] in groups else others
