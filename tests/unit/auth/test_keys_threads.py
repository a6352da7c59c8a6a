"""The key cache under threads: one fetch for all who wait, and nobody waits for another issuer."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from chalicelib.auth.keys import KeySets
from chalicelib.errors import KeysUnavailable
from tests.security.tokens.caching import CacheFixture


def test_aut_27_a_hundred_cold_verifications_at_once_cause_one_fetch():
    cache, start = CacheFixture(), threading.Barrier(100)

    def verify(_: int) -> object:
        start.wait(timeout=10)
        return cache.key()

    with ThreadPoolExecutor(100) as threads:
        keys = list(threads.map(verify, range(100)))

    assert len({id(key) for key in keys}) == 1
    assert cache.fetches == 1


def test_aut_27_those_who_waited_for_a_failed_fetch_do_not_repeat_it():
    fixture, waiting, fetches = CacheFixture(), threading.Event(), []

    def slow_failure(url: str) -> bytes:
        fetches.append(url)
        waiting.wait(timeout=10)
        fixture.clock.now += 3  # longer than the pause between two looks
        raise KeysUnavailable("timeout")

    keys = KeySets(slow_failure, fixture.clock)
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(keys.key_for, fixture.one.trusted, "key-1") for _ in range(8)]
        _until_all_but_one_wait(len(asked))
        waiting.set()
        failures = [one.exception(timeout=10) for one in asked]

    assert all(isinstance(failure, KeysUnavailable) for failure in failures)
    assert len(fetches) == 1


def _until_all_but_one_wait(threads: int) -> None:
    """Poll until all but the fetching thread stand before the lock, as far as can be seen from outside."""
    for _ in range(1000):
        frames = sys._current_frames().values()
        standing = [f for f in frames if f.f_code.co_name == "_look_again"]
        if len(standing) == threads - 1:
            return
        threading.Event().wait(0.005)
    raise AssertionError("the threads never came to wait")


def test_aut_27_an_issuer_that_hangs_does_not_hold_up_another():
    fixture, hung, released = CacheFixture(), threading.Event(), threading.Event()

    def fetch(url: str) -> bytes:
        if url == fixture.one.trusted.key_set_url:
            hung.set()
            released.wait(timeout=10)
        return fixture.issuers.fetch(url)

    keys = KeySets(fetch, fixture.clock)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(keys.key_for, fixture.one.trusted, "key-1")
        hung.wait(timeout=10)
        key = keys.key_for(fixture.other.trusted, "key-1")
        was_still_hanging = not slow.done()
        released.set()

    assert key
    assert was_still_hanging
    assert slow.result(timeout=10)
