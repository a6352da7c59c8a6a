"""What the clock does for the audit trail: seal it every minute, keep its head every day."""

from __future__ import annotations

import pytest
from chalice.test import Client

from chalicelib.integrations.head_safe import HeadFolder

ACME = {"slug": "acme", "name": "Acme", "domains": ["acme.test"]}


@pytest.fixture
def safe(api, monkeypatch, tmp_path):
    from chalicelib import wiring

    folder = HeadFolder(tmp_path / "heads")
    monkeypatch.setattr(wiring, "head_safe", lambda: folder)
    wiring.audit.cache_clear()
    yield folder
    wiring.audit.cache_clear()


def called(name):
    from app import app

    with Client(app, stage_name="test") as client:
        event = client.events.generate_cw_event("aws.events", "Scheduled Event", {}, ["rule"])
        return client.lambda_.invoke(name, event).payload


def test_the_minute_seals_what_was_added_and_the_day_keeps_the_head(api, safe):
    operator = api.operator()
    api.post("/tenants", operator, ACME)

    assert called("seal_audit") is True
    assert len(api.documents("auditSeals")) == 1
    assert called("seal_audit") is True
    assert len(api.documents("auditSeals")) == 1
    assert called("keep_audit_head") == 1
    assert safe.kept()[1].hash == api.document("auditSeals", _id=1)["hash"]


def test_que_14_a_day_that_comes_twice_keeps_the_same_head(api, safe):
    api.post("/tenants", api.operator(), ACME)

    assert (called("keep_audit_head"), called("keep_audit_head")) == (1, 1)
    assert list(safe.kept()) == [1]


def test_a_cut_tail_behind_the_stored_head_is_named_over_http(api, safe):
    operator = api.operator()
    api.post("/tenants", operator, ACME)
    called("seal_audit")
    first = {name: api.documents(name) for name in ("auditEvents", "auditHeads", "auditSeals", "auditSealed")}
    api.patch("/tenants/acme", operator, {"name": "Acme 2"})
    called("keep_audit_head")

    for name, documents in first.items():
        api.mongo.collection(name).delete_many({})
        api.mongo.collection(name).insert_many(documents)

    found = api.get("/audit/verify", operator).json()
    assert (found["intact"], found["broken"]["kind"], found["broken"]["seal"]) == (False, "cut", 2)
    assert (found["storedHead"]["seq"], found["to"]) == (2, 1)


def test_nothing_is_kept_while_there_is_nothing(api, safe):
    assert called("keep_audit_head") == 0
    assert safe.kept() == {}
