"""Authentik: the calls to its API that we make, and what its answers look like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from chalicelib.errors import TryLater
from chalicelib.integrations.calls import Answer, Bearer, Call, Endpoint, Shape, unexpected
from chalicelib.integrations.downstream import Api

VENDOR = "Authentik"
PAGE_SIZE = 100  # the vendor's default maximum
# Authentik refuses a token with 403, as it refuses an action; only the text tells them apart.
TOKEN_TEXTS = frozenset({"Token invalid/expired", "Authentication credentials were not provided."})


class Group(Shape):
    pk: str
    name: str
    is_superuser: bool
    attributes: dict[str, Any]


class Pagination(Shape):
    next: int


class GroupPage(Shape):
    pagination: Pagination
    results: list[Group]


def endpoint(url: str, token: str) -> Endpoint:
    """`url` is the server's own, as people see it; the API is below it."""
    return Endpoint(VENDOR, url.rstrip("/") + "/api/v3", Bearer(token), refuses=_refuses_token)


class Authentik:
    def __init__(self, api: Api) -> None:
        self._api = api

    def find_group(self, name: str) -> Group | None:
        """The group of exactly that name.

        Sends    GET /core/groups/?name=<name>&include_users=false&page=1  ->  200 {"pagination", "results"}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_list
        """
        # An unknown or broken filter answers the whole list, so each name is compared again.
        return next((group for group in self._groups(name) if group.name == name), None)

    def create_group(self, name: str, attributes: dict[str, Any]) -> bool:
        """Create the group; False when the name is taken (or another field is refused: look again).

        Sends    POST /core/groups/  {"name", "attributes", "is_superuser": false, "parents": []}  ->  201
        Raises   TryLater, also for the 500 of two creations at once; NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_create
        """
        body = {"name": name, "attributes": attributes, "is_superuser": False, "parents": []}
        answer = self._api.send(Call("POST", "/core/groups/", json=body, accept=(201, 400)))
        return answer.status == 201

    def change_group(self, pk: str, attributes: dict[str, Any]) -> None:
        """Replace all attributes of the group, and take superuser rights from it.

        Sends    PATCH /core/groups/<pk>/  {"attributes", "is_superuser": false}  ->  200
        Raises   TryLater, also when the group is gone by now; NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_groups_partial_update
        """
        body = {"attributes": attributes, "is_superuser": False}
        path = f"/core/groups/{quote(pk, safe='')}/"
        if self._api.send(Call("PATCH", path, json=body, accept=(200, 404))).status == 404:
            raise TryLater("moved", f"{VENDOR} no longer has an object that was just there")

    def _groups(self, name: str) -> Iterator[Group]:
        page = 1
        while page:
            params = {"name": name, "include_users": "false", "page": str(page), "page_size": str(PAGE_SIZE)}
            answer = self._api.send(Call("GET", "/core/groups/", params, accept=(200, 404), is_read=True))
            found = _page(answer)
            yield from found.results
            if 0 < found.pagination.next <= page:
                raise unexpected(VENDOR)  # a list that leads back to itself never ends
            page = found.pagination.next


def _page(answer: Answer) -> GroupPage:
    if answer.status == 404:
        raise TryLater("moved", f"{VENDOR} lost a page of its list while we read it")
    return answer.shaped(GroupPage)


def _refuses_token(status: int, body: object) -> bool:
    detail = body.get("detail") if isinstance(body, dict) else None
    return status == 401 or (status == 403 and detail in TOKEN_TEXTS)
