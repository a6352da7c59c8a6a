"""How long a first call takes, and a second one, for each function set."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import median


class ColdStarts:
    def __init__(self) -> None:
        self._found: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def add(self, function_set: str, first: float, second: float) -> None:
        """Milliseconds, at the caller."""
        self._found[function_set].append((first, second))

    def table(self) -> str:
        head = f"{'function set':<14}{'functions':>10}{'first call ms':>15}{'next call ms':>14}"
        return "\n".join([head, *map(self._line, sorted(self._found))])

    def _line(self, function_set: str) -> str:
        pairs = self._found[function_set]
        first, second = (median(each[at] for each in pairs) for at in (0, 1))
        return f"{function_set:<14}{len(pairs):>10}{first:>15.0f}{second:>14.0f}"

    def keep(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "cold-starts.txt").write_text(self.table() + "\n")
