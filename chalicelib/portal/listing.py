"""Listing: what a list was asked for, and the addresses of the same list asked differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

PAGE_SIZE = 25  # rows: a page stays under 60 kB


@dataclass(frozen=True, slots=True)
class Listing:
    """
    path     of the list within the portal
    asked    the filters that were given, by name; none is empty
    cursor   of this page, empty on the first one; `next_cursor` of the next one
    """

    path: str
    asked: Mapping[str, str] = field(default_factory=dict)
    cursor: str = ""
    next_cursor: str = ""

    @classmethod
    def of(cls, path: str, query: Mapping[str, str], filters: tuple[str, ...]) -> Listing:
        """What `query` asks for; parameters that are not among `filters` mean nothing."""
        asked = {name: query[name] for name in filters if query.get(name)}
        return cls(path, asked, query.get("cursor", ""))

    @property
    def parameters(self) -> dict[str, str]:
        """For the API."""
        return {**self.asked, "cursor": self.cursor, "limit": str(PAGE_SIZE)}

    @property
    def here(self) -> str:
        return self._address({**self.asked, "cursor": self.cursor})

    @property
    def first(self) -> str:
        """The first page, or nothing when this is it."""
        return self._address(self.asked) if self.cursor else ""

    @property
    def next(self) -> str:
        return self._address({**self.asked, "cursor": self.next_cursor}) if self.next_cursor else ""

    def given(self, name: str) -> str:
        return self.asked.get(name, "")

    @property
    def is_narrowed(self) -> bool:
        return any(name != "sort" for name in self.asked)

    def narrowed(self, **filters: str) -> str:
        """The first page with these filters; an empty one is taken away."""
        return self._address({**self.asked, **filters})

    def chips(self, name: str, counts: Mapping[str, int]) -> list[tuple[str, int | None, str, bool]]:
        """For `ui.chips`: one for all, and one for each value of that filter with its count."""
        chosen = self.asked.get(name, "")
        everything = ("all", sum(counts.values()), self.narrowed(**{name: ""}), not chosen)
        each = (
            (value, count, self.narrowed(**{name: value}), value == chosen) for value, count in counts.items()
        )
        return [everything, *each]

    def choices(self, name: str, values: tuple[str, ...]) -> list[tuple[str, int | None, str, bool]]:
        """The same where nobody has counted."""
        chosen = self.given(name)
        each = ((value, None, self.narrowed(**{name: value}), value == chosen) for value in values)
        return [("all", None, self.narrowed(**{name: ""}), not chosen), *each]

    def with_next(self, cursor: str | None) -> Listing:
        return replace(self, next_cursor=cursor or "")

    def _address(self, parameters: Mapping[str, str]) -> str:
        given = {name: value for name, value in parameters.items() if value}
        return self.path + ("?" + urlencode(given) if given else "")
