"""The key cache: how often it asks, how long it believes, and what a flood or an outage changes."""

from __future__ import annotations

import random

import pytest

from chalicelib.auth.keys import EMPTY_HOLD_OFF, HOLD_OFF, MAX_AGE, MAX_STALE, KeySets
from chalicelib.errors import KeysUnavailable
from tests.security.tokens.caching import CacheFixture


@pytest.fixture(name="cache")
def _cache() -> CacheFixture:
    return CacheFixture()


def test_a_known_key_is_fetched_once(cache: CacheFixture):
    keys = [cache.key() for _ in range(100)]

    assert keys[0].public_numbers() == cache.one.key.public_key().public_numbers()
    assert cache.fetches == 1


def test_aut_21_a_flood_of_unknown_kids_causes_one_fetch_per_hold_off(cache: CacheFixture):
    assert cache.is_known()

    for n in range(10_000):
        cache.clock.now += 0.01
        assert not cache.is_known(f"made-up-{n}")
        assert n % 100 or cache.is_known()

    assert cache.fetches <= 1 + 100 / HOLD_OFF
    assert cache.key(issuer=cache.other)


@pytest.mark.parametrize("seed", range(100))
def test_aut_22_a_new_key_is_accepted_within_one_hold_off_while_the_flood_goes_on(
    cache: CacheFixture, seed: int
):
    chance = random.Random(seed)  # noqa: S311  # a simulation
    cache.is_known()
    rotated_at = cache.clock.now + chance.uniform(0, 30)
    accepted_at = None

    while accepted_at is None:
        cache.clock.now += chance.uniform(0.001, 0.2)
        if cache.clock.now >= rotated_at:
            cache.publish(cache.one.jwk(), cache.one.jwk(kid="key-2"))
            accepted_at = cache.clock.now if cache.is_known("key-2") else None
        cache.is_known(f"made-up-{chance.random()}")

    assert accepted_at - rotated_at <= HOLD_OFF + 0.2


BAD_ANSWERS = {
    "down": None,
    "HTML": b"<html>",
    "truncated": b'{"keys": [',
    "bad UTF-8": b"\xff",
    "deep JSON": b"[" * 100_000,
    "no keys member": b"{}",
}


@pytest.mark.parametrize("bad", BAD_ANSWERS.values(), ids=[f"AUT-23 {name}" for name in BAD_ANSWERS])
def test_an_outage_of_an_hour_refuses_no_known_key_and_lets_in_no_unknown_one(
    cache: CacheFixture, bad: bytes | None
):
    cache.is_known()
    cache.clock.now += MAX_AGE - 1  # the worst moment for the outage to begin
    cache.answer(bad)
    fetched = cache.fetches

    for _ in range(3600):
        cache.clock.now += 1
        assert cache.is_known()
        assert not cache.is_known("made-up")

    assert 0 < cache.fetches - fetched <= 3600 / HOLD_OFF + 1


def test_aut_23_the_last_good_set_serves_for_an_hour_over_its_age_and_no_longer(cache: CacheFixture):
    cache.is_known()
    cache.answer(None)

    cache.clock.now += MAX_AGE + MAX_STALE - 1
    assert cache.is_known()

    cache.clock.now += 1
    with pytest.raises(KeysUnavailable):
        cache.key()


def test_aut_23_nothing_of_a_bad_answer_is_kept_and_the_next_good_one_counts(cache: CacheFixture):
    cache.is_known()
    cache.answer(b'{"keys": 1}')
    cache.clock.now += MAX_AGE
    assert cache.is_known()

    cache.publish(cache.one.jwk(kid="key-2"))
    cache.clock.now += HOLD_OFF

    assert cache.is_known("key-2")
    assert not cache.is_known("key-1")


def test_aut_26_a_withdrawn_key_is_dead_after_a_quarter_of_an_hour(cache: CacheFixture):
    cache.is_known()
    cache.publish(cache.one.jwk(kid="key-2"))

    cache.clock.now += 15 * 60

    assert not cache.is_known("key-1")


def test_aut_26_a_set_emptied_on_purpose_takes_every_key_back(cache: CacheFixture):
    cache.is_known()
    cache.publish()

    cache.clock.now += 15 * 60

    assert not cache.is_known("key-1")


def test_aut_06_without_any_set_the_failure_is_ours_and_soon_tried_again(cache: CacheFixture):
    cache.answer(None)
    for _ in range(10):
        with pytest.raises(KeysUnavailable):
            cache.key()
    assert cache.fetches == 1

    cache.publish(cache.one.jwk())
    cache.clock.now += EMPTY_HOLD_OFF

    assert cache.is_known()


def test_an_unforeseen_failure_while_fetching_is_not_hidden_and_blocks_nobody(cache: CacheFixture):
    def broken(url: str) -> bytes:
        raise RuntimeError("a bug")

    keys = KeySets(broken, cache.clock)

    for _ in range(2):
        with pytest.raises(RuntimeError):
            keys.key_for(cache.one.trusted, "key-1")
        cache.clock.now += EMPTY_HOLD_OFF


def test_a_clock_that_is_set_back_asks_anew_instead_of_believing_for_ever(cache: CacheFixture):
    cache.is_known()
    cache.clock.now -= 7200
    cache.publish(cache.one.jwk(kid="key-2"))

    assert not cache.is_known("key-1")
    assert cache.is_known("key-2")
