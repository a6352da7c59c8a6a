"""The packed zip and the translated template, deployed to MiniStack with IAM enforced and driven over HTTP.

The tests share one deployment and run in this order; each makes what it needs under names of its own.
"""

from __future__ import annotations

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import requests

from infra.aws.manifest import INTEGRATIONS
from tests.deployed.looking import (
    a_tenant,
    is_everywhere,
    log_of,
    more_memory,
    reading_routes,
    ready,
    starts,
    waiting,
)
from tests.deployed.people import Person, Visitor, timed
from tests.deployed.platform import eventually, secret
from tests.deployed.probe import Probe

DENIED = "AccessDeniedException"
NOT_ALLOWED = {"AccessDenied", "AccessDeniedException"}  # as SQS says it
CREDENTIALS = {"authentik": "AUTHENTIK_TOKEN", "stalwart": "STALWART_API_KEY", "ocis": "OCIS_APP_TOKEN"}
PARTNER = {"slug": "nordlicht", "name": "Nordlicht IT", "domain": "nordlicht-it.example", "marginPct": 20}


def test_who_has_no_token_reaches_the_listed_routes_only(platform):
    anyone = eventually(lambda: ready(platform))
    refused = requests.get(f"{platform.url}/tenants", timeout=60)

    assert anyone["status"] == "ok"
    assert refused.status_code == 401
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert refused.json()["code"] == "unauthorized"


@pytest.mark.parametrize("host", ["api.dezky.test", "operator.dezky.test", "my.dezky.test"])
def test_each_of_the_three_hosts_leads_to_the_same_stage(platform, host):
    answer = requests.get(f"{platform.url}/health/ready", headers={"Host": host}, timeout=60)

    assert answer.status_code == 200


def test_a_forged_token_is_refused_by_the_authorizer_and_an_unknown_route_is_a_problem(platform, operator):
    token = operator.headers["Authorization"]

    forged = requests.get(f"{platform.url}/me", headers={"Authorization": f"{token[:-4]}AAAA"}, timeout=60)
    lost = operator.get("/nothing")

    assert (forged.status_code, forged.json()["code"]) == (401, "unauthorized")
    assert (lost.status_code, lost.json()["code"]) == (404, "not-found")


def test_one_look_at_a_token_serves_all_routes_for_a_minute(platform):
    support, before = Person(platform, "support@dezky.local"), starts(platform, "authorizer")

    answers = [support.get(path).status_code for path in ("/me", "/tenants", "/me")]

    assert answers == [200, 200, 200]
    assert starts(platform, "authorizer") == before + 1


def test_an_operator_makes_partners_tenants_and_users_and_a_customer_sees_only_its_own(platform, operator):
    assert operator.post("/partners", PARTNER).status_code == 201
    partner = operator.get("/partners/nordlicht").json()["id"]
    owner = {"email": "owner@acme.test", "name": "Alma Owner"}

    made = operator.post("/tenants", a_tenant("acme", partnerId=partner, owner=owner))
    operator.post("/tenants", a_tenant("other"))
    customer = Person(platform, "owner@acme.test", "dezky-portal")
    seen = customer.get("/tenants").json()["items"]

    assert (made.status_code, made.json()["status"]) == (201, "pending")
    assert [each["slug"] for each in seen] == ["acme"]
    assert customer.get("/tenants/other").status_code == 404
    assert customer.get("/partners").status_code == 403
    assert eventually(lambda: is_everywhere(operator, "acme"))
    assert operator.get("/tenants/acme").json()["status"] == "active"


def test_a_plan_is_looked_up_at_all_three_and_applied_exactly(operator):
    assert eventually(lambda: is_everywhere(operator, "acme"))

    plan = operator.get("/tenants/acme/plan")
    applied = operator.post(f"/tenants/acme/reconcile?planDigest={plan.json()['digest']}")
    other = operator.post("/tenants/acme/reconcile?planDigest=" + "0" * 64)

    assert plan.status_code == 200
    assert applied.status_code == 202
    assert other.status_code == 409


def test_every_route_that_reads_works_with_the_rights_of_its_own_function(platform, operator, cold_starts):
    """A right, a variable or a secret that a function lacks would be a 5xx here."""
    user = operator.get("/me").json()["id"]
    template = json.loads((platform.built / "template.json").read_text())
    failed = []
    for route, function_set in reading_routes(template):
        path = route.replace("{slug}", "nordlicht" if "partners" in route else "acme").replace(
            "{user_id}", user
        )
        first, cold = timed(partial(operator.get, path))
        _, warm = timed(partial(operator.get, path))
        cold_starts.add(function_set, cold, warm)
        if first.status_code >= 500:
            failed.append((path, first.status_code, first.text))

    assert failed == []


@pytest.mark.parametrize(
    ("surface", "address"), [("operator", "operator@dezky.local"), ("customer", "owner@acme.test")]
)
def test_people_sign_in_at_their_portal_which_calls_the_api_for_them(platform, surface, address, cold_starts):
    person = Visitor(platform, surface)
    (_, cold), (_, warm) = (timed(lambda: person.get("/auth/login")) for _ in range(2))
    cold_starts.add(surface, cold, warm)

    _, arrived_at, page = person.sign_in(address)

    assert "/auth/" not in arrived_at, page
    assert eventually(lambda: person.get("")[0] == 200)  # it does not wait for a cold API behind it


def test_what_makes_no_sense_goes_to_the_dead_letters_while_the_rest_of_its_batch_is_done(platform, operator):
    sqs, tenant = platform.aws("sqs"), operator.get("/tenants/acme").json()["id"]
    url, dead = (sqs.get_queue_url(QueueName=f"reconcile-ocis{end}")["QueueUrl"] for end in ("", "-dead"))
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": "2"}
    )  # else it takes half an hour
    good = {"version": 1, "tenantId": tenant, "reason": "test", "runId": "f" * 32}
    bodies = ["no sense at all", json.dumps(good)]

    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)

    assert eventually(lambda: waiting(sqs, dead) == 1)
    assert waiting(sqs, url) == 0
    redriven = operator.post("/attention/dead-letters/ocis/redrive")
    assert redriven.status_code < 300, redriven.text
    assert eventually(lambda: waiting(sqs, dead) == 1)


def test_dep_05_the_authorizer_reads_no_secret_and_touches_no_queue(platform):
    authorizer = Probe(platform, "TokenAuthorizer")

    for name in ("MONGODB_URI", "CURSOR_KEY", "AUTHENTIK_TOKEN"):
        assert authorizer.reads(secret(name)) == DENIED
    assert authorizer.sends("reconcile-ocis") in NOT_ALLOWED
    assert authorizer.takes("reconcile-ocis") in NOT_ALLOWED
    assert set(platform.function("TokenAuthorizer")["Environment"]["Variables"]) == {
        "FUNCTION_SET",
        "STAGE",
        "AUTHENTIK_ISSUER",
        "AUTHENTIK_AUDIENCE",
        "AUTHENTIK_ALGORITHM",
    }


@pytest.mark.parametrize(("mine", "other"), [("operator", "customer"), ("customer", "operator")])
def test_a_portal_cannot_read_the_other_ones_secrets(platform, mine, other):
    portal = Probe(platform, mine.title())

    for name in ("CLIENT_SECRET", "SESSION_KEYS"):
        assert portal.reads(secret(f"{mine.upper()}_{name}", f"{mine}/")) == "ok"
        assert portal.reads(secret(f"{other.upper()}_{name}", f"{other}/")) == DENIED
    assert portal.reads(secret("MONGODB_URI", f"{other}/")) == DENIED
    assert portal.reads(secret("MONGODB_URI")) == DENIED


@pytest.mark.parametrize("mine", INTEGRATIONS)
def test_a_worker_cannot_read_the_credentials_of_another_integration(platform, mine):
    worker = Probe(platform, f"Reconcile{mine.title()}")

    assert {each: worker.reads(secret(name)) for each, name in CREDENTIALS.items()} == {
        each: "ok" if each == mine else DENIED for each in CREDENTIALS
    }
    others = [each for each in INTEGRATIONS if each != mine]
    assert all(worker.takes(f"reconcile-{each}") in NOT_ALLOWED for each in others)


def test_partners_are_answered_by_their_own_function_under_its_own_role(platform, operator):
    role = platform.function("PatchPartnersSlug")["Role"].rpartition("/")[2]
    before, iam = starts(platform, "partners"), platform.aws("iam")
    nothing = {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [nothing]})
    iam.put_role_policy(RoleName=role, PolicyName="nothing", PolicyDocument=policy)

    refused = operator.patch("/partners/nordlicht", {"name": "Nordlicht"})
    others = operator.get("/partners/nordlicht")
    iam.delete_role_policy(RoleName=role, PolicyName="nothing")
    answered = eventually(lambda: operator.patch("/partners/nordlicht", {"name": "Nordlicht"}).ok)

    assert (refused.status_code, others.status_code, answered) == (503, 200, True)
    assert starts(platform, "partners") >= before + 3


def test_an_update_of_the_stack_keeps_what_was_accepted(platform, operator):
    slugs, accepted = [f"during-{number}" for number in range(8)], []

    with ThreadPoolExecutor(1) as pool:
        update = pool.submit(platform.update, more_memory)
        for slug in slugs:
            with contextlib.suppress(requests.RequestException):
                if operator.post("/tenants", a_tenant(slug)).status_code == 201:
                    accepted.append(slug)
        update.result()

    assert platform.function("ReconcileOcis")["MemorySize"] == 640
    assert len(accepted) >= 2
    for slug in accepted:
        assert eventually(lambda slug=slug: is_everywhere(operator, slug), 180), slug


def test_the_clock_wakes_what_is_scheduled(platform):
    assert eventually(lambda: starts(platform, "schedule"))
    assert not [line for line in log_of(platform, "schedule") if "Traceback" in line]


def test_cold_starts_are_told(cold_starts, capsys):
    with capsys.disabled():
        print(f"\n{cold_starts.table()}")
