"""A local API Gateway for a Chalice app: what `chalice local` is, with the manners of the real one.

It differs from `chalice local` where that differs from API Gateway: an authorizer that raises is answered 401
or 500, its policy is cached by token for `ttl_seconds` and applied to other routes, its context arrives as
strings, path parameters are decoded, every request has an id, and what the gateway itself refuses is
problem+json, as the gateway responses of the deployed template say it.
"""

from infra.local.gateway.server import Gateway, serve

__all__ = ["Gateway", "serve"]
