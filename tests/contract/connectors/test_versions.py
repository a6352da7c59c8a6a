"""INT-26: the versions of the vendors that our calls were written for, as far as each tells its own."""

from __future__ import annotations

import pytest

from chalicelib.config import Settings
from chalicelib.domain.version import SUPPORTED, SeenVersion, SupportedVersions, told
from chalicelib.errors import CredentialsRefused, TryLater
from chalicelib.integrations.authentik import authentik_version
from chalicelib.integrations.ocis import ocis_version
from chalicelib.integrations.stalwart import stalwart_version
from chalicelib.reconcile.versions import AGAIN, EVERY, Versions
from tests.builders import NOON
from tests.contract.connectors import authentik_bench, ocis_bench, stalwart_bench
from tests.fakes import FakeClock

SETTINGS = {
    "authentik": {"authentik_token": authentik_bench.TOKEN},
    "stalwart": {"stalwart_api_key": stalwart_bench.KEY},
    "ocis": {"ocis_username": ocis_bench.USER, "ocis_app_token": ocis_bench.TOKEN},
}
SOURCES = {"authentik": authentik_version, "stalwart": stalwart_version, "ocis": ocis_version}
BENCHES = {
    "authentik": authentik_bench.an_authentik,
    "stalwart": stalwart_bench.a_stalwart,
    "ocis": ocis_bench.ocis_bench,
}


def a_source(name, url, **more):
    settings = {**SETTINGS[name], f"{name}_url": url, **more}
    return SOURCES[name](Settings(stage="local", **settings))


@pytest.mark.parametrize(
    ("name", "version"), [("authentik", "2026.5.6"), ("stalwart", "0.16"), ("ocis", "8.0.1")]
)
def test_int_26_the_contract_is_with_versions_that_are_supported(name, version):
    with BENCHES[name]() as bench:
        said = a_source(name, bench.url).version()

    assert said == version
    assert SUPPORTED[name].admits(said)


@pytest.mark.parametrize("name", BENCHES)
def test_int_26_who_does_not_say_is_no_other_version(name):
    with BENCHES[name]() as bench:
        bench.fault("html")

        with pytest.raises(TryLater):
            a_source(name, bench.url).version()


def test_an_authentik_that_refuses_our_token_says_nothing():
    with BENCHES["authentik"]() as bench, pytest.raises(CredentialsRefused):
        a_source("authentik", bench.url, authentik_token="wrong").version()


@pytest.mark.parametrize(
    ("version", "is_admitted"),
    [
        *(("2026.5", True), ("2026.5.6", True), ("2026.8.0-rc1", True), ("v2026.12.1", True)),
        *(("2026.2.9", False), ("2025.12", False), ("2027.0", False), ("2027.1.0", False), ("3000", False)),
        *(("", False), ("unknown", False), ("9" * 50, False), ("-1", False)),
    ],
)
def test_int_26_a_version_is_within_the_range_or_not(version, is_admitted):
    assert SupportedVersions("2026.5", "2027.0").admits(version) is is_admitted


def test_a_range_may_be_open():
    assert SUPPORTED["stalwart"].admits("0.17.3")
    assert not SUPPORTED["stalwart"].admits("before 0.16")
    assert str(SUPPORTED["stalwart"]) == "0.16 or later"


def test_int_16_what_a_vendor_calls_its_version_is_shown_as_plain_short_text():
    assert told("7.1\x1b[31m\u202e" + "x" * 100) == "7.1[31m" + "x" * 33


class Source:
    integration = "ocis"

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    def version(self):
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Store:
    def __init__(self):
        self.stored = []

    def put(self, seen):
        self.stored.append(seen)


def test_a_worker_asks_once_in_a_while():
    source, store, clock = Source("7.1.0", "7.2.0"), Store(), FakeClock()
    versions = Versions(source, store, clock)

    for _ in range(10):
        versions.look()
    clock.move(EVERY.total_seconds())
    versions.look()

    assert [each.version for each in store.stored] == ["7.1.0", "7.2.0"]
    assert store.stored[0] == SeenVersion(id="ocis", version="7.1.0", seen_at=NOON)


def test_int_26_an_unknown_version_stops_nothing_and_is_logged(caplog):
    source, store = Source("12.0.0"), Store()

    Versions(source, store, FakeClock()).look()

    assert not store.stored[0].is_supported
    (line,) = caplog.records
    assert (line.message, line.version, line.supported) == (
        "version not supported",
        "12.0.0",
        "7.0 up to, but without, 9.0",
    )


@pytest.mark.parametrize("failure", [TryLater("no-answer", "away"), ZeroDivisionError()])
def test_a_vendor_that_is_away_is_asked_again_soon_and_breaks_nothing(failure):
    source, store, clock = Source(failure, "7.1.0"), Store(), FakeClock()
    versions = Versions(source, store, clock)

    versions.look()
    versions.look()
    clock.move(AGAIN.total_seconds())
    versions.look()

    assert (source.asked, len(store.stored)) == (2, 1)
