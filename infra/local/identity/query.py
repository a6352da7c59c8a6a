"""The query string of a list, read the way Django's filters read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Query:
    """Parameters by name; a parameter that is empty counts as absent, as it does in django-filter."""

    parameters: Mapping[str, list[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The last value of `name`, or nothing."""
        return (self.parameters.get(name) or [""])[-1]

    def all(self, name: str) -> list[str]:
        return [value for value in self.parameters.get(name, []) if value]

    def flag(self, name: str) -> bool | None:
        """True, False, or None when it is absent or neither."""
        return {"true": True, "false": False}.get(self.one(name).lower())

    def wants(self, name: str, *, default: bool) -> bool:
        """A switch like include_users: anything but `true` is no, absence is the default."""
        given = self.one(name)
        return given.lower() == "true" if given else default


def query(**parameters: str | Iterable[str]) -> Query:
    """A query from Python: `query(name="acme", page="2")`."""
    return Query({name: [v] if isinstance(v, str) else list(v) for name, v in parameters.items()})
