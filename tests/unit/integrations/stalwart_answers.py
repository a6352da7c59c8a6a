"""What a scripted Stalwart answers, and a client that asks it."""

import pytest

from chalicelib.errors import NeedsPerson, TryLater
from chalicelib.integrations.downstream import Api
from chalicelib.integrations.stalwart.client import Stalwart
from chalicelib.integrations.stalwart.jmap import Jmap, endpoint
from tests.unit.integrations.conftest import an_answer


def a_client(vendor):
    return Stalwart(Jmap(Api(endpoint(vendor.url + "/", "API_key"), sleep=lambda _: None)))


def results(*responses):
    numbered = [[name, result, f"c{number}"] for number, (name, result) in enumerate(responses)]
    return an_answer({"methodResponses": numbered, "sessionState": "0"})


def a_set(kind="Domain", **result):
    return results((f"x:{kind}/set", result))


def a_domain(identity="b", **more):
    return {"id": identity, "name": "acme.test", **more}


def an_account(identity, **more):
    draft = {"@type": "User", "name": "ada", "domainId": "b", "roles": {"@type": "User"}}
    return {"id": identity, **draft, "permissions": {"@type": "Inherit"}, **more}


def found(ids, listed):
    return results(("x:Domain/query", {"ids": ids}), ("x:Domain/get", {"list": listed}))


def refused(call):
    with pytest.raises((TryLater, NeedsPerson)) as caught:
        call()
    return type(caught.value), caught.value.code
