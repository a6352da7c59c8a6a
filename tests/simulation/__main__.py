"""Run many seeds: python -m tests.simulation --seeds 0:10000 [--trace]."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Iterator
from multiprocessing import Pool

from tests.simulation.run import Report, simulate

PROGRESS = 100  # seeds between two lines


def main() -> int:
    """0 when every seed is good."""
    arguments = _arguments()
    logging.disable(logging.CRITICAL)  # engines that die and fail on purpose have nothing to tell
    began, failed = time.monotonic(), 0
    reports: list[Report] = []
    for report in _reports(arguments):
        reports.append(report)
        if report.violations:
            failed += 1
            _show(report)
        if len(reports) % PROGRESS == 0:
            print(f"{len(reports)} seeds, {failed} failed, {time.monotonic() - began:.0f} s", flush=True)
    _sum_up(reports, failed, time.monotonic() - began)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", default="0:200", help="first:end, or one seed")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--trace", action="store_true", help="print what happened")
    arguments = parser.parse_args()
    first, _, end = arguments.seeds.partition(":")
    arguments.range = range(int(first), int(end) if end else int(first) + 1)
    return arguments


def _reports(arguments: argparse.Namespace) -> Iterator[Report]:
    if arguments.trace:
        for seed in arguments.range:
            report = simulate(seed, keep_trace=True)
            print("\n".join(report.lines))
            yield report
    elif arguments.jobs == 1:
        yield from map(simulate, arguments.range)
    else:
        with Pool(arguments.jobs) as pool:
            yield from pool.imap(simulate, arguments.range, chunksize=5)


def _show(report: Report) -> None:
    print(f"seed {report.seed} failed, trace {report.trace_hash}")
    for line in report.violations[:10]:
        print(f"    {line}")


def _sum_up(reports: list[Report], failed: int, seconds: float) -> None:
    slowest = max(report.converged_after for report in reports)
    print(
        f"{len(reports)} seeds, {failed} failed, {seconds:.1f} s ({len(reports) / seconds:.1f} seeds/s); "
        f"{sum(report.runs for report in reports)} messages served, "
        f"{sum(report.calls for report in reports)} calls, "
        f"{sum(report.events for report in reports)} events; "
        f"slowest convergence {slowest:.0f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
