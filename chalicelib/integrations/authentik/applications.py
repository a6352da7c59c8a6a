"""Authentik's applications, and which groups are bound to them.

An application without an enabled binding is open to everybody: the first binding closes it to all
others, and removing the last one opens it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from chalicelib.errors import TryLater
from chalicelib.integrations.authentik.paging import Keyed, everything
from chalicelib.integrations.calls import Call
from chalicelib.integrations.downstream import Api

BINDINGS = "/policies/bindings/"


class Application(Keyed):
    pk: str


class Binding(Keyed):
    pk: str
    target: str
    group: str | None = None
    enabled: bool
    negate: bool

    @property
    def lets_in(self) -> bool:
        return self.enabled and not self.negate


class Applications:
    """Remembers the keys of applications, which no tenant changes, until one of them is no longer there."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._keys: dict[str, str] = {}

    def key_of(self, slug: str) -> str | None:
        """The key that bindings name as their target; None when there is no such application.

        Sends    GET /core/applications/<slug>/  ->  200 {"pk"}; never the list, which is not what it seems
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation core_applications_retrieve;
                 https://github.com/goauthentik/authentik/issues/17064
        """
        if slug not in self._keys:
            path = f"/core/applications/{quote(slug, safe='')}/"
            answer = self._api.send(Call("GET", path, accept=(200, 404), is_read=True))
            if answer.status == 404:
                return None
            self._keys[slug] = answer.shaped(Application).pk
        return self._keys[slug]

    def bindings(self, target: str) -> list[Binding]:
        """All bindings of the application with that key.

        Sends    GET /policies/bindings/?target=<key>&page=1  ->  200 {"pagination", "results"}
        Raises   TryLater, also when the application is gone by now; NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation policies_bindings_list
        """
        try:
            listed = everything(self._api, BINDINGS, {"target": target}, Binding, gone=(400, 404))
        except TryLater:
            self._keys.clear()
            raise
        return [each for each in listed if each.target == target]

    def bind(self, target: str, group: str) -> None:
        """Let the group in. Not safe to repeat: the vendor takes a second one, too, so look first.

        Sends    POST /policies/bindings/  {"target", "group", "order": 0, "enabled": true, "negate": false,
                                            "timeout": 30}  ->  201
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation policies_bindings_create
        """
        body: dict[str, Any] = {"target": target, "group": group, "order": 0}
        body |= {"enabled": True, "negate": False, "timeout": 30}
        self._api.send(Call("POST", BINDINGS, json=body, accept=(201,)))

    def unbind(self, pk: str) -> None:
        """Remove the binding; safe to repeat.

        Sends    DELETE /policies/bindings/<pk>/  ->  204
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   authentik API 2026.5, operation policies_bindings_destroy
        """
        self._api.send(Call("DELETE", f"{BINDINGS}{quote(pk, safe='')}/", accept=(204, 404)))
