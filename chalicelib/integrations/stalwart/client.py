"""Stalwart: the objects that we work with, and the calls that find, make and remove them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from chalicelib.errors import TryLater
from chalicelib.integrations.calls import Shape, shaped, unexpected
from chalicelib.integrations.stalwart.jmap import (
    MOST_CALLS,
    MOST_OBJECTS,
    VENDOR,
    Jmap,
    Method,
    Result,
    refusal,
)

KEY = "k"  # of the one object in a set call
MOST_PAGES = 100  # of one query
DOMAIN_DEFAULTS: dict[str, Any] = {
    "isEnabled": True,
    "aliases": {},
    "certificateManagement": {"@type": "Manual"},
    "dkimManagement": {"@type": "Automatic"},
    "dnsManagement": {"@type": "Manual"},
    "subAddressing": {"@type": "Enabled"},
}


class Domain(Shape):
    id: str
    name: str
    description: str | None = None


class Linked(Shape):
    """An object that points at another, and so keeps it from being destroyed."""

    object: str
    id: str


class _Signature(Shape):
    id: str
    domainId: str  # noqa: N815 (the vendor's name)


class _Ids(Shape):
    ids: list[str]


class _Set(Shape):
    """What a set call did. The vendor leaves empty maps out: absence of a refusal proves nothing."""

    created: dict[str, Any] | None = None
    destroyed: list[str] | None = None
    notCreated: dict[str, Result] | None = None  # noqa: N815
    notDestroyed: dict[str, Result] | None = None  # noqa: N815


class _Holder(Shape):
    objectId: Linked  # noqa: N815


class _Links(Shape):
    linkedObjects: list[Linked]  # noqa: N815


S = TypeVar("S", bound=Shape)


class Stalwart:
    def __init__(self, jmap: Jmap) -> None:
        self._jmap = jmap

    def find_domains(self, words: str, names: Sequence[str]) -> list[Domain]:
        """All domains with these words in their texts, and those of these names: everybody's, each once.

        Sends    x:Domain/query {"filter": {"text": words}} or {"filter": {"name": name}}, each with
                 x:Domain/get {"#ids"}; eight pairs in a request
        Raises   TryLater, also when a query and its get do not agree; NeedsPerson, CredentialsRefused
        Source   Stalwart 0.16 object schema, x:Domain; RFC 8620, sections 3.7, 5.1 and 5.5
        """
        filters = [{"text": words}, *({"name": name} for name in names)]
        found: dict[str, Domain] = {}
        for start in range(0, len(filters), MOST_CALLS // 2):
            for domain in self._domains(filters[start : start + MOST_CALLS // 2]):
                found[domain.id] = domain
        return list(found.values())

    def get_domain(self, identity: str) -> Domain | None:
        """Sends  x:Domain/get {"ids": [id]}"""
        arguments = {"ids": [identity], "properties": ["id", "name", "description"]}
        (result,) = self._jmap.read(Method("x:Domain/get", arguments))
        return next((each for each in _listed(result, Domain) if each.id == identity), None)

    def create_domain(self, name: str, description: str) -> str | None:
        """Create a domain; the answer is the id of the object that has its name already, if one has.

        Sends    x:Domain/set {"create": {"k": {"name", "description", …}}}  ->  {"created": {"k": {"id"}}}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   Stalwart 0.16 object schema, x:Domain; set error primaryKeyViolation
        """
        draft = {**DOMAIN_DEFAULTS, "name": name, "description": description}
        done = self._set("x:Domain/set", {"create": {KEY: draft}})
        if KEY in (done.created or {}):
            return None
        error = (done.notCreated or {}).get(KEY)
        if error is not None and error.get("type") == "primaryKeyViolation":
            return shaped(VENDOR, _Holder, error).objectId.id
        raise refusal(error)

    def destroy_domain(self, identity: str) -> list[Linked]:
        """Destroy a domain, which may be gone already; the answer is what keeps it from going, if anything.

        Sends    x:Domain/set {"destroy": [id]}  ->  {"destroyed": [id]}
        Raises   TryLater, NeedsPerson, CredentialsRefused
        Source   Stalwart 0.16 object schema, x:Domain; set error objectIsLinked
        """
        error = self._destroyed("x:Domain/set", [identity]).get(identity)
        if error is None:
            return []
        if error.get("type") != "objectIsLinked":
            raise refusal(error)
        return shaped(VENDOR, _Links, error).linkedObjects

    def destroy_signatures(self, identities: Sequence[str], domain: str) -> None:
        """Destroy DKIM signatures, all of which have to be of the domain with that id.

        Sends    x:DkimSignature/get {"ids"}, then x:DkimSignature/set {"destroy": ids}
        Raises   TryLater, also when one is of another domain; NeedsPerson, CredentialsRefused
        Source   Stalwart 0.16 object schema, x:DkimSignature
        """
        arguments = {"ids": list(identities), "properties": ["id", "domainId"]}
        (result,) = self._jmap.read(Method("x:DkimSignature/get", arguments))
        signatures = _listed(result, _Signature)
        if any(each.domainId != domain for each in signatures):
            raise unexpected(VENDOR)
        for error in self._destroyed("x:DkimSignature/set", [each.id for each in signatures]).values():
            raise refusal(error)

    def _domains(self, filters: Sequence[dict[str, str]]) -> list[Domain]:
        methods = [method for number, each in enumerate(filters) for method in _pair(2 * number, each)]
        results = self._jmap.read(*methods)
        found: list[Domain] = []
        for number, each in enumerate(filters):
            page = _page(results[2 * number], results[2 * number + 1])
            found += page
            if len(page) == MOST_OBJECTS:
                found += self._following(each)
        return found

    def _following(self, wanted: dict[str, str]) -> list[Domain]:
        found: list[Domain] = []
        for number in range(1, MOST_PAGES):
            page = _page(*self._jmap.read(*_pair(0, wanted, position=number * MOST_OBJECTS)))
            found += page
            if len(page) < MOST_OBJECTS:
                return found
        raise unexpected(VENDOR)

    def _destroyed(self, method: str, identities: Sequence[str]) -> dict[str, Result]:
        """The refusals by id; what is gone already counts as destroyed."""
        done = self._set(method, {"destroy": list(identities)})
        refused = done.notDestroyed or {}
        if not {*(done.destroyed or []), *refused}.issuperset(identities):
            raise unexpected(VENDOR)
        return {key: error for key, error in refused.items() if error.get("type") != "notFound"}

    def _set(self, method: str, arguments: dict[str, Any]) -> _Set:
        return shaped(VENDOR, _Set, self._jmap.write(Method(method, arguments)))


def _pair(first: int, wanted: dict[str, str], position: int = 0) -> tuple[Method, Method]:
    query = {"filter": wanted, "position": position, "limit": MOST_OBJECTS}
    reference = {"resultOf": f"c{first}", "name": "x:Domain/query", "path": "/ids"}
    get = {"#ids": reference, "properties": ["id", "name", "description"]}
    return Method("x:Domain/query", query), Method("x:Domain/get", get)


def _page(query: Result, get: Result) -> list[Domain]:
    domains = _listed(get, Domain)
    if {each.id for each in domains} != set(shaped(VENDOR, _Ids, query).ids):
        raise TryLater("moved", f"{VENDOR}'s domains changed while we read them")
    return domains


def _listed(result: Result, shape: type[S]) -> list[S]:
    listed = result.get("list")
    if not isinstance(listed, list):
        raise unexpected(VENDOR)
    return [shaped(VENDOR, shape, each) for each in listed]
