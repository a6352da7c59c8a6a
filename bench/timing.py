"""Medians. What is compared is measured in turn, so that a busy moment of the machine hits all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter


def medians(runs: int, calls: int, works: Sequence[Callable[[], object]]) -> list[float]:
    """Seconds that one call of each work takes: the median of `runs`, each the mean of `calls`."""
    taken = [[_mean(calls, work) for work in works] for _ in range(runs)]
    return [median(column) for column in zip(*taken, strict=True)]


def median_of_each(samples: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: median(sample[name] for sample in samples) for name in samples[0]}


def _mean(calls: int, work: Callable[[], object]) -> float:
    began = perf_counter()
    for _ in range(calls):
        work()
    return (perf_counter() - began) / calls
