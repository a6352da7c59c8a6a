"""Who reads the audit trail, what it says, and that a refused attempt is in it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, an_active_tenant
from tests.http.test_round_trips import stages

ACME = {"slug": "acme", "name": "Acme", "domains": ["acme.test"]}


@pytest.fixture
def operator(api):
    return api.operator(name="Olga")


@pytest.fixture
def acme(api, operator):
    """A tenant with a little history: created, renamed, suspended."""
    made = api.post("/tenants", operator, ACME).json()
    api.patch("/tenants/acme", operator, {"name": "Acme 2"})
    api.post("/tenants/acme/suspend", operator, {"reason": "The invoice is not paid"})
    return made


def a_person(api, acme, role="owner", subject="owner-1"):
    tenant = Tenants(api.mongo).get("acme")
    return api.customer(subject, memberships=(a_membership(tenant, role),))


def actions(answer):
    return [each["action"] for each in answer.json()["items"]]


def test_an_event_says_who_did_what_from_what_to_what_why_and_by_which_request(api, operator, acme):
    answer = api.patch("/tenants/acme", operator, {"name": "Acme 3"})

    event = api.get("/tenants/acme/audit?limit=1", operator).json()["items"][0]

    assert event["actor"] == {
        "userId": operator.user.id,
        "issuer": operator.user.issuer,
        "subject": "op-1",
        "name": "Olga",
    }
    assert (event["action"], event["outcome"], event["surface"]) == (
        "tenant.change",
        "done",
        "dezky-operator",
    )
    assert event["target"] == {"kind": "tenant", "id": acme["id"], "name": "acme"}
    assert event["changes"] == {"name": {"before": "Acme 2", "after": "Acme 3"}}
    assert event["requestId"] == answer.headers["X-Request-Id"]


def test_lists_are_latest_first_and_page_by_cursor(api, operator, acme):
    first = api.get("/audit?limit=2", operator)
    rest = api.get("/audit?limit=2", operator, params={"cursor": first.json()["nextCursor"]})
    oldest = api.get("/audit?sort=at", operator)

    assert actions(first) == ["tenant.suspend", "tenant.change"]
    assert actions(rest) == ["tenant.create"]
    assert actions(oldest) == ["tenant.create", "tenant.change", "tenant.suspend"]


def filters(acme, operator, last):
    moment = datetime.fromisoformat(last["at"])
    later = (moment + timedelta(milliseconds=1)).isoformat()
    return {
        "action=tenant.change": 1,
        f"actor={operator.user.id}": 3,
        "actor=Olga": 3,
        "actor=Somebody": 0,
        f"target={acme['id']}": 3,
        "target=acme": 3,
        "tenant=acme": 3,
        "outcome=done": 3,
        "outcome=refused": 0,
        f"q={last['requestId']}": 1,
        f"until={last['at']}": 2,
        f"since={last['at']}": 1,
        f"since={later.replace('+', '%2B')}": 0,
        f"action=tenant.suspend&target=acme&since={last['at']}": 1,
    }


def test_filters_narrow_the_list_each_on_an_index(api, operator, acme, commands):
    last = api.get("/audit?limit=1", operator).json()["items"][0]

    for asked, expected in filters(acme, operator, last).items():
        with commands.recorded() as sent:
            answer = api.get(f"/audit?{asked}", operator)
        assert (asked, len(answer.json()["items"])) == (asked, expected)
        assert len(sent) == (3 if "tenant=" in asked else 2)
        assert all("COLLSCAN" not in stages(api, each) for each in sent)


def test_an_owner_sees_their_tenant_only_and_nobody_below_an_owner_sees_it(api, operator, acme):
    api.post("/tenants", operator, {"slug": "other", "name": "Other"})
    api.post("/tenants/acme/resume", operator)

    mine = api.get("/tenants/acme/audit", a_person(api, acme))
    admin = api.get("/tenants/acme/audit", a_person(api, acme, "admin", "admin-1"))

    assert {each["tenantId"] for each in mine.json()["items"]} == {acme["id"]}
    assert (admin.status_code, admin.json()["code"]) == (403, "role-required")
    assert api.get("/tenants/other/audit", a_person(api, acme, subject="o-2")).status_code == 404
    assert api.get("/audit", a_person(api, acme, subject="o-3")).status_code == 403


@pytest.mark.parametrize(
    "asked", ["since=yesterday", "since=2026-11-22T00:00:00", "tenant=nobody", "action=A%20B", "format=xml"]
)
def test_a_filter_that_makes_no_sense_is_refused(api, operator, asked):
    assert api.get(f"/audit?{asked}", operator).status_code == 422


def test_a_cursor_of_another_filter_is_refused(api, operator, acme):
    cursor = api.get("/audit?limit=1", operator).json()["nextCursor"]

    answer = api.get("/audit?limit=1&action=tenant.change", operator, params={"cursor": cursor})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")


@pytest.mark.parametrize(
    "how", [{"params": {"format": "ndjson"}}, {"headers": {"Accept": "application/x-ndjson"}}]
)
def test_an_export_is_json_lines_and_leads_from_page_to_page(api, operator, acme, how):
    first = api.get("/audit?limit=2", operator, **how)
    second = api.get(f"/audit{first.links['next']['url']}", operator, headers=how.get("headers", {}))

    lines = [json.loads(line) for line in (first.text + second.text).splitlines()]
    assert first.headers["Content-Type"] == "application/x-ndjson"
    assert lines == api.get("/audit", operator).json()["items"]
    assert "next" not in second.links


def test_whoever_has_an_export_can_check_the_chain_without_us(api, operator, acme):
    """The canonical form in other words than ours: sorted names, no blanks, no nulls."""
    owner = api.get("/tenants/acme/audit?sort=at&format=ndjson", operator)
    previous = "0" * 64

    for seq, line in enumerate(owner.text.splitlines(), start=1):
        event = without_nulls(json.loads(line))
        link = event.pop("link")
        form = json.dumps(
            {"event": event, "previous": previous, "seq": seq},
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
        )
        assert link == {"seq": seq, "previous": previous, "hash": hashlib.sha256(form.encode()).hexdigest()}
        previous = link["hash"]

    assert seq == 3


def without_nulls(value):
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def test_a_verification_names_what_was_changed_behind_our_back(api, operator, acme):
    intact = api.get("/audit/verify", operator).json()
    renamed = api.document("auditEvents", action="tenant.change")
    api.mongo.collection("auditEvents").update_one(
        {"_id": renamed["_id"]}, {"$set": {"changes.name.after": "Evil"}}
    )

    whole = api.get("/audit/verify", operator).json()
    chain = api.get("/audit/verify", operator, params={"tenant": "acme"}).json()

    assert (intact["intact"], intact["complete"], intact["events"], intact["unchained"]) == (True, True, 3, 0)
    assert intact["storedHead"] is intact["broken"] is intact["nextCursor"] is None
    assert whole["intact"] is chain["intact"] is False
    assert whole["broken"]["eventId"] == chain["broken"]["eventId"] == renamed["_id"]
    assert (chain["broken"]["kind"], chain["broken"]["seq"]) == ("altered", 2)
    assert (chain["from"], chain["to"], chain["head"]["seq"]) == (1, 1, 3)


def test_a_verification_goes_on_by_its_own_cursor_only(api, operator, acme):
    path = "/audit/verify?limit=1&tenant=acme"
    walked, cursor = [], None
    while True:
        found = api.get(path, operator, params={"cursor": cursor} if cursor else {}).json()
        walked.append((found["from"], found["to"]))
        if found["complete"]:
            break
        cursor = found["nextCursor"]

    assert walked == [(1, 1), (2, 2), (3, 3)]
    assert api.get("/audit/verify?limit=1", operator, params={"cursor": cursor}).status_code == 400
    assert api.get(path, operator, params={"cursor": "AAAA"}).status_code == 400


def test_a_refused_privileged_attempt_is_on_record_without_secrets(api, acme):
    owner = a_person(api, acme)

    refused = api.post("/tenants/acme/suspend", owner, {"reason": "secret-words"})

    event = api.document("auditEvents", outcome="refused")
    assert refused.status_code == 403
    assert (event["action"], event["reason"]) == ("refused.suspend_tenant", "operator-scope-required")
    assert (event["actor"]["userId"], event["actor"]["subject"]) == (owner.user.id, "owner-1")
    assert (event["target"]["name"], event["tenantId"]) == ("acme", acme["id"])
    assert event["requestId"] == refused.headers["X-Request-Id"]
    assert not [part for part in ("secret-words", *owner.token.split(".")) if part in repr(event)]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/partners", "operator-scope-required"),
        ("PATCH", "/tenants/acme", "role-required"),
        ("POST", "/tenants/acme/users", "role-required"),
        ("GET", "/tenants/acme/audit", "role-required"),
    ],
)
def test_a_role_that_is_too_low_is_on_record(api, operator, acme, method, path, code):
    api.post("/tenants/acme/resume", operator)
    member = a_person(api, acme, "member")

    answer = api.call(method, path, member, None if method == "GET" else {})

    event = api.document("auditEvents", outcome="refused")
    assert (answer.status_code, event["reason"]) == (403, code)


def test_azt_11_an_admin_who_wants_more_is_refused_and_on_record(api, operator, acme):
    api.post("/tenants/acme/resume", operator)
    admin = a_person(api, acme, "admin")
    before = api.document("tenants", slug="acme")

    wish = {"email": "x@acme.test", "role": "owner"}
    answers = [
        api.patch("/tenants/acme", admin, {"plan": "enterprise"}),
        api.post("/tenants/acme/users", admin, wish),
        api.patch(f"/users/{admin.user.id}", admin, {"platformAdmin": True}),
    ]

    assert {each.status_code for each in answers} == {403}
    assert api.document("tenants", slug="acme") == before
    found = api.get("/audit?outcome=refused", operator)
    assert sorted(actions(found)) == ["refused.change_tenant", "refused.change_user", "refused.invite_member"]


def test_an_operator_without_rights_is_on_record(api):
    support = api.support()

    api.get("/partners", support)

    event = api.document("auditEvents", outcome="refused")
    assert (event["reason"], event["actor"]["userId"]) == ("operator-rights-required", support.user.id)
    assert event["target"]["kind"] == "route"


def test_whoever_knocks_at_a_strangers_door_is_not_told_behind_it(api, operator, acme):
    Tenants(api.mongo).add(an_active_tenant(slug="mine", domains=()))
    stranger = api.customer("stranger")

    api.post("/tenants/acme/suspend", stranger, {"reason": "x"})
    api.get("/tenants/acme", stranger)

    event = api.document("auditEvents", outcome="refused")
    assert (event["target"]["name"], event.get("tenantId")) == ("acme", None)
    assert "refused.suspend_tenant" not in actions(api.get("/tenants/acme/audit", operator))


def test_a_flood_of_refusals_leaves_one_event_a_minute(api, monkeypatch):
    from chalicelib import wiring

    customer, start = api.customer(), datetime.now(UTC).replace(second=0, microsecond=0)

    for minute in (0, 1):
        monkeypatch.setattr(wiring, "now", lambda at=start + timedelta(minutes=minute): at)
        for container in range(2):
            wiring.refusals.cache_clear()  # what one container remembers, another one does not
            for _ in range(10):
                assert api.get("/partners", customer).status_code == 403, container

    assert len(api.documents("auditEvents")) == 2
    assert api.get("/audit/verify", api.operator()).json()["intact"] is True


def test_a_refusal_stands_even_if_it_cannot_be_recorded(api, acme):
    from tests.http.test_database_faults import failing

    customer = api.customer()
    with failing(api, ["insert"], times=50, closeConnection=True):
        answer = api.get("/partners", customer)

    assert (answer.status_code, answer.json()["code"]) == (403, "operator-scope-required")
    assert [each for each in api.documents("auditEvents") if each["outcome"] == "refused"] == []
    assert api.get("/partners", customer).status_code == 403
    assert api.document("auditEvents", outcome="refused")


def test_a_change_that_is_refused_under_an_idempotency_key_is_on_record_too(api, operator, acme):
    api.post("/tenants/acme/resume", operator)
    member = a_person(api, acme, "member")

    wish = {"email": "x@acme.test"}
    answer = api.post("/tenants/acme/users", member, wish, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 403
    assert api.document("auditEvents", outcome="refused")["action"] == "refused.invite_member"
