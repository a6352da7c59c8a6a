"""What each user of the database may do: `python -m infra.aws.database_role [--atlas] [--database dezky]`.

Prints a script for mongosh that makes the roles and their users, or with --atlas the same roles for Atlas.
Nobody has more than is listed here: no other database, no command of an administrator, no script on the
server. Audit events, the ledger and seals can be added and read, never changed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Literal

Action = Literal["find", "insert", "update", "remove", "listIndexes", "createIndex", "createCollection"]
Collections = Mapping[str, tuple[Action, ...]]

ADD: tuple[Action, ...] = ("find", "insert")
CHANGE: tuple[Action, ...] = ("find", "insert", "update")

# The API, its workers and its schedules.
PLATFORM: Collections = {
    "auditEvents": ADD,
    "auditHeads": CHANGE,
    "auditSealed": CHANGE,
    "auditSeals": ADD,
    "breakers": CHANGE,
    "counters": CHANGE,
    "domainLooks": ("find", "insert", "update", "remove"),
    "idempotencyKeys": ("find", "insert", "remove"),
    "ledger": ADD,
    "locks": CHANGE,
    "mrrMonths": ("find", "insert", "remove"),
    "partners": CHANGE,
    "runs": ADD,
    "statements": ADD,
    "subscriptions": CHANGE,
    "tenants": CHANGE,
    "tickets": ("find", "insert", "update", "remove"),
    "users": CHANGE,
    "vendorVersions": CHANGE,
}
# Both portals: they know nothing else of the database, and ask the API for all the rest.
PORTAL: Collections = {
    "sessions": ("find", "insert", "update", "remove"),
    "spentOnce": ADD,
}
EVERYTHING = (*PLATFORM, *PORTAL)
# The readiness check names indexes that are missing, of whatever collection.
READINESS: Collections = dict.fromkeys(EVERYTHING, ("listIndexes",))
# Whoever deploys: makes collections and their indexes, and reads no document.
SETUP: Collections = dict.fromkeys(EVERYTHING, ("createCollection", "createIndex", "listIndexes"))

ROLES: Mapping[str, Sequence[Collections]] = {
    "dezkyPlatform": (PLATFORM, READINESS),
    "dezkyPortal": (PORTAL,),
    "dezkySetup": (SETUP,),
}
USERS: Mapping[str, str] = {
    "dezky-platform": "dezkyPlatform",
    "dezky-portal": "dezkyPortal",
    "dezky-setup": "dezkySetup",
}
ATLAS: Mapping[Action, str] = {
    "find": "FIND",
    "insert": "INSERT",
    "update": "UPDATE",
    "remove": "REMOVE",
    "listIndexes": "LIST_INDEXES",
    "createIndex": "CREATE_INDEX",
    "createCollection": "CREATE_COLLECTION",
}
NO_SCRIPTS = (
    "Turn scripts on the server off as well: security.javascriptEnabled: false (in Atlas a cluster setting)."
)


def actions(role: str) -> dict[str, tuple[Action, ...]]:
    """What the role may do with each collection, and with no other."""
    found: dict[str, tuple[Action, ...]] = {}
    for part in ROLES[role]:
        for collection, allowed in part.items():
            found[collection] = (*found.get(collection, ()), *allowed)
    return found


def create_role(role: str, database: str) -> dict[str, object]:
    """The command createRole, to be run on the database itself."""
    privileges = [
        {"resource": {"db": database, "collection": collection}, "actions": list(allowed)}
        for collection, allowed in actions(role).items()
    ]
    return {"createRole": role, "privileges": privileges, "roles": []}


def atlas_role(role: str, database: str) -> dict[str, object]:
    """A custom database role, as the Atlas Administration API takes it."""
    by_action: dict[Action, list[str]] = {}
    for collection, allowed in actions(role).items():
        for each in allowed:
            by_action.setdefault(each, []).append(collection)
    granted = [
        {"action": ATLAS[each], "resources": [{"collection": name, "db": database} for name in names]}
        for each, names in by_action.items()
    ]
    return {"roleName": role, "actions": granted, "inheritedRoles": []}


def script(database: str) -> str:
    """For mongosh, run by an administrator. Passwords are asked for there and are nowhere in it."""
    lines = [f"// {NO_SCRIPTS}", f"db = db.getSiblingDB({json.dumps(database)});"]
    lines += [f"db.runCommand({json.dumps(create_role(role, database))});" for role in ROLES]
    for user, role in USERS.items():
        wanted = f"user: {json.dumps(user)}, pwd: passwordPrompt(), roles: [{json.dumps(role)}]"
        lines.append(f'db.createUser({{{wanted}, mechanisms: ["SCRAM-SHA-256"]}});')
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Print the roles of the database's users")
    parser.add_argument("--database", default="dezky", help="its name, as in MONGODB_DATABASE")
    parser.add_argument(
        "--atlas", action="store_true", help="as JSON for Atlas instead of a script for mongosh"
    )
    asked = parser.parse_args(arguments)
    if asked.atlas:
        print(json.dumps([atlas_role(role, asked.database) for role in ROLES], indent=2))
    else:
        print(script(asked.database))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
