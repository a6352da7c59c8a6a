"""Sealing: what goes in comes out, for the same surface and purpose, under a key of the ring."""

from __future__ import annotations

import base64
import os

import pytest

from chalicelib.auth.sealing import LONGEST, KeyRing
from chalicelib.domain.secret import PlainSecret
from chalicelib.errors import Misconfigured


def a_key(name: str = "k1") -> str:
    return f"{name}:{base64.urlsafe_b64encode(os.urandom(32)).rstrip(b'=').decode()}"


class ChangingSecret(PlainSecret):
    def turn_into(self, value: str) -> None:
        self._value = value


@pytest.mark.parametrize("plain", [b"", b"x", b"\0" * 32, os.urandom(5_000)])
def test_what_is_sealed_opens_again(plain):
    ring = KeyRing("operator", a_key())

    assert ring.open("session", ring.seal("session", plain)) == plain


def test_two_seals_of_one_text_differ():
    ring = KeyRing("operator", a_key())

    assert ring.seal("session", b"x") != ring.seal("session", b"x")


def test_a_seal_is_fit_for_a_cookie():
    sealed = KeyRing("operator", a_key()).seal("session", os.urandom(100))

    assert sealed.replace("-", "").replace("_", "").replace(".", "", 1).isalnum()


def test_the_first_key_seals_and_all_keys_open():
    old, new = a_key("k1"), a_key("k2")
    before, during, after = (KeyRing("operator", keys) for keys in (old, f"{new},{old}", new))
    sealed = before.seal("session", b"x")

    assert during.open("session", sealed) == b"x"
    assert not during.is_current(sealed)
    assert during.is_current(during.seal("session", b"x"))
    assert after.open("session", during.seal("session", b"x")) == b"x"
    assert after.open("session", sealed) is None


def test_a_key_that_was_put_under_another_name_does_not_open():
    key = a_key("k1").partition(":")[2]
    sealed = KeyRing("operator", f"k1:{key}").seal("session", b"x")

    assert KeyRing("operator", f"k2:{key}").open("session", sealed.replace("k1.", "k2.")) is None


def test_another_purpose_surface_or_key_opens_nothing():
    key = a_key()
    sealed = KeyRing("operator", key).seal("session", b"x")

    assert KeyRing("operator", key).open("sign-in", sealed) is None
    assert KeyRing("customer", key).open("session", sealed) is None
    assert KeyRing("operator", a_key()).open("session", sealed) is None


def test_parts_of_the_context_cannot_flow_into_each_other():
    key = a_key()
    sealed = KeyRing("a", key).seal("b\0c", b"x")

    assert KeyRing("a\0b", key).open("c", sealed) is None or KeyRing("a", key).open("b\0c", sealed) == b"x"


@pytest.mark.parametrize(
    "odd", ["", ".", "k1.", ".A", "k1.A", "k1.====", "k1.é", "k1." + "A" * LONGEST, "k1.A.B", "\0"]
)
def test_what_is_no_seal_opens_as_nothing(odd):
    assert KeyRing("operator", a_key()).open("session", odd) is None


def test_there_is_one_way_to_write_a_seal():
    ring = KeyRing("operator", a_key())
    sealed = ring.seal("session", b"12")  # 30 bytes, so no stray bits; the next has some
    stray = ring.seal("session", b"1")

    for changed in (sealed + "=", sealed + "\n", " " + sealed, stray[:-1] + chr(ord(stray[-1]) + 1)):
        assert ring.open("session", changed) is None


@pytest.mark.parametrize(
    "keys",
    [
        "",
        "k1",
        "k1:",
        "k1:short",
        "K1:" + "A" * 43,
        "k1:" + "A" * 44,
        "k1:" + "A" * 42 + "B",
        "k1:" + "é" * 43,
        ",",
    ],
)
def test_keys_that_make_no_sense_are_refused(keys):
    with pytest.raises(Misconfigured, match="OPERATOR_SESSION_KEYS"):
        KeyRing("operator", keys, "OPERATOR_SESSION_KEYS").check()


def test_one_name_or_one_key_twice_is_refused():
    one, key = a_key(), "A" * 43

    for keys in (f"{one},{one}", f"k1:{key},k2:{key}", f"{one},{a_key('k1')}"):
        with pytest.raises(Misconfigured) as refused:
            KeyRing("operator", keys).check()
        assert key not in str(refused.value)


def test_a_rotated_secret_takes_effect_without_a_new_container():
    old, new = a_key("k1"), a_key("k2")
    secret = ChangingSecret(old)
    ring = KeyRing("operator", secret)
    sealed = ring.seal("session", b"x")

    secret.turn_into(f"{new},{old}")

    assert ring.open("session", sealed) == b"x"
    assert ring.seal("session", b"x").startswith("k2.")
