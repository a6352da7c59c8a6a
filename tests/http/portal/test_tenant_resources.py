"""Where a tenant stands, what a reconcile would do, what was done, and asking for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from chalicelib import wiring
from chalicelib.domain.provisioning import (
    INTEGRATIONS,
    Drift,
    IntegrationError,
    IntegrationStatus,
    Provisioning,
)
from chalicelib.domain.run import Run, RunStep
from chalicelib.domain.steps import Step
from chalicelib.domain.tenant import Tenant
from chalicelib.errors import TryLater, Unavailable
from chalicelib.repositories.runs import RunCollection
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, an_active_tenant, an_id
from tests.http.portal.portal import Browser, Portal, location, text_of

RESOURCES = "/tenants/acme/resources"
WAITS = "A look is under way, or about to begin."
RETRYING = IntegrationStatus(
    state="retrying",
    observed_generation=1,
    attempts=3,
    last_attempt_at=NOON,
    next_attempt_at=NOON + timedelta(days=90),
    error=IntegrationError(code="no-answer", message="oCIS did not answer in time"),
)


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.as_(portal.api.operator())


@pytest.fixture
def acme(portal: Portal) -> Tenant:
    return a_stored(portal)


def a_stored(portal: Portal, **given: object) -> Tenant:
    tenant = an_active_tenant(**given)
    Tenants(portal.api.mongo).add(tenant)
    return tenant


def a_run(tenant: Tenant, **given: object) -> Run:
    run_id = an_id()
    fields = {"id": run_id, "run_id": run_id, "tenant_id": tenant.id, "integration": "ocis", "generation": 1}
    return Run(**{**fields, "started_at": NOON, "duration_ms": 1250, "outcome": "done", **given})


def digest_of(page: str) -> str:
    return page.partition('name="planDigest" value="')[2].partition('"')[0]


def test_each_integration_says_where_it_stands_in_plain_words(portal, browser):
    ok = IntegrationStatus(
        state="ok", observed_generation=2, last_success_at=NOON, ids={"group": "dezky-t-acme"}
    )
    a_stored(portal, generation=2, provisioning=Provisioning(authentik=ok, ocis=RETRYING))

    text = text_of(browser.get(RESOURCES))

    assert "Authentik sign-in ok Everything is as it should be. Generation 2 of 2" in text
    assert "group dezky-t-acme" in text
    assert f"Stalwart mail pending It is being set up. {WAITS} Generation 0 of 2 Last look never" in text
    assert "The last try failed; it is tried again by itself. oCIS did not answer in time no-answer" in text
    assert "Generation 1 of 2" in text
    assert "Failures in a row 3" in text


def test_it_refreshes_while_something_is_under_way_and_then_no_more(portal, browser):
    tenant = a_stored(portal, provisioning=Provisioning(), activated_at=None)

    during = browser.get(f"{RESOURCES}/live")
    portal.api.mongo.collection("tenants").delete_one({"_id": tenant.id})
    a_stored(portal)
    after = browser.get(f"{RESOURCES}/live")

    assert during.text.count("data-busy") == 4  # each integration, and the status
    assert "data-busy" not in after.text
    assert [part in after.text for part in ('"head"', '"stands"', '"runs"')] == [True] * 3


def test_a_try_that_comes_much_later_is_not_waited_for(portal, browser):
    fine = IntegrationStatus(state="ok", observed_generation=1)
    stands = Provisioning(authentik=fine, stalwart=fine, ocis=RETRYING)
    a_stored(portal, provisioning=stands, activated_at=NOON)

    page = browser.get(f"{RESOURCES}/live").text

    assert "data-busy" not in page


def test_reconcile_asks_for_all_three_and_the_page_waits_until_they_were_looked_at(portal, browser, acme):
    answer = browser.post("/tenants/acme/reconcile", {"chosen": ""})

    assert answer.status_code == 303
    assert [hint[0] for hint in portal.api.queue.hints] == list(INTEGRATIONS)
    leads_to = location(answer).removeprefix("/operator")
    assert leads_to.startswith(f"{RESOURCES}?since=")
    page = browser.get(leads_to)
    assert page.text.count(WAITS) == 3
    assert "/resources/live?since=" in page.text


def test_reconcile_of_one_integration_waits_for_that_one(portal, browser, acme):
    answer = browser.post("/tenants/acme/reconcile", {"chosen": "stalwart"})

    assert [hint[0] for hint in portal.api.queue.hints] == ["stalwart"]
    assert browser.get(location(answer).removeprefix("/operator")).text.count(WAITS) == 1


def test_an_integration_that_there_is_not_is_refused_in_the_dialog(portal, browser, acme):
    answer = browser.post("/tenants/acme/reconcile", {"chosen": "../plan", "dialog": "reconcile"})

    assert answer.status_code == 422
    assert 'aria-labelledby="reconcile-title" open' in answer.text
    assert portal.api.queue.hints == []


@pytest.mark.parametrize(
    "ago", [timedelta(minutes=3), -timedelta(hours=1)], ids=["long ago", "in the future"]
)
def test_nothing_is_waited_for_that_was_asked_for_at_another_time(browser, acme, ago):
    since = (datetime.now(UTC) - ago).isoformat()

    page = browser.get(f"{RESOURCES}?{urlencode({'since': since})}")

    assert WAITS not in page.text


def test_nonsense_in_the_address_is_nothing(browser, acme):
    page = browser.get(f"{RESOURCES}?since=yesterday&only=<b>&plan=maybe&done=<b>")

    assert (page.status_code, "<b>" in page.text) == (200, False)


def test_a_plan_is_made_only_when_it_is_asked_for(browser, acme, vendors):
    without = browser.get(RESOURCES)
    unseen = [list(each.calls) for each in vendors.values()]
    text = text_of(browser.get(f"{RESOURCES}?plan=show"))

    assert "Show the plan" in text_of(without)
    assert unseen == [[], [], []]
    assert "Authentik Add acme.test Stalwart Add acme.test oCIS Add acme.test" in text


def test_exactly_the_plan_that_was_shown_is_asked_for(portal, browser, acme):
    digest = digest_of(browser.get(f"{RESOURCES}?plan=show").text)

    answer = browser.post(f"{RESOURCES}/apply?plan=show", {"planDigest": digest})

    assert "done=plan-applied" in location(answer)
    assert digest == ".".join(["g1", *(portal.api.queue.approved[each] for each in INTEGRATIONS)])


def test_a_plan_that_moved_is_not_applied_and_the_fresh_one_is_shown_with_what_moved(
    portal, browser, acme, vendors
):
    digest = digest_of(browser.get(f"{RESOURCES}?plan=show").text)
    vendors["ocis"].held.append("acme.test")

    answer = browser.post(f"{RESOURCES}/apply?plan=show", {"planDigest": digest, "dialog": "apply-plan"})

    text = text_of(answer)
    assert answer.status_code == 409
    assert "nothing was done" in text
    assert "What moved since: oCIS." in text
    assert "oCIS nothing: all is in order" in text
    assert digest_of(answer.text) not in {"", digest}
    assert portal.api.queue.hints == []


def test_a_plan_that_deletes_asks_for_the_name(portal, browser, acme, vendors, monkeypatch):
    step = Step(action="delete", sentence="Delete the space", risk="destructive")
    monkeypatch.setattr(vendors["ocis"], "diff", lambda tenant, observed: (step,))
    page = browser.get(f"{RESOURCES}?plan=show").text
    form = {"planDigest": digest_of(page), "dialog": "apply-plan"}

    unconfirmed = browser.post(f"{RESOURCES}/apply?plan=show", form | {"confirm": "other"})
    hints = list(portal.api.queue.hints)
    confirmed = browser.post(f"{RESOURCES}/apply?plan=show", form | {"confirm": "acme"})

    assert 'data-confirm="acme"' in page
    assert "Delete the space destructive" in text_of(unconfirmed)
    assert (unconfirmed.status_code, hints, confirmed.status_code) == (422, [], 303)


def test_an_integration_that_cannot_be_seen_is_said_and_nothing_can_be_applied(browser, acme, vendors):
    vendors["stalwart"].fail_with(TryLater("no-answer", "Stalwart did not answer in time"))

    page = browser.get(f"{RESOURCES}?plan=show")

    assert "not seen Stalwart did not answer in time" in text_of(page)
    assert "Apply exactly this" not in page.text


def test_a_plan_that_cannot_be_made_leaves_the_rest_of_the_page(browser, acme, monkeypatch):
    class Away:
        def of(self, tenant):
            raise Unavailable("too slow")

    monkeypatch.setattr(wiring, "plans", Away)

    page = browser.get(f"{RESOURCES}?plan=show")

    assert page.status_code == 200
    assert "This cannot be said right now" in text_of(page)
    assert "Everything is as it should be." in text_of(page)


def test_runs_show_their_steps_and_what_came_of_them(portal, browser, acme):
    runs = RunCollection(portal.api.mongo)
    runs.add(
        a_run(
            acme,
            reason="tenant.change",
            steps=(RunStep(sentence="Create the space", risk="safe"),),
            step_count=1,
        )
    )
    runs.add(
        a_run(
            acme, integration="stalwart", outcome="later", code="busy", message="Stalwart is busy", drift=True
        )
    )

    everything = text_of(browser.get(RESOURCES))
    mail = text_of(browser.get(f"{RESOURCES}?integration=stalwart"))

    assert "tenant.change done 1 step Create the space 1.2 s" in everything
    assert "later drift Stalwart is busy none" in everything
    assert ("Stalwart is busy" in mail, "Create the space" in mail) == (True, False)


def test_many_runs_stay_a_small_page_that_leads_to_the_next(portal, browser, acme):
    steps = tuple(
        RunStep(sentence=f"Set the quota of person{number}@a-rather-long-name.test to 50 GB", risk="safe")
        for number in range(50)
    )
    for _ in range(26):
        RunCollection(portal.api.mongo).add(
            a_run(acme, steps=steps, step_count=70, message="It was like that before")
        )

    page = browser.get(RESOURCES)

    assert page.text.count('<details id="run-') == 25
    assert "and 62 more" in page.text
    assert "Next page" in page.text
    assert len(page.content) < 60_000


def test_drift_is_left_alone_with_a_reason_and_repaired_again(portal, browser, acme):
    form = {"chosen": "ocis", "reason": "A migration by hand", "until": "7", "version": "1"}

    paused = browser.post(f"{RESOURCES}/pause", form)
    during = text_of(browser.get(RESOURCES))
    resumed = browser.post(f"{RESOURCES}/resume", {"chosen": "ocis"})

    assert location(paused) == f"/operator{RESOURCES}?done=drift-paused"
    assert "Drift is not repaired: it ends in 6 days , or when the tenant is changed. A migration" in during
    assert location(resumed) == f"/operator{RESOURCES}?done=drift-resumed"
    assert "driftPaused" not in portal.api.document("tenants", slug="acme")["provisioning"]["ocis"]


@pytest.mark.parametrize(
    ("form", "status", "says"),
    [
        ({"reason": ""}, 422, "pause-drift-reason-error"),
        ({"until": "soon"}, 422, "pause-drift-until-error"),
        ({"until": "900"}, 422, "pause-drift-until-error"),
        ({"version": "7"}, 412, "Someone else has changed this meanwhile"),
        ({"chosen": "github"}, 404, "There is no such integration"),
    ],
    ids=str,
)
def test_a_pause_that_cannot_be_comes_back_into_its_dialog(portal, browser, acme, form, status, says):
    whole = {"chosen": "ocis", "reason": "By hand", "until": "7", "version": "1", "dialog": "pause-drift"}

    answer = browser.post(f"{RESOURCES}/pause", whole | form)

    assert (answer.status_code, says in answer.text) == (status, True)
    assert 'aria-labelledby="pause-drift-title" open' in answer.text
    assert "driftPaused" not in portal.api.document("tenants", slug="acme")["provisioning"]["ocis"]


def test_what_was_changed_by_hand_is_told(portal, browser):
    drift = Drift(at=NOON, found=("Create the space dezky-t-acme",))
    status = IntegrationStatus(state="ok", observed_generation=1, drift=drift)
    a_stored(portal, provisioning=Provisioning(ocis=status))

    assert "Create the space dezky-t-acme" in text_of(browser.get(RESOURCES))


def test_a_deleted_tenant_offers_nothing_to_do(portal, browser):
    gone = IntegrationStatus(state="removed")
    a_stored(
        portal,
        lifecycle="terminated",
        purging_since=NOON,
        purged_at=NOON,
        provisioning=Provisioning(**dict.fromkeys(INTEGRATIONS, gone)),
    )

    page = browser.get(RESOURCES)

    assert "Nothing of this tenant is there any more." in text_of(page)
    assert ("Reconcile" in text_of(page), "data-busy" in page.text) == (False, False)
