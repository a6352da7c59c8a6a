"""How 0.16 writes values in JSON, and what it takes for each type: sets, lists, maps, variants.

Source: the object schema that a 0.16.18 server serves under /api/schema.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.emulators.stalwart.refusals import bad_patch

LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])")
WHOLE_MAX = 2**64 - 1


@dataclass(frozen=True)
class Type:
    """A property's type; `read` answers the value as it is stored, or raises ObjectRefused."""

    nullable: bool = False
    server_set: bool = False

    def read(self, value: Any, at: str) -> Any:
        if value is None and self.nullable:
            return None
        return self._read(value, at)

    def patch(self, _old: Any, steps: list[str], value: Any, at: str) -> Any:
        """The old value with the part that the JSON pointer `steps` leads to replaced."""
        if steps:
            raise bad_patch(at, "Property is not an object")
        return self.read(value, at)

    def empty(self) -> Any:
        """What a new object holds when nothing was sent; None when there is no such value."""
        return None

    def _read(self, value: Any, at: str) -> Any:
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Type):
    pattern: re.Pattern[str] | None = None
    longest: int = 8192

    def _read(self, value: Any, at: str) -> str:
        if not isinstance(value, str) or len(value) > self.longest:
            raise bad_patch(at, "Invalid string value")
        if self.pattern is None:
            return value
        if not self.pattern.fullmatch(value.lower()):
            raise bad_patch(at, "Invalid value")
        return value.lower()


@dataclass(frozen=True)
class Whole(Type):
    def _read(self, value: Any, at: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= WHOLE_MAX:
            raise bad_patch(at, "Invalid unsigned integer value")
        return value


@dataclass(frozen=True)
class Flag(Type):
    def _read(self, value: Any, at: str) -> bool:
        if not isinstance(value, bool):
            raise bad_patch(at, "Invalid boolean value")
        return value


@dataclass(frozen=True)
class OneOf(Type):
    names: frozenset[str] = frozenset()

    def _read(self, value: Any, at: str) -> str:
        if not isinstance(value, str) or value not in self.names:
            raise bad_patch(at, "Invalid enum value")
        return value


@dataclass(frozen=True)
class Ref(Type):
    kind: str = ""

    def _read(self, value: Any, at: str) -> str:
        if not isinstance(value, str) or not value:
            raise bad_patch(at, "Invalid object id")
        return value


@dataclass(frozen=True)
class Collection(Type):
    """Anything that is a JSON object whose keys are not property names."""

    def empty(self) -> Any:
        return {}

    def patch(self, old: Any, steps: list[str], value: Any, at: str) -> Any:
        if not steps:
            return self.read(value, at)
        if len(steps) == 1 and value is None:
            return {name: kept for name, kept in old.items() if name != steps[0]}
        return {**old, **self._entry(old, steps, value, at)}

    def _read(self, value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise bad_patch(at, "Expected an object")
        entries: dict[str, Any] = {}
        for key, item in value.items():
            entries.update(self._entry({}, [key], item, at))
        return entries

    def _entry(self, old: Any, steps: list[str], value: Any, at: str) -> dict[str, Any]:
        """The one entry that the pointer names, as it is stored."""
        raise NotImplementedError


@dataclass(frozen=True)
class SetOf(Collection):
    """A set: `{"value": true}`, never a JSON array."""

    item: Type = field(default_factory=Text)

    def patch(self, old: Any, steps: list[str], value: Any, at: str) -> Any:
        if len(steps) == 1 and value is False:
            return {name: True for name in old if name != steps[0]}
        return super().patch(old, steps, value, at)

    def _entry(self, _old: Any, steps: list[str], value: Any, at: str) -> dict[str, Any]:
        key, *rest = steps
        if rest or not isinstance(value, bool):
            raise bad_patch(f"{at}/{key}", "Expected a boolean")
        name = self.item.read(key, f"{at}/{key}")
        return {name: True} if value else {}


@dataclass(frozen=True)
class MapOf(Collection):
    keys: frozenset[str] = frozenset()

    def _entry(self, old: Any, steps: list[str], value: Any, at: str) -> dict[str, Any]:
        key, *rest = steps
        if key not in self.keys:
            raise bad_patch(f"{at}/{key}", "Invalid key")
        return {key: Whole().patch(old.get(key), rest, value, f"{at}/{key}")}


@dataclass(frozen=True)
class ListOf(Collection):
    """A list of objects: `{"0": …, "1": …}`, never a JSON array."""

    item: "Type" = field(default_factory=Text)

    def _entry(self, old: Any, steps: list[str], value: Any, at: str) -> dict[str, Any]:
        key, *rest = steps
        if not key.isdecimal():
            raise bad_patch(f"{at}/{key}", "Invalid list index")
        if rest and key not in old:
            raise bad_patch(f"{at}/{key}", "No such list item")
        return {str(int(key)): self.item.patch(old.get(key), rest, value, f"{at}/{key}")}


@dataclass(frozen=True)
class Record(Type):
    """An object with named properties."""

    fields: Mapping[str, Type] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def patch(self, old: Any, steps: list[str], value: Any, at: str) -> Any:
        if not steps:
            return self.read(value, at)
        name, rest = steps[0], steps[1:]
        inner = self._settable(name, at)
        return {**old, name: inner.patch(old.get(name), rest, value, _under(at, name))}

    def fresh(self) -> dict[str, Any]:
        """What an object holds when nothing was sent."""
        settable = {name: kind for name, kind in self.fields.items() if not kind.server_set}
        return {name: self.defaults.get(name, kind.empty()) for name, kind in settable.items()}

    def _read(self, value: Any, at: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise bad_patch(at, "Expected an object")
        return {**self.fresh(), **self.given(value, at)}

    def given(self, value: Mapping[str, Any], at: str = "") -> dict[str, Any]:
        """Only what was sent, each value as it is stored."""
        return {
            name: self._settable(name, at).read(item, _under(at, name))
            for name, item in value.items()
            if name != "@type"
        }

    def _settable(self, name: str, at: str) -> Type:
        found = self.fields.get(name)
        if found is None:
            raise bad_patch(_under(at, name), "Unknown property")
        if found.server_set:
            raise bad_patch(_under(at, name), "Property is set by the server")
        return found


@dataclass(frozen=True)
class Variant(Type):
    """One of several records, told apart by `@type`; the first is what a new object holds."""

    variants: Mapping[str, Record] = field(default_factory=dict)

    def empty(self) -> Any:
        first = next(iter(self.variants))
        return {"@type": first, **self.variants[first].fresh()}

    def patch(self, old: Any, steps: list[str], value: Any, at: str) -> Any:
        if not steps:
            return self.read(value, at)
        if steps == ["@type"]:
            raise bad_patch(f"{at}/@type", "Replace the whole value to change its type")
        return {"@type": old["@type"], **self.variants[old["@type"]].patch(old, steps, value, at)}

    def _read(self, value: Any, at: str) -> dict[str, Any]:
        name = value.get("@type") if isinstance(value, dict) else None
        if not isinstance(name, str) or name not in self.variants:
            raise bad_patch(at, "Invalid or missing @type")
        return {"@type": name, **self.variants[name].read(value, at)}


def names(*values: str) -> frozenset[str]:
    return frozenset(values)


def none_of_them(values: Iterable[str]) -> dict[str, Record]:
    """Variants that carry nothing but their name."""
    return {name: Record() for name in values}


def _under(at: str, name: str) -> str:
    return f"{at}/{name}" if at else name
