"""Pictures of numbers: where each shape of an SVG stands. Whole pixels of a drawing that scales as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560, 180
BOTTOM = 24  # room for the labels below
TOP = 18  # room for the figure above the tallest column
GAP = 0.28  # of a column's room


@dataclass(frozen=True, slots=True)
class Bar:
    """
    kind   how it is coloured: "plain", "up", "down", "total"
    """

    label: str
    value: int
    x: int
    y: int
    width: int
    height: int
    kind: str = "plain"

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


def columns(values: Sequence[tuple[str, int]]) -> tuple[Bar, ...]:
    """One column for each (label, value), none of them negative, from the ground up."""
    return tuple(_bar(values, index, 0, value) for index, (_, value) in enumerate(values))


def waterfall(opening: int, steps: Sequence[tuple[str, int]]) -> tuple[Bar, ...]:
    """What was there, what came and went, and what is there now; each step begins where the last ended."""
    levels, level = [("before", 0, opening, "total")], opening
    for label, change in steps:
        levels.append((label, level, level + change, "up" if change >= 0 else "down"))
        level += change
    levels.append(("now", 0, level, "total"))
    scale = [(label, max(start, end)) for label, start, end, _ in levels]
    return tuple(
        _bar(scale, index, min(start, end), max(start, end), kind, end - start if kind != "total" else end)
        for index, (_, start, end, kind) in enumerate(levels)
    )


def _bar(
    values: Sequence[tuple[str, int]],
    index: int,
    low: int,
    high: int,
    kind: str = "plain",
    value: int | None = None,
) -> Bar:
    room = WIDTH / max(len(values), 1)
    top = _y(values, high)
    return Bar(
        label=values[index][0],
        value=high if value is None else value,
        x=round(room * (index + GAP / 2)),
        y=top,
        width=round(room * (1 - GAP)),
        height=max(_y(values, low) - top, 1),
        kind=kind,
    )


def _y(values: Sequence[tuple[str, int]], value: int) -> int:
    highest = max((each for _, each in values), default=0) or 1
    room = HEIGHT - BOTTOM - TOP
    return HEIGHT - BOTTOM - round(room * value / highest)


def shares(values: Sequence[tuple[str, int]]) -> tuple[tuple[str, int, int], ...]:
    """(label, value, per cent of the largest): for bars that lie beside each other."""
    highest = max((each for _, each in values), default=0) or 1
    return tuple((label, value, round(100 * value / highest)) for label, value in values)
