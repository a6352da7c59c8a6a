"""Which resource of the app an address means."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True)
class Match:
    """A resource of the app (`/tenants/{slug}`) and what its variables stand for, decoded."""

    resource: str
    parameters: dict[str, str]


class Routes:
    """The app's resources; a literal segment goes before a variable, as API Gateway prefers."""

    def __init__(self, resources: Iterable[str]) -> None:
        self._resources = sorted(resources, key=_literals_first)
        self._segments = {resource: resource.split("/") for resource in self._resources}

    def match(self, path: str) -> Match | None:
        """The resource at `path`, a slash at its end aside; segments are decoded after they are parted."""
        given = (path.rstrip("/") or "/").split("/")
        for resource in self._resources:
            wanted = self._segments[resource]
            if len(wanted) == len(given) and all(map(_fits, wanted, given)):
                return Match(resource, _parameters(wanted, given))
        return None


def _literals_first(resource: str) -> list[bool]:
    return [_is_variable(segment) for segment in resource.split("/")]


def _is_variable(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")


def _fits(wanted: str, given: str) -> bool:
    return given != "" if _is_variable(wanted) else wanted == given


def _parameters(wanted: list[str], given: list[str]) -> dict[str, str]:
    return {
        name[1:-1]: unquote(value) for name, value in zip(wanted, given, strict=True) if _is_variable(name)
    }
