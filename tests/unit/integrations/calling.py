"""An Api to call a scripted vendor with, and what a test asks of it."""

import pytest

from chalicelib.domain.secret import PlainSecret
from chalicelib.errors import CredentialsRefused, IntegrationFailure, NeedsPerson, TryLater
from chalicelib.integrations.calls import Call, Endpoint, Patience
from chalicelib.integrations.downstream import Api

CANARY = "canary-token-5309"
READ = Call("GET", "/things", is_read=True)
WRITE = Call("POST", "/things", json={"name": "acme"}, accept=(201,))


def an_api(vendor, pauses=None, **patience):
    endpoint = Endpoint("Vendor", getattr(vendor, "url", vendor), PlainSecret(CANARY))
    pauses = [] if pauses is None else pauses
    return Api(endpoint, Patience(**patience), sleep=pauses.append, uniform=lambda: 0.5)


def failure_of(api: Api, call: Call = READ) -> IntegrationFailure:
    with pytest.raises((TryLater, NeedsPerson, CredentialsRefused)) as caught:
        api.send(call)
    return caught.value
