import json
from datetime import UTC, datetime, timedelta

import pytest
from chalice.app import SQSEvent

from chalicelib.handlers.reconcile_queue import handle
from chalicelib.reconcile.outcome import Outcome
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.fakes_reconcile import FakeHints, FakeReconciler

GOOD = {"version": 1, "tenantId": "tenant-1", "reason": "created", "runId": "run-1"}


def an_event(*bodies, **more):
    records = [
        {"messageId": f"m{number}", "receiptHandle": f"r{number}", "body": body, **more}
        for number, body in enumerate(bodies, start=1)
    ]
    return SQSEvent({"Records": records}, None)


def hints(*tenant_ids):
    return [json.dumps({**GOOD, "tenantId": tenant_id}) for tenant_id in tenant_ids]


class Desk:
    """The handler with everything around it in reach; time runs out as the test says."""

    def __init__(self, *outcomes, remaining=60_000):
        self.reconciler = FakeReconciler(FakeClock(), *outcomes)
        self.queue = FakeHints()
        self.remaining = remaining if isinstance(remaining, list) else [remaining]

    def handle(self, event):
        answer = handle(event, "ocis", self.reconciler, self.queue, self.remaining_ms)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def remaining_ms(self):
        return self.remaining.pop(0) if len(self.remaining) > 1 else self.remaining[0]

    @property
    def looked_at(self):
        return [call[1] for call in self.reconciler.calls]


def test_each_record_is_a_look_at_one_tenant():
    desk = Desk()

    assert desk.handle(an_event(*hints("t1", "t2"))) == []
    assert desk.reconciler.calls == [
        ("ocis", "t1", NOON + timedelta(seconds=45), None),
        ("ocis", "t2", NOON + timedelta(seconds=45), None),
    ]


def test_the_look_is_told_which_hint_it_answers():
    desk = Desk()

    desk.handle(an_event(*hints("t1")))

    assert desk.reconciler.asked == [{"run_id": "run-1", "reason": "created", "approved": None}]


def test_an_empty_batch_is_done():
    assert Desk().handle(an_event()) == []


@pytest.mark.parametrize("kind", ["done", "skipped", "blocked", "gone"])
def test_what_needs_no_further_message_is_acknowledged(kind):
    desk = Desk(Outcome(kind))

    assert desk.handle(an_event(*hints("t1"))) == []
    assert desk.queue.postponed == []


def test_what_is_for_later_comes_back_after_its_delay():
    desk = Desk(Outcome("done"), Outcome("later", delay=42.5), Outcome("done"))

    assert desk.handle(an_event(*hints("t1", "t2", "t3"))) == ["m2"]
    assert desk.queue.postponed == [("ocis", "r2", 42.5)]


@pytest.mark.parametrize(
    "poison",
    [
        "",
        "null",
        "[]",
        "not json",
        json.dumps({**GOOD, "version": 2}),
        json.dumps({**GOOD, "version": "1"}),
        json.dumps({**GOOD, "tenantId": ""}),
        json.dumps({**GOOD, "tenantId": {"$ne": ""}}),
        json.dumps({**GOOD, "tenantId": None}),
        json.dumps({**GOOD, "plan": "enterprise"}),
        json.dumps({name: value for name, value in GOOD.items() if name != "runId"}),
        json.dumps({**GOOD, "reason": "x" * 256_000}),
        json.dumps(GOOD) + " " * 5_000,
        "[" * 4_000,
    ],
)
def test_que_05_poison_goes_its_way_to_the_dead_letters_alone(poison, caplog):
    desk = Desk()

    assert desk.handle(an_event(*hints("t1"), poison, *hints("t3"))) == ["m2"]
    assert desk.looked_at == ["t1", "t3"]
    assert desk.queue.postponed == []
    assert caplog.records[-1].message_id == "m2"
    assert "enterprise" not in caplog.text


def test_que_03_a_record_that_breaks_does_not_break_the_others(caplog):
    desk = Desk(Outcome("done"), ZeroDivisionError("canary"), Outcome("done"))

    assert desk.handle(an_event(*hints("t1", "t2", "t3"))) == ["m2"]
    assert desk.looked_at == ["t1", "t2", "t3"]
    assert "canary" not in caplog.text


def test_a_database_that_is_away_fails_the_records_not_the_function():
    desk = Desk(*[ConnectionError()] * 3)

    assert desk.handle(an_event(*hints("t1", "t2", "t3"))) == ["m1", "m2", "m3"]


def test_que_06_no_record_begins_when_time_runs_short():
    desk = Desk(remaining=[60_000, 60_000, 19_999])

    assert desk.handle(an_event(*hints("t1", "t2", "t3"))) == ["m2", "m3"]
    assert desk.looked_at == ["t1"]
    assert desk.queue.postponed == [("ocis", "r2", 0), ("ocis", "r3", 0)]


def test_not_even_a_goodbye_is_said_when_time_is_up():
    desk = Desk(remaining=8_000)

    assert desk.handle(an_event(*hints("t1"))) == ["m1"]
    assert desk.queue.postponed == []


def test_the_time_of_sending_tells_which_look_is_an_answer():
    desk = Desk()

    desk.handle(an_event(*hints("t1"), attributes={"SentTimestamp": "1795348800250"}))

    sent = desk.reconciler.calls[0][3]
    assert sent == datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1" * 30, "٣", None])
def test_a_time_of_sending_that_makes_no_sense_is_none(stamp):
    desk = Desk()

    assert desk.handle(an_event(*hints("t1"), attributes={"SentTimestamp": stamp})) == []
    assert desk.reconciler.calls[0][3] is None
