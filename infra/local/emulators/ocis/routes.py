"""Every address of the Graph API that the platform uses, and what it calls."""

from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from infra.local.emulators.ocis.installation import CALLER
from infra.local.emulators.ocis.refusals import invalid
from infra.local.emulators.ocis.world import World

TRUE = {"1", "t", "T", "TRUE", "true", "True"}  # what Go's ParseBool takes for true

# The version is what old clients want to hear; the product's own comes last.
STATUS = {
    "installed": True,
    "maintenance": False,
    "needsDbUpgrade": False,
    "version": "10.11.0.0",
    "versionstring": "10.11.0",
    "edition": "Community",
    "productname": "Infinite Scale",
    "product": "Infinite Scale",
    "productversion": "8.0.1",
}

Answer = Response | tuple[Response | str, int]
DONE: Answer = ("", 204)


def add(app: Flask, world: World) -> None:
    """Give `app` the routes under /graph, and the one that tells the version."""
    graph = Blueprint("graph", __name__, url_prefix="/graph")
    _add_users(graph, world)
    _add_roles(graph, world)
    _add_groups(graph, world)
    _add_members(graph, world)
    _add_drives(graph, world)
    _add_permissions(graph, world)
    app.register_blueprint(graph)
    app.get("/status.php")(lambda: jsonify(STATUS))


def _add_users(graph: Blueprint, world: World) -> None:
    @graph.get("/v1.0/me")
    def me() -> Answer:
        return jsonify(world.people.get(CALLER, _query()))

    @graph.get("/v1.0/users")
    def list_users() -> Answer:
        return jsonify(value=world.people.listed(_query()))

    @graph.post("/v1.0/users")
    def create_user() -> Answer:
        return jsonify(world.people.create(_body())), 201

    @graph.get("/v1.0/users/<user>")
    def get_user(user: str) -> Answer:
        return jsonify(world.people.get(user, _query()))

    @graph.patch("/v1.0/users/<user>")
    def update_user(user: str) -> Answer:
        changed = world.people.update(user, _body())
        return ("", 204) if changed is None else jsonify(changed)

    @graph.delete("/v1.0/users/<user>")
    def delete_user(user: str) -> Answer:
        world.people.delete(user)
        return DONE


def _add_roles(graph: Blueprint, world: World) -> None:
    @graph.get("/v1.0/applications")
    def list_applications() -> Answer:
        return jsonify(value=world.applications())

    @graph.get("/v1.0/users/<user>/appRoleAssignments")
    def list_assignments(user: str) -> Answer:
        return jsonify(value=world.people.assignments(user))

    @graph.post("/v1.0/users/<user>/appRoleAssignments")
    def assign(user: str) -> Answer:
        return jsonify(world.people.assign(user, _body())), 201

    @graph.delete("/v1.0/users/<user>/appRoleAssignments/<assignment>")
    def unassign(user: str, assignment: str) -> Answer:
        world.people.unassign(user, assignment)
        return DONE


def _add_groups(graph: Blueprint, world: World) -> None:
    @graph.get("/v1.0/groups")
    def list_groups() -> Answer:
        return jsonify(value=world.groups.listed(_query()))

    @graph.post("/v1.0/groups")
    def create_group() -> Answer:
        return jsonify(world.groups.create(_body())), 201

    @graph.get("/v1.0/groups/<group>")
    def get_group(group: str) -> Answer:
        return jsonify(world.groups.get(group, _query()))

    @graph.patch("/v1.0/groups/<group>")
    def update_group(group: str) -> Answer:
        world.groups.update(group, _body())
        return DONE

    @graph.delete("/v1.0/groups/<group>")
    def delete_group(group: str) -> Answer:
        world.groups.delete(group)
        return DONE


def _add_members(graph: Blueprint, world: World) -> None:
    @graph.post("/v1.0/groups/<group>/members/$ref")
    def add_member(group: str) -> Answer:
        world.groups.add_member(group, _body())
        return DONE

    @graph.delete("/v1.0/groups/<group>/members/<user>/$ref")
    def remove_member(group: str, user: str) -> Answer:
        world.groups.remove_member(group, user)
        return DONE


def _add_drives(graph: Blueprint, world: World) -> None:
    @graph.get("/v1.0/drives")
    def list_drives() -> Answer:
        return jsonify(value=world.spaces.listed(_query()))

    @graph.post("/v1.0/drives")
    def create_drive() -> Answer:
        return jsonify(world.spaces.create(_body())), 201

    @graph.get("/v1.0/drives/<drive>")
    def get_drive(drive: str) -> Answer:
        return jsonify(world.spaces.get(drive))

    @graph.patch("/v1.0/drives/<drive>")
    def update_drive(drive: str) -> Answer:
        return jsonify(world.spaces.update(drive, _body(), restore=_is_on("Restore")))

    @graph.delete("/v1.0/drives/<drive>")
    def delete_drive(drive: str) -> Answer:
        world.spaces.delete(drive, purge=_is_on("Purge"))
        return DONE


def _add_permissions(graph: Blueprint, world: World) -> None:
    @graph.post("/v1beta1/drives/<drive>/root/invite")
    def invite(drive: str) -> Answer:
        return jsonify(world.sharing.invite(drive, _body()))

    @graph.get("/v1beta1/drives/<drive>/root/permissions")
    def list_permissions(drive: str) -> Answer:
        return jsonify(world.sharing.listed(drive))

    @graph.patch("/v1beta1/drives/<drive>/root/permissions/<permission>")
    def update_permission(drive: str, permission: str) -> Answer:
        return jsonify(world.sharing.update(drive, permission, _body()))

    @graph.delete("/v1beta1/drives/<drive>/root/permissions/<permission>")
    def remove_permission(drive: str, permission: str) -> Answer:
        world.sharing.remove(drive, permission)
        return DONE


def _query() -> dict[str, str]:
    return request.args.to_dict()


def _body() -> Any:
    try:
        return request.get_json(force=True)
    except (BadRequest, UnsupportedMediaType) as error:
        raise invalid("invalid request body") from error


def _is_on(header: str) -> bool:
    return request.headers.get(header, "") in TRUE
