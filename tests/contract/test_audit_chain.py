"""Whoever changes the audit trail behind our back is found, and what they did is named."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from chalicelib.config import from_environment
from chalicelib.domain.audit import AuditTarget
from chalicelib.domain.chain import Head
from chalicelib.domain.seal import WholeHead
from chalicelib.repositories.audit import AuditEvents, content_of
from chalicelib.repositories.chains import Chains
from chalicelib.repositories.indexes import create_indexes
from chalicelib.repositories.mongo import Mongo
from chalicelib.repositories.seals import Seals
from chalicelib.services.verification import Verifications
from tests.builders import NOON, an_id
from tests.contract.audit_bench import Bench, an_event


@pytest.fixture(scope="module")
def mongo(mongodb_uri):
    mongo = Mongo(from_environment({"MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": "audit"}))
    create_indexes(mongo)
    yield mongo
    mongo.client.close()


@pytest.fixture
def bench(mongo):
    return Bench(mongo)


def test_an_untouched_trail_is_intact(bench):
    bench.some(3)
    bench.events(of_a_partner(), an_event(tenant_id="other-id"), an_event())

    whole, chain = bench.verify(), bench.verify_chain()

    assert (whole.broken, whole.events, whole.complete, whole.begins_at) == (None, 6, True, NOON)
    assert (chain.broken, chain.events, chain.reached.seq, chain.complete) == (None, 4, 4, True)


def test_an_empty_trail_is_intact(bench):
    assert (bench.verify().broken, bench.verify_chain().broken) == (None, None)
    assert bench.audit.keep_head() is None


EDITS = {
    "who": {"actor.name": "Somebody else"},
    "what": {"changes.name.after": "Other"},
    "when": {"at": NOON + timedelta(seconds=1)},
    "whose": {"tenantId": "other-id"},
    "a field that was not there": {"reason": "Because"},
    "a place in lists": {"sort.at": "1970"},
    "a number that no event has": {"changes.name.after": 1.5},
    "a link that is none": {"link.previous": 7},
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_db_18_an_edited_event_is_named(bench, edit):
    _, edited, _ = bench.some(3)

    bench.set(edited, **edit)

    for broken in (bench.verify().broken, bench.verify_chain().broken):
        assert broken.kind == "altered"
    assert (bench.verify().broken.event_id, bench.verify().broken.seq) == (edited.id, 2)


def test_an_event_that_was_edited_with_its_hash_is_named(bench):
    _, edited, _ = bench.some(3)
    forge(bench, edited, Head(id="tenant:acme-id", seq=1, hash=bench.document(edited)["link"]["previous"]))

    for found in (bench.verify(), bench.verify_chain()):
        assert (found.broken.kind, found.broken.event_id) == ("altered", edited.id)
    assert "replaced" in bench.verify().broken.what


def test_an_event_that_was_edited_with_its_hash_before_it_was_sealed_is_found_by_the_one_that_follows(bench):
    (edited,) = bench.events(an_event(), seal=False)
    bench.events(an_event(), seal=False)
    forge(bench, edited, Head(id="tenant:acme-id"))

    broken = bench.verify().broken

    assert (broken.kind, broken.seq) == ("altered", 1)


def test_a_deleted_event_is_named(bench):
    _, deleted, _ = bench.some(3)

    bench.delete(deleted)

    assert bench.verify().broken.event_id == deleted.id
    for found in (bench.verify(), bench.verify_chain()):
        assert (found.broken.kind, found.broken.seq) == ("missing", 2)
        assert found.broken.what == "Event 2 of tenant:acme-id is not there any more"


def test_an_event_that_was_deleted_before_it_was_sealed_is_named(bench):
    _, deleted, _ = bench.events(an_event(), an_event(), an_event(), seal=False)

    bench.delete(deleted)

    assert (bench.verify().broken.kind, bench.verify().broken.seq) == ("missing", 2)


def test_a_deleted_end_is_named(bench):
    *_, last = bench.some(3)

    bench.delete(last)

    assert (bench.verify().broken.kind, bench.verify().broken.event_id) == ("missing", last.id)
    assert (bench.verify_chain().broken.kind, bench.verify_chain().broken.seq) == ("cut", 3)


def test_a_cut_tail_behind_the_last_stored_head_is_found_though_every_trace_of_it_is_gone(bench):
    kept, lost = bench.some(2), bench.some(2)
    bench.audit.keep_head()

    put_back(bench, kept, lost)

    found = bench.verify()
    assert (found.broken.kind, found.broken.seal) == ("cut", 3)
    assert found.broken.what == (
        "Seals 3 to 4 with 2 events are not there any more, though the head stored outside knows of them"
    )
    assert (found.kept.seq, found.reached.seq) == (4, 2)


def test_without_a_stored_head_nobody_could_know(bench):
    """Why heads are stored outside: the proof is worth what the last of them is."""
    kept, lost = bench.some(2), bench.some(2)

    put_back(bench, kept, lost)

    assert bench.verify().broken is None


def test_a_trail_that_was_rewritten_throughout_differs_from_the_stored_head(bench):
    bench.some(1)
    bench.audit.keep_head()
    bench.some(1)
    bench.clock.move(60)
    bench.audit.keep_head()
    bench.some(1)
    events = list(bench.mongo.collection("auditEvents").find().sort("link.seq"))
    rewritten = Bench(bench.mongo)  # begins anew, and keeps no head
    rewritten.events(AuditEvents(bench.mongo).model.model_validate({**events[0], "id": events[0]["_id"]}))
    rewritten.some(2)

    broken = bench.verify().broken

    assert (broken.kind, broken.seal) == ("rewritten", 2)
    assert "something in seals 2 to 2 was rewritten" in broken.what


def test_a_seal_that_was_edited_or_deleted_is_named(bench):
    bench.some(3)
    seals = bench.mongo.collection("auditSeals")

    seals.update_one({"_id": 2}, {"$set": {"events": []}})
    edited = bench.verify().broken
    seals.delete_one({"_id": 2})
    deleted = bench.verify().broken

    assert (edited.kind, edited.seal) == ("altered", 2)
    assert (deleted.kind, deleted.seal, deleted.what) == ("missing", 2, "Seal 2 is not there any more")


def test_deleted_seals_at_the_end_are_named(bench):
    bench.some(3)

    bench.mongo.collection("auditSeals").delete_many({"_id": {"$gt": 1}})

    assert (bench.verify().broken.kind, bench.verify().broken.seal) == ("cut", 2)


def test_a_head_that_was_put_back_is_found(bench):
    bench.some(3)

    bench.mongo.collection("auditHeads").delete_one({"_id": "whole"})

    assert (bench.verify().broken.kind, bench.verify().broken.seal) == ("unchained", 1)


@pytest.mark.parametrize("hours", [-1, 1])
def test_an_event_that_was_slipped_in_is_found(bench, hours):
    bench.some(2)
    slipped = {"_id": "slipped", "at": NOON + timedelta(hours=hours), "action": "tenant.change"}
    if hours < 0:
        slipped |= {"chain": "tenant:made-up", "link": {"seq": 1, "previous": "0" * 64, "hash": "f" * 64}}

    bench.mongo.collection("auditEvents").insert_one(slipped)

    assert bench.verify().broken.kind == "unchained"


def test_older_events_without_a_chain_are_counted_and_prove_nothing(bench):
    older = [{"_id": an_id(), "at": NOON - timedelta(days=1), "action": "tenant.change"} for _ in range(2)]
    bench.mongo.collection("auditEvents").insert_many(older)
    bench.some(1)

    found = bench.verify()

    assert (found.broken, found.unchained, found.begins_at) == (None, 2, NOON)


def test_eight_writers_at_once_leave_no_gap_and_no_fork(bench, mongodb_uri):
    def write(number):
        trail = AuditEvents(bench.mongo)
        for n in range(12):
            trail.add(an_event(tenant_id="acme-id" if n % 2 else f"tenant-{number}"))

    def seal():
        for _ in range(10):
            bench.audit.seal()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    threads += [threading.Thread(target=seal) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    whole, chain = bench.verify(), bench.verify_chain()
    assert (whole.broken, whole.events, whole.complete) == (None, 96, True)
    assert (chain.broken, chain.events) == (None, 48)
    sealed = [each["id"] for seal in bench.mongo.collection("auditSeals").find() for each in seal["events"]]
    assert len(set(sealed)) == len(sealed) == 96


def test_a_transaction_that_is_undone_leaves_no_event_and_no_gap(bench):
    def work():
        bench.trail.add(an_event())
        raise ZeroDivisionError

    bench.some(1)
    with pytest.raises(ZeroDivisionError):
        bench.mongo.run(work)
    bench.some(1)

    assert (bench.verify().broken, bench.verify().events) == (None, 2)


def test_events_of_one_transaction_are_linked_together(bench):
    events = [an_event(tenant_id="a"), an_event(tenant_id="b"), of_a_partner(), an_event(tenant_id="a")]

    bench.mongo.run(lambda: [bench.trail.add(each) for each in events])

    seqs = sorted(
        (each["chain"], each["link"]["seq"]) for each in bench.mongo.collection("auditEvents").find()
    )
    assert seqs == [("partner:nordic-id", 1), ("tenant:a", 1), ("tenant:a", 2), ("tenant:b", 1)]


def test_a_verification_goes_on_where_the_last_one_ended(bench):
    bench.some(5)

    first = bench.audit.verify(WholeHead(), most=2)
    second = bench.audit.verify(first.reached)
    chain = bench.audit.verify_chain(Head(id="tenant:acme-id"), most=3)
    rest = bench.audit.verify_chain(chain.reached)

    assert (first.complete, first.events, second.complete, second.events) == (False, 2, True, 3)
    assert (chain.complete, chain.events, rest.complete, rest.events) == (False, 3, True, 2)


def test_what_gathered_is_sealed_in_bounded_seals(bench, monkeypatch):
    monkeypatch.setattr("chalicelib.repositories.seals.MOST_EVENTS", 3)
    monkeypatch.setattr("chalicelib.repositories.seals.MOST_CHAINS", 2)
    bench.events(*(an_event(tenant_id=f"tenant-{n % 3}") for n in range(8)))

    sizes = [len(each["events"]) for each in bench.mongo.collection("auditSeals").find()]

    assert (sum(sizes), max(sizes)) == (8, 3)
    assert bench.verify().broken is None
    assert Seals(bench.mongo).seal(NOON) is False


def test_the_daily_look_says_loudly_that_something_is_wrong(bench, caplog):
    bench.some(1)
    bench.audit.keep_head()
    (edited,) = bench.some(1)
    bench.set(edited, reason="Because")

    bench.audit.keep_head()

    assert [each.fault for each in caplog.records if each.message == "audit trail broken"] == ["altered"]


def of_a_partner():
    return an_event(tenant_id=None, target=AuditTarget(kind="partner", id="nordic-id", name="nordic"))


def forge(bench, event, head):
    """Edit an event and give it the hash that fits."""
    document = {**bench.document(event), "reason": "Because"}
    bench.set(event, reason="Because", link=head.next(content_of(document)).model_dump())


def put_back(bench, kept, lost):
    """The database as it was before `lost`, heads and seals included."""
    bench.delete(*lost)
    last = bench.document(kept[-1])["link"]
    heads, seals = bench.mongo.collection("auditHeads"), bench.mongo.collection("auditSeals")
    seals.delete_many({"_id": {"$gt": len(kept)}})
    seal = seals.find_one({"_id": len(kept)})
    heads.update_one({"_id": "tenant:acme-id"}, {"$set": {"seq": last["seq"], "hash": last["hash"]}})
    head = {"seq": seal["_id"], "hash": seal["hash"], "total": seal["total"]}
    heads.update_one({"_id": "whole"}, {"$set": head})
    bench.mongo.collection("auditSealed").update_one(
        {"_id": "tenant:acme-id"}, {"$set": {"seq": last["seq"]}}
    )


def test_the_first_of_several_breaks_is_named_however_the_walk_is_portioned(bench, monkeypatch):
    first, second, *_ = bench.some(5)[1:]
    bench.set(second, reason="Because")
    bench.delete(first)

    for size in (1, 2, 500):
        monkeypatch.setattr("chalicelib.services.verification.EVENTS", size)
        broken = bench.verify().broken
        assert (size, broken.kind, broken.event_id) == (size, "missing", first.id)


def test_a_verification_ends_in_time_and_goes_on_from_there(bench, monkeypatch):
    monkeypatch.setattr("chalicelib.services.verification.EVENTS", 1)
    ticks = iter(range(0, 10_000, 5))  # each look at the clock takes five seconds
    bench.some(12)
    slow = Verifications(Chains(bench.mongo), lambda: next(ticks))
    walked, since = [], WholeHead()

    while True:
        found = slow.whole(since, {})
        walked.append(found.events)
        since = found.reached
        if found.complete:
            break

    assert (found.broken, sum(walked)) == (None, 12)
    assert len(walked) > 3
