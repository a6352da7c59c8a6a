"""Ten thousand spoilt answers: none leads to a step that deletes something or locks somebody out."""

from __future__ import annotations

import json
from contextlib import suppress
from random import Random

import pytest

from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.domain.wanted import wanted
from chalicelib.errors import IntegrationFailure
from tests.simulation.estate import Estate, before
from tests.simulation.lies import Liar
from tests.simulation.network import Calm, connector

LOOKS = 3_400  # at each of three vendors, each with one spoilt answer or more


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_int_12_a_spoilt_answer_never_leads_to_a_step_that_harms(integration):
    estate = Estate(integration)
    estate.settle()
    estate.settle()
    liar = Liar(estate.vendor, Random(integration))  # noqa: S311 (the same lies each time)
    looking, harm, spoilt = connector(integration, liar, Calm()), [], 0
    goal = wanted(estate.tenant, estate.roster.people)

    while spoilt < LOOKS:
        liar.share, liar.spoilt = (0.3, 0) if spoilt % 2 else (1.0, 0)
        try:
            steps = looking.diff(goal, looking.observe(goal))
        except IntegrationFailure:
            steps = ()
        spoilt += bool(liar.spoilt)
        harm += [step.sentence for step in steps if step.risk != "safe"]

    assert harm == []


def test_the_truth_asks_for_nothing_and_a_wish_for_something():
    estate = Estate("stalwart")
    estate.settle()
    looking = connector("stalwart", estate.vendor, Calm())
    goal = wanted(estate.tenant, estate.roster.people)

    fewer = goal.with_(domains=("nord.test",))

    assert looking.diff(goal, looking.observe(goal)) == ()
    assert [step.risk for step in looking.diff(fewer, looking.observe(fewer))] == ["destructive"]


def test_an_account_that_is_shown_without_its_name_locks_nobody_out():
    place = before("stalwart", "change")
    place.settle()
    place.settle()
    goal = wanted(place.tenant, place.roster.people)
    steps = ()

    with suppress(IntegrationFailure):
        looking = connector("stalwart", Nameless(place.vendor), Calm())
        steps = looking.diff(goal, looking.observe(goal))

    assert [step.sentence for step in steps if step.risk != "safe"] == []


class Nameless:
    """Shows every account with an empty name."""

    def __init__(self, vendor):
        self.url, self._vendor = vendor.url, vendor

    def answer(self, request):
        reply = self._vendor.answer(request)
        body = json.loads(reply.content)
        for name, result, _ in body["methodResponses"]:
            if name == "x:Account/get":
                for account in result["list"]:
                    account |= {key: "" for key in ("name", "emailAddress") if key in account}
        reply.content = json.dumps(body).encode()
        return reply
