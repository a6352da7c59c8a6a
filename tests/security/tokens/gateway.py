"""The gateway's side of the authorizer: it asks with a header and hears a policy or an exception."""

from __future__ import annotations

import pytest
from chalice.app import Chalice

from chalicelib.handlers import authorizer
from tests.security.tokens.issuing import World

STAGE = "arn:aws:execute-api:eu-central-1:123456789012:abc123/prod"


def ask(world: World, header: object, method_arn: str = f"{STAGE}/GET/me") -> dict[str, object]:
    """What the gateway gets back from the deployed function for this Authorization header."""
    app = Chalice("test")
    handler = app.authorizer(name="authorizer")(
        lambda request: authorizer.decided(request, lambda: world.verifier)
    )
    event = {"type": "TOKEN", "authorizationToken": header, "methodArn": method_arn}
    return handler(event, None)


def refuse(world: World, header: object) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$") as refusal:
        ask(world, header)
    assert type(refusal.value) is Exception


def refusals(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    names = ("reason", "issuer", "key")
    records = [record for record in caplog.records if record.message == "token refused"]
    return [{name: vars(record)[name] for name in names if name in vars(record)} for record in records]
