"""Invitation links against the emulator: for accounts that are ours, and for no others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from chalicelib.errors import Unavailable
from chalicelib.integrations.authentik.client import Authentik, endpoint
from chalicelib.integrations.authentik.invitations import AuthentikInvitations
from chalicelib.integrations.calls import Patience
from chalicelib.integrations.downstream import Api
from tests.builders import a_person, a_wanted
from tests.contract.connectors.authentik_bench import TOKEN, USERS, AuthentikBench, an_authentik

ADA = a_person("ada@acme.test")


@pytest.fixture
def bench() -> Iterator[AuthentikBench]:
    with an_authentik() as bench:
        yield bench


def links(bench: AuthentikBench, token: str = TOKEN) -> AuthentikInvitations:
    api = Api(endpoint(bench.url, token), Patience(connect=1, read=2, total=4), sleep=lambda _: None)
    return AuthentikInvitations(Authentik(api).users)


def test_the_link_leads_to_the_page_where_a_password_is_set(bench):
    bench.reconcile(a_wanted(ADA))

    link = links(bench).link(ADA.id, ADA.address)

    assert requests.get(str(link), timeout=5).status_code == 200


def test_each_link_is_another_one(bench):
    bench.reconcile(a_wanted(ADA))

    assert links(bench).link(ADA.id, ADA.address) != links(bench).link(ADA.id, ADA.address)


def test_an_account_that_is_not_there_yet_has_none(bench):
    assert links(bench).link(ADA.id, ADA.address) is None


def test_an_account_of_that_name_that_is_not_ours_is_never_opened(bench):
    bench.made(USERS, username=ADA.address, name="Somebody else", path="users")
    bench.forget()

    assert links(bench).link(ADA.id, ADA.address) is None
    assert bench.writes() == []


def test_an_account_that_was_made_for_another_person_is_never_opened(bench):
    bench.reconcile(a_wanted(ADA))
    bench.forget()

    assert links(bench).link("another-id", ADA.address) is None
    assert bench.writes() == []


def test_a_locked_account_has_none(bench):
    bench.reconcile(a_wanted(ADA, lifecycle="suspended"))

    assert links(bench).link(ADA.id, ADA.address) is None


@pytest.mark.parametrize("fault", ["down", "503", "html"])
def test_a_vendor_in_trouble_is_said_to_be_away(bench, fault):
    bench.reconcile(a_wanted(ADA))
    bench.fault(fault)

    with pytest.raises(Unavailable):
        links(bench).link(ADA.id, ADA.address)


def test_refused_credentials_are_not_shown_to_the_caller(bench):
    with pytest.raises(Unavailable, match="credentials"):
        links(bench, "another-token").link(ADA.id, ADA.address)
