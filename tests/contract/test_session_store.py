"""The store of sessions and of what counts once, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.config import Settings
from chalicelib.domain.provisioning import Lease
from chalicelib.domain.session import Session, SignOut
from chalicelib.errors import AlreadyExists
from chalicelib.repositories.indexes import create_indexes
from chalicelib.repositories.mongo import Mongo
from chalicelib.repositories.sessions import Sessions, Spent
from tests.builders import CUSTOMER_ISSUER, NOON, OPERATOR_ISSUER, an_id

SOON = NOON + timedelta(seconds=12)


def a_session(**given: object) -> Session:
    fields: dict[str, object] = {
        "id": an_id(),
        "surface": "operator",
        "issuer": OPERATOR_ISSUER,
        "subject": "s-1",
    }
    fields |= {
        "tokens": "k1.sealed",
        "created_at": NOON,
        "seen_at": NOON,
        "ends_at": NOON + timedelta(hours=8),
    }
    return Session(**fields | given)


def held(session: Session, holder: str = "me") -> Session:
    return session.with_(lease=Lease(token=holder, until=SOON))


@pytest.fixture
def mongo(mongodb_uri: str) -> Iterator[Mongo]:
    mongo = Mongo(Settings(mongodb_uri=mongodb_uri, mongodb_database=an_id()))
    create_indexes(mongo)
    yield mongo
    mongo.client.drop_database(mongo.collection("sessions").database.name)
    mongo.client.close()


@pytest.fixture
def store(mongo: Mongo) -> Sessions:
    return Sessions(mongo)


@pytest.fixture
def stored(store: Sessions) -> Session:
    session = a_session(sid="sid-1", name="Olivia", email="o@dezky.test")
    store.add(session)
    return session


def test_what_is_added_is_found(store, stored):
    assert store.find(stored.id) == stored
    assert store.find("another") is None
    with pytest.raises(AlreadyExists):
        store.add(stored)


def test_being_seen_moves_forward_only_and_revives_nothing(store, stored):
    store.seen(stored, SOON)
    store.seen(stored, NOON)
    assert store.find(stored.id).seen_at == SOON

    store.end(stored.id)
    store.seen(stored, SOON)
    assert store.find(stored.id) is None


def test_one_of_many_gets_the_lease(store, stored):
    wishes = [held(stored, f"worker-{number}") for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda wish: store.lease(stored, wish.lease, NOON), wishes))

    assert got.count(True) == 1
    assert store.find(stored.id).lease == wishes[got.index(True)].lease


def test_a_lease_is_free_again_when_it_is_over_or_given_back(store, stored):
    first, second = held(stored, "first"), held(stored, "second")
    assert store.lease(stored, first.lease, NOON)
    assert not store.lease(stored, second.lease, SOON - timedelta(seconds=1))
    assert store.lease(stored, second.lease, SOON)

    store.release(first)  # it is not the first one's any more
    assert store.find(stored.id).lease == second.lease
    store.release(second)
    assert store.find(stored.id).lease is None


def test_new_tokens_are_kept_by_the_holder_only_and_end_the_lease(store, stored):
    store.lease(stored, held(stored).lease, NOON)

    assert not store.renewed(held(stored, "somebody-else").with_(tokens="k1.theirs"))
    assert not store.renewed(stored.with_(tokens="k1.nobodys"))
    assert store.renewed(held(stored).with_(tokens="k1.mine"))

    assert store.find(stored.id) == stored.with_(tokens="k1.mine", version=2)
    assert not store.lease(stored, held(stored).lease, NOON)  # who read before it was renewed renews nothing


def test_tokens_of_a_session_that_is_gone_are_not_kept(store, stored):
    store.lease(stored, held(stored).lease, NOON)
    assert store.end(stored.id)

    assert not store.renewed(held(stored).with_(tokens="k1.late"))
    assert not store.end(stored.id)
    assert store.find(stored.id) is None


@pytest.mark.parametrize(
    ("sign_out", "left"),
    [
        (SignOut(issuer=OPERATOR_ISSUER, sid="a"), {"b", "other person", "other issuer"}),
        (SignOut(issuer=OPERATOR_ISSUER, subject="s-1"), {"other person", "other issuer"}),
        (SignOut(issuer=OPERATOR_ISSUER, subject="s-1", sid="a"), {"b", "other person", "other issuer"}),
        (SignOut(issuer=OPERATOR_ISSUER, subject="s-2", sid="a"), {"a", "b", "other person", "other issuer"}),
        (SignOut(issuer=OPERATOR_ISSUER), {"a", "b", "other person", "other issuer"}),
    ],
    ids=["session", "person", "session-of-person", "session-of-another", "nothing"],
)
def test_ses_29_and_ses_32_a_sign_out_ends_exactly_what_it_names(store, mongo, sign_out, left):
    store.add(a_session(name="a", sid="a"))
    store.add(a_session(name="b", sid="b"))
    store.add(a_session(name="other person", subject="s-2"))
    store.add(a_session(name="other issuer", issuer=CUSTOMER_ISSUER, sid="a"))

    ended = store.end_all(sign_out)

    assert {each["name"] for each in mongo.collection("sessions").find()} == left
    assert ended == 4 - len(left)


def test_ses_02_of_many_who_spend_the_same_one_is_first(mongo):
    spent = Spent(mongo)

    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(lambda _: spent.spend("key", SOON), range(8)))

    assert first.count(True) == 1
    assert spent.is_spent("key")
    assert not spent.is_spent("another")
    assert spent.spend("another", SOON)


def test_the_database_forgets_both_by_itself(mongo):
    for collection, field in (("sessions", "endsAt"), ("spentOnce", "expiresAt")):
        found = mongo.collection(collection).index_information()
        assert found[field]["expireAfterSeconds"] == 0
