"""Table of contents: what this service answers, and what wakes it.

FUNCTION_SET says which part of it a container serves; unset means all. A cold start imports that part only.
Triggers and the authorizer stay here: one declared in a blueprint is deployed as its own module, never
imports this file, and so runs without middleware (aws/chalice#1566).
"""

from __future__ import annotations

from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice, CloudWatchEvent, Rate, SQSEvent

from chalicelib import logs
from chalicelib.config import SERVICE, serves

logs.begin()
app = Chalice(app_name=SERVICE, configure_logs=False)

if serves("authorizer"):
    from chalicelib.handlers import authorizer

    # The revocation bound of a cached policy, in seconds; handlers check the expiry again.
    @app.authorizer(ttl_seconds=60)
    def token_authorizer(request: AuthRequest) -> AuthResponse:
        return authorizer.authorize(request)


if serves("tenants", "partners", "users", "public", "operator", "customer"):
    from chalicelib.handlers.problems import problem_details

    app.register_middleware(problem_details, "http")


if serves("tenants", "partners", "users", "public"):
    from chalicelib.handlers.admission import admission, protect
    from chalicelib.handlers.once import answer_once
    from chalicelib.handlers.refusals import refusals_on_record

    app.register_middleware(refusals_on_record(app), "http")
    app.register_middleware(admission(app), "http")
    app.register_middleware(answer_once, "http")

    if serves("tenants"):
        from chalicelib.handlers import (
            attention,
            audit,
            domains,
            integrations,
            members,
            mrr,
            plans,
            runs,
            stats,
            subscriptions,
            tenants,
            tickets,
        )

        app.register_blueprint(tenants.routes)
        app.register_blueprint(members.routes)
        app.register_blueprint(domains.routes)
        app.register_blueprint(integrations.routes)
        app.register_blueprint(runs.routes)
        app.register_blueprint(plans.routes)
        app.register_blueprint(attention.routes)
        app.register_blueprint(audit.routes)
        app.register_blueprint(tickets.routes)
        app.register_blueprint(stats.routes)
        app.register_blueprint(subscriptions.routes)
        app.register_blueprint(mrr.routes)

    if serves("partners"):
        from chalicelib.handlers import partners, statements

        app.register_blueprint(partners.routes)
        app.register_blueprint(statements.routes)

    if serves("users"):
        from chalicelib.handlers import users

        app.register_blueprint(users.routes)

    if serves("public"):
        from chalicelib.handlers import docs, health, openapi

        app.register_blueprint(health.routes)
        app.register_blueprint(openapi.routes)
        app.register_blueprint(docs.routes)

    if serves("authorizer"):
        protect(app, token_authorizer)


if serves("operator"):
    from chalicelib.handlers.portal import operator

    app.register_blueprint(operator.routes)


if serves("customer"):
    from chalicelib.handlers.portal import customer

    app.register_blueprint(customer.routes)


if serves("reconcile"):
    from chalicelib.handlers import triggers

    @app.on_sqs_message(queue="reconcile-authentik", batch_size=10)
    def reconcile_authentik(event: SQSEvent) -> dict[str, Any]:
        return triggers.look(event, "authentik")

    @app.on_sqs_message(queue="reconcile-stalwart", batch_size=10)
    def reconcile_stalwart(event: SQSEvent) -> dict[str, Any]:
        return triggers.look(event, "stalwart")

    @app.on_sqs_message(queue="reconcile-ocis", batch_size=10)
    def reconcile_ocis(event: SQSEvent) -> dict[str, Any]:
        return triggers.look(event, "ocis")

    @app.on_sqs_message(queue="reconcile-sweep", batch_size=1)
    def sweep_shards(event: SQSEvent) -> dict[str, Any]:
        return triggers.sweep_shards(event)


if serves("schedule"):
    from chalicelib.handlers import triggers

    @app.schedule(Rate(5, unit=Rate.MINUTES))
    def plan_sweep(event: CloudWatchEvent) -> int:
        return triggers.plan_sweep()

    @app.schedule(Rate(1, unit=Rate.HOURS))
    def purge_what_is_over(event: CloudWatchEvent) -> int:
        return triggers.purge_what_is_over()

    @app.schedule(Rate(5, unit=Rate.MINUTES))
    def settle_books(event: CloudWatchEvent) -> int:
        return triggers.settle_books()

    @app.schedule(Rate(5, unit=Rate.MINUTES))
    def check_domains(event: CloudWatchEvent) -> int:
        return triggers.check_domains()

    @app.schedule(Rate(1, unit=Rate.MINUTES))
    def seal_audit(event: CloudWatchEvent) -> bool:
        return triggers.seal_audit()

    @app.schedule(Rate(1, unit=Rate.DAYS))
    def keep_audit_head(event: CloudWatchEvent) -> int:
        return triggers.keep_audit_head()
