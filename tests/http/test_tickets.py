"""Customers ask, operators answer, and nobody sees more than is theirs."""

from __future__ import annotations

import threading

import pytest

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.provisioning import IntegrationError, IntegrationStatus
from chalicelib.domain.ticket import MOST_MESSAGES
from chalicelib.repositories.breakers import Breakers
from chalicelib.repositories.tenants import Tenants
from tests.builders import NOON, a_membership, all_ok, an_active_tenant
from tests.http.test_round_trips import stages

WISH = {"subject": "Mail bounces", "text": "Since this morning.\nAll of it."}
NOTE = {"text": "They have not paid", "internal": True}
TROUBLE = IntegrationStatus(
    state="blocked",
    observed_generation=1,
    attempts=4,
    last_success_at=NOON,
    error=IntegrationError(code="name-conflict", message="A space of this name is not ours"),
)


@pytest.fixture
def operator(api):
    return api.operator(name="Olga")


@pytest.fixture
def acme(api):
    tenant = an_active_tenant(provisioning=all_ok().with_status("ocis", TROUBLE))
    Tenants(api.mongo).add(tenant)
    return tenant


@pytest.fixture
def other(api):
    tenant = an_active_tenant(slug="other", domains=())
    Tenants(api.mongo).add(tenant)
    return tenant


@pytest.fixture
def anna(api, acme):
    return a_member(api, acme, "member", "anna", name="Anna")


def a_member(api, tenant, role="member", subject="somebody", **fields):
    return api.customer(subject, memberships=(a_membership(tenant, role),), **fields)


def opened(api, by, tenant="acme", **wish):
    answer = api.post(f"/tenants/{tenant}/tickets", by, WISH | wish)
    assert answer.status_code == 201, answer.text
    return answer.json()


def path(ticket, rest=""):
    return f"/tickets/{ticket['id']}{rest}"


def references(answer):
    return [each["reference"] for each in answer.json()["items"]]


def test_a_ticket_has_a_number_of_its_tenant_a_first_message_and_an_address(api, acme, other, anna, operator):
    answer = api.post("/tenants/acme/tickets", anna, WISH)
    ticket = answer.json()
    second, elsewhere = opened(api, anna), opened(api, operator, "other")

    assert (answer.status_code, answer.headers["Location"]) == (201, path(ticket))
    assert (ticket["reference"], second["reference"], elsewhere["reference"]) == (
        "acme-1",
        "acme-2",
        "other-1",
    )
    assert (ticket["status"], ticket["priority"], ticket["messageCount"]) == ("open", "normal", 1)
    assert ticket["openedBy"] == {"id": anna.user.id, "name": "Anna", "operator": False}
    assert ticket["messages"][0]["text"] == WISH["text"]
    assert api.get(path(ticket), anna).json() == ticket


def test_members_see_their_own_admins_all_of_their_tenant_and_operators_all(api, acme, other, anna, operator):
    mine, theirs = opened(api, anna), opened(api, a_member(api, acme, subject="bert"))
    elsewhere = opened(api, a_member(api, other, subject="otto"), "other")
    admin = a_member(api, acme, "admin", "adam")

    assert references(api.get("/tenants/acme/tickets", anna)) == [mine["reference"]]
    assert references(api.get("/tenants/acme/tickets", admin)) == [theirs["reference"], mine["reference"]]
    assert references(api.get("/tenants/acme/tickets", operator)) == ["acme-2", "acme-1"]
    assert api.get(path(theirs), admin).status_code == 200
    assert len(references(api.get("/tickets", operator))) == 3
    assert api.get("/tickets", admin).json()["code"] == "operator-scope-required"
    assert api.get("/tenants/other/tickets", admin).status_code == 404
    assert api.get(path(elsewhere), admin).status_code == 404


@pytest.mark.parametrize(
    "how",
    [("GET", "", None), ("PATCH", "", {"status": "solved"}), ("POST", "/messages", {"text": "Hello"})],
)
def test_azt_02_a_ticket_that_is_not_theirs_answers_like_one_that_does_not_exist(api, acme, other, anna, how):
    ticket, (method, rest, body) = opened(api, anna), how
    strangers = (
        a_member(api, other, "owner", "otto"),
        a_member(api, acme, "member", "bert"),
        api.customer("gone", memberships=(a_membership(acme, "owner", active=False),)),
        api.support(),
    )
    before = api.document("tickets")

    for each in strangers:
        foreign = api.call(method, path(ticket, rest), each, body)
        missing = api.call(method, f"/tickets/{'0' * 32}{rest}", each, body)
        assert (foreign.status_code, foreign.json()["code"]) == (404, "ticket-not-found")
        assert foreign.json() | {"requestId": ""} == missing.json() | {"requestId": ""}
    assert api.document("tickets") == before


def test_a_customer_learns_nothing_of_internal_notes(api, acme, anna, operator):
    ticket = opened(api, anna)
    before, listed = api.get(path(ticket), anna), api.get("/tenants/acme/tickets", anna)

    noted = api.post(path(ticket, "/messages"), operator, NOTE)
    api.patch(path(ticket), operator, {"assigneeId": operator.user.id})
    assigned = api.get(path(ticket), anna)

    assert (noted.status_code, noted.json()["noteCount"]) == (201, 1)
    assert noted.json()["messages"][1]["internal"] is True
    assert (noted.json()["version"], noted.json()["updatedAt"]) == (1, ticket["updatedAt"])
    owner = a_member(api, acme, "owner", "olaf")
    for seen in (assigned, api.get("/tenants/acme/tickets", owner), api.get("/tenants/acme/audit", owner)):
        assert not [
            word for word in ("not paid", "note", "Olga", operator.user.id) if word in without_keys(seen)
        ]
    assert assigned.json()["messages"] == before.json()["messages"]
    assert listed.json()["items"][0]["noteCount"] is None
    found = [each["action"] for each in api.get("/audit", operator).json()["items"]]
    assert found == ["ticket.assign", "ticket.note", "ticket.open"]


def without_keys(answer):
    return answer.text.replace('"noteCount":null', "")


def test_a_note_alone_leaves_everything_a_customer_sees_as_it_was(api, acme, anna, operator):
    ticket = opened(api, anna)
    before = api.get(path(ticket), anna), api.get("/tenants/acme/tickets", anna)

    api.post(path(ticket, "/messages"), operator, NOTE)

    after = api.get(path(ticket), anna), api.get("/tenants/acme/tickets", anna)
    assert [each.text for each in after] == [each.text for each in before]
    assert before[0].headers["ETag"] == after[0].headers["ETag"]


def test_only_operators_leave_notes(api, acme, anna):
    ticket = opened(api, anna)

    answer = api.post(path(ticket, "/messages"), anna, NOTE)

    assert (answer.status_code, answer.json()["code"]) == (403, "operator-scope-required")
    assert api.document("tickets")["noteCount"] == 0


def test_answers_go_to_and_fro_and_open_a_solved_ticket_again(api, acme, anna, operator):
    ticket = opened(api, anna)
    seen = []

    for by, status in ((operator, None), (anna, None), (operator, "solved"), (anna, None)):
        answer = api.post(path(ticket, "/messages"), by, {"text": "Hello"})
        seen.append(answer.json()["status"])
        if status:
            assert api.patch(path(ticket), by, {"status": status}).json()["solvedAt"]

    assert seen == ["waiting", "open", "waiting", "open"]
    final = api.get(path(ticket), anna).json()
    assert (final["messageCount"], final["solvedAt"], final["allowed"]) == (5, None, ["solved"])
    assert [each["author"]["operator"] for each in final["messages"]] == [False, True, False, True, False]


MOVES = {
    "operator": {
        "open": {"waiting", "solved", "closed"},
        "waiting": {"open", "solved", "closed"},
        "solved": {"open", "closed"},
        "closed": set(),
    },
    "customer": {"open": {"solved"}, "waiting": {"solved", "open"}, "solved": {"open"}, "closed": set()},
}


@pytest.mark.parametrize("side", MOVES)
@pytest.mark.parametrize("start", MOVES["operator"])
def test_who_may_move_a_ticket_where_is_a_table(api, acme, anna, operator, side, start):
    person = operator if side == "operator" else anna

    for to in MOVES["operator"]:
        ticket = opened(api, anna)
        api.patch(path(ticket), operator, {"status": start})
        answer = api.patch(path(ticket), person, {"status": to})
        expected = 200 if to == start or to in MOVES[side][start] else 409
        assert (to, answer.status_code) == (to, expected)
        assert (
            set(api.get(path(ticket), person).json()["allowed"])
            == MOVES[side][to if expected == 200 else start]
        )


def test_a_closed_ticket_takes_no_answer_but_a_note(api, acme, anna, operator):
    ticket = opened(api, anna)
    api.patch(path(ticket), operator, {"status": "closed"})

    assert api.post(path(ticket, "/messages"), anna, {"text": "Hello"}).json()["code"] == "impossible-move"
    assert api.post(path(ticket, "/messages"), operator, NOTE).status_code == 201


@pytest.mark.parametrize("wish", [{"priority": "urgent"}, {"subject": "Other"}, {"assigneeId": None}])
def test_customers_change_the_status_only(api, acme, anna, wish):
    answer = api.patch(path(opened(api, anna)), anna, {"status": "solved"} | wish)

    assert (answer.status_code, answer.json()["code"]) == (403, "operator-scope-required")
    assert api.document("tickets")["status"] == "open"


def test_operators_give_a_ticket_to_one_of_them_and_take_it_back(api, acme, anna, operator):
    ticket = opened(api, anna)

    given = api.patch(path(ticket), operator, {"assigneeId": operator.user.id, "priority": "high"})
    taken = api.patch(path(ticket), operator, {"assigneeId": None})
    to_a_customer = api.patch(path(ticket), operator, {"assigneeId": anna.user.id})

    assert given.json()["assignee"] == {"id": operator.user.id, "name": "Olga"}
    assert (given.json()["priority"], taken.json()["assignee"]) == ("high", None)
    assert (to_a_customer.status_code, to_a_customer.json()["errors"][0]["field"]) == (422, "assigneeId")


def test_a_change_holds_for_the_version_that_was_read(api, acme, anna, operator):
    ticket = opened(api, anna)
    api.patch(path(ticket), operator, {"priority": "high"})

    stale = api.patch(path(ticket), operator, {"priority": "low"}, headers={"If-Match": '"1"'})
    fresh = api.patch(path(ticket), operator, {"priority": "low"}, headers={"If-Match": '"2"'})
    same = api.patch(path(ticket), operator, {"priority": "low"})

    assert (stale.status_code, fresh.status_code, fresh.headers["ETag"]) == (412, 200, '"3"')
    assert same.headers["ETag"] == '"3"'


def test_evidence_is_what_the_inbox_says_now(api, acme, other, operator):
    item = api.get("/attention", operator).json()["items"][0]

    ticket = opened(api, operator, attention=item["id"])
    mine = opened(api, a_member(api, acme, subject="bert"), attention=item["id"])

    assert ticket["evidence"] == mine["evidence"]
    assert {name: ticket["evidence"][name] for name in ("id", "cause", "what")} == {
        "id": f"{acme.id}:ocis",
        "cause": "blocked",
        "what": "oCIS needs a person: A space of this name is not ours",
    }
    assert ticket["evidence"]["details"]["code"] == "name-conflict"


def test_evidence_cannot_be_made_up_or_taken_from_others(api, acme, other, anna, operator):
    Breakers(api.mongo).save(
        Breaker(id="ocis").opened(NOON, NOON - NOON, IntegrationError(code="no-answer", message="away")),
        Breaker(id="ocis"),
    )
    otto = a_member(api, other, "owner", "otto")

    for by, tenant, item in (
        (anna, "acme", f"{acme.id}:stalwart"),
        (otto, "other", f"{acme.id}:ocis"),
        (operator, "other", f"{acme.id}:ocis"),
        (anna, "acme", "ocis:not-called"),
        (anna, "acme", "made-up"),
    ):
        answer = api.post(f"/tenants/{tenant}/tickets", by, WISH | {"attention": item})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "attention")
    made_up = api.post("/tenants/acme/tickets", anna, WISH | {"evidence": {"what": "x"}})
    assert made_up.status_code == 422
    assert api.documents("tickets") == []
    assert opened(api, operator, attention="ocis:not-called")["evidence"]["cause"] == "not-called"


@pytest.fixture
def queue(api, acme, other, anna, operator):
    opened(api, anna, subject="Mail bounces", priority="low")
    urgent = opened(api, anna, subject="Files are gone", priority="urgent")
    taken = opened(api, operator, "other", subject="Onboarding")
    api.patch(path(taken), operator, {"assigneeId": operator.user.id, "status": "waiting"})
    api.patch(path(opened(api, anna, subject="Old", priority="urgent")), operator, {"status": "closed"})
    return urgent


QUEUE = {
    "": ["acme-3", "other-1", "acme-2", "acme-1"],
    "sort=updatedAt": ["acme-1", "acme-2", "other-1", "acme-3"],
    "sort=priority": ["acme-2", "acme-3", "other-1", "acme-1"],
    "status=open&sort=priority": ["acme-2", "acme-1"],
    "priority=urgent": ["acme-3", "acme-2"],
    "assignee=me": ["other-1"],
    "assignee=none": ["acme-3", "acme-2", "acme-1"],
    "tenant=other": ["other-1"],
    "tenant=nobody": [],
    "q=files": ["acme-2"],
    "q=acme-1": ["acme-1"],
    "q=anna@": ["acme-3", "acme-2", "acme-1"],
    "tenant=acme&status=open&priority=low": ["acme-1"],
}


@pytest.mark.parametrize("asked", QUEUE)
def test_the_queue_is_narrowed_and_sorted_on_indexes(api, operator, queue, commands, asked):
    api.get("/me", operator)

    with commands.recorded() as sent:
        answer = api.get(f"/tickets?{asked}", operator)

    assert references(answer) == QUEUE[asked]
    assert len(sent) == 3
    assert all("COLLSCAN" not in stages(api, each) for each in sent)


def test_the_queue_counts_by_status_for_the_same_search(api, operator, queue):
    whole, acme = (
        api.get("/tickets", operator).json(),
        api.get("/tickets?tenant=acme&status=open", operator).json(),
    )

    assert whole["counts"] == {"open": 2, "waiting": 1, "solved": 0, "closed": 1}
    assert acme["counts"] == {"open": 2, "waiting": 0, "solved": 0, "closed": 1}


@pytest.mark.parametrize("sort", ["-updatedAt", "priority"])
def test_the_queue_pages_without_gaps_or_repeats(api, operator, queue, sort):
    found, cursor = [], None
    while True:
        page = api.get("/tickets", operator, params={"limit": 1, "sort": sort, "cursor": cursor})
        found += references(page)
        cursor = page.json()["nextCursor"]
        if cursor is None:
            break

    assert found == QUEUE["" if sort == "-updatedAt" else f"sort={sort}"]
    assert "messages" not in page.json()["items"][0]


def test_a_tenants_list_is_on_an_index_too(api, acme, anna, queue, commands):
    admin = a_member(api, acme, "admin", "adam")
    for person in (anna, admin):
        api.get("/me", person)
        with commands.recorded() as sent:
            answer = api.get("/tenants/acme/tickets?status=open", person)
        assert references(answer) == ["acme-2", "acme-1"]
        assert len(sent) == 3
        assert all("COLLSCAN" not in stages(api, each) for each in sent)


def test_markup_stays_text(api, acme, anna, operator):
    evil = "<script>alert(1)</script> **bold** {{7*7}} \u202e"
    ticket = opened(api, anna, subject="<b>x</b>", text=evil)

    assert (ticket["subject"], ticket["messages"][0]["text"]) == ("<b>x</b>", evil.strip())
    assert api.get(path(ticket), operator).headers["Content-Type"] == "application/json"


WRONG = {
    "no subject": {"subject": ""},
    "a subject of two lines": {"subject": "a\nb"},
    "too long a subject": {"subject": "x" * 151},
    "a blank text": {"text": " \n "},
    "too long a text": {"text": "x" * 8_001},
    "control characters": {"text": "a\x00b"},
    "an unknown priority": {"priority": "now"},
    "what only we set": {"status": "closed"},
    "another number": {"number": 7},
    "another tenant": {"tenantId": "0" * 32},
}


@pytest.mark.parametrize("wish", WRONG.values(), ids=WRONG)
def test_azt_09_what_makes_no_sense_is_refused(api, acme, anna, wish):
    assert api.post("/tenants/acme/tickets", anna, WISH | wish).status_code == 422
    assert api.documents("tickets") == []


def test_a_ticket_that_is_full_says_so(api, acme, anna):
    ticket = opened(api, anna)
    message = api.document("tickets")["messages"][0]
    full = [message] * MOST_MESSAGES
    api.mongo.collection("tickets").update_one({}, {"$set": {"messages": full}})

    answer = api.post(path(ticket, "/messages"), anna, {"text": "One more"})

    assert (answer.status_code, answer.json()["code"]) == (409, "ticket-full")


def test_members_of_a_suspended_tenant_read_but_do_not_write(api, anna, operator, acme):
    ticket = opened(api, anna)
    api.post("/tenants/acme/suspend", operator, {"reason": "unpaid"})

    assert api.get(path(ticket), anna).status_code == 200
    for answer in (
        api.post("/tenants/acme/tickets", anna, WISH),
        api.post(path(ticket, "/messages"), anna, {"text": "Hello"}),
        api.patch(path(ticket), anna, {"status": "solved"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "tenant-suspended")
    assert api.post(path(ticket, "/messages"), operator, {"text": "Hello"}).status_code == 201
    api.delete("/tenants/acme", operator)
    assert api.get(path(ticket), anna).json()["code"] == "ticket-not-found"


def test_a_ticket_that_is_sent_twice_is_opened_once(api, acme, anna):
    key = {"Idempotency-Key": "k-1"}

    first, second = (api.post("/tenants/acme/tickets", anna, WISH, headers=key) for _ in range(2))
    ticket = first.json()
    once, twice = (api.post(path(ticket, "/messages"), anna, {"text": "Hi"}, headers=key) for _ in range(2))

    assert (first.text, once.text) == (second.text, twice.text)
    assert len(api.documents("tickets")) == 1
    assert once.json()["messageCount"] == 2


def test_of_many_who_write_at_once_nobody_is_lost(api, acme, anna, operator):
    ticket, statuses = opened(api, anna), []

    def write(person, number):
        answer = api.post(path(ticket, "/messages"), person, {"text": f"Message {number}"})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=write, args=(anna if n % 2 else operator, n)) for n in range(8)]
    threads += [threading.Thread(target=opened, args=(api, anna)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert api.get(path(ticket), anna).json()["messageCount"] == 1 + statuses.count(201)
    assert statuses.count(201) == 8
    assert sorted(each["number"] for each in api.documents("tickets")) == [1, 2, 3, 4, 5]


def test_what_happened_to_a_ticket_is_in_the_audit_trail_without_what_people_wrote(api, acme, anna, operator):
    ticket = opened(api, anna)
    api.post(path(ticket, "/messages"), operator, {"text": "Please try again"})

    events = api.get("/audit?sort=at&target=acme-1", operator).json()["items"]

    assert [each["action"] for each in events] == ["ticket.open", "ticket.answer"]
    assert events[0]["changes"]["subject"] == {"before": None, "after": "Mail bounces"}
    assert events[1]["changes"] == {
        "status": {"before": "open", "after": "waiting"},
        "messageCount": {"before": 1, "after": 2},
    }
    assert {each["tenantId"] for each in events} == {acme.id}
    assert "Please" not in repr(events)
    assert "Since this morning" not in repr(events)
    assert api.get("/audit/verify", operator).json()["intact"] is True
