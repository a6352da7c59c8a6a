"""INP-24: whatever is sent to an operation, the answer is a described one and never a failure of ours."""

from __future__ import annotations

import os

import pytest

from tests.builders import a_membership, a_tenant
from tests.http.fuzzing import METHODS, Requests

CALLS = int(os.environ.get("FUZZ_CALLS", "30"))  # for each operation


@pytest.mark.parametrize(
    ("method", "path", "operation"), METHODS, ids=[each[2]["operationId"] for each in METHODS]
)
def test_inp_24_every_answer_to_anything_fits_the_document(api, links, method, path, operation):
    operator = api.operator()
    api.post("/partners", operator, {"slug": "acme", "name": "Nordic", "domain": "nordic.test"})
    made = api.post("/tenants", operator, {"slug": "acme", "name": "Acme", "owner": {"email": "o@acme.test"}})
    owner = api.customer(memberships=(a_membership(a_tenant(id=made.json()["id"]), "owner"),))
    requests = Requests(seed=1, slugs=["acme", "acme", "fuzz-1"], ids=[operator.user.id, owner.user.id])

    for number in range(CALLS):
        caller = (operator, operator, owner, None)[number % 4]
        answer = api.call(method.upper(), by=caller, **requests.of(path, operation))

        assert answer.status_code < 500, answer.request.url
