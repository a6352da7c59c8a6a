"""What wakes this service besides HTTP, joined to what it works with."""

from __future__ import annotations

from typing import Any

from chalice.app import SQSEvent

from chalicelib import wiring
from chalicelib.domain.provisioning import Integration
from chalicelib.handlers import reconcile_queue, sweep

ENOUGH = 15_000  # milliseconds left for what is nice to know


def look(event: SQSEvent, integration: Integration) -> dict[str, Any]:
    """One batch of one integration's queue -> which of its messages go back."""
    context: Any = event.context
    remaining_ms = context.get_remaining_time_in_millis
    failed = reconcile_queue.handle(
        event, integration, wiring.reconciler(integration), wiring.queue(), remaining_ms
    )
    if remaining_ms() > ENOUGH:
        wiring.versions(integration).look()
    return failed


def plan_sweep() -> int:
    """Ask for a sweep of every shard. Returns how many messages were sent."""
    return sweep.plan(wiring.queue())


def purge_what_is_over() -> int:
    """Begin the purge of terminated tenants whose retention is over, and let go of what we hold of them.

    Returns  how many were begun
    """
    services = wiring.services()
    begun = services.tenants.purge_what_is_over()
    services.purges.carry_on()
    return begun


def settle_books() -> int:
    """End trials, let tenants follow their partner's farewell, keep months. Returns how many of all these."""
    services = wiring.services()
    return services.subscriptions.end_trials() + services.farewells.carry_on() + services.mrr.keep_months()


def check_domains() -> int:
    """Look at the domains whose time has come. Returns of how many tenants."""
    return wiring.domain_checks().check_due()


def seal_audit() -> bool:
    """Join what was added to the audit trail to the whole. Returns whether everything is."""
    return wiring.audit().seal()


def keep_audit_head() -> int:
    """Put the head of the audit trail where nobody can rewrite it. Returns the number of its seal."""
    kept = wiring.audit().keep_head()
    return kept.seq if kept else 0


def sweep_shards(event: SQSEvent) -> dict[str, Any]:
    return sweep.handle(event, wiring.tenants(), wiring.queue(), wiring.now)
