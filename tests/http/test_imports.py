"""Many people at once over HTTP: what would be done, what is done, and what is wrong with which row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.tenant import Allowance
from chalicelib.errors import AlreadyExists
from chalicelib.repositories.tenants import Tenants
from chalicelib.repositories.users import Users
from chalicelib.services import imports
from tests.builders import a_membership, a_user, an_active_tenant
from tests.http.api import Api, Person

PATH = "/tenants/acme/users/import"
SEATS = 250


@pytest.fixture
def acme(api: Api):
    acme = an_active_tenant(allowance=Allowance(seats=SEATS, files=1, mailbox=1))
    Tenants(api.mongo).add(acme)
    return acme


@pytest.fixture
def owner(api: Api, acme) -> Person:
    return api.customer("owner-1", email="owner@acme.test", memberships=(a_membership(acme, "owner"),))


def two_hundred_rows_with_three_bad_ones() -> str:
    rows = [f"p{n:03}@acme.test,Person {n},member" for n in range(200)]
    rows[10], rows[99], rows[150] = "no address,X,member", "p099@acme.test,=1+1,member", rows[3]
    return "\n".join(["email,name,role", *rows])


def outcomes(answer) -> dict[str, str]:
    return {each["email"]: each["outcome"] for each in answer.json()["rows"]}


def addresses(api: Api) -> set[str]:
    return {each["email"] for each in api.documents("users")}


def test_a_dry_run_says_row_by_row_what_would_be_and_does_nothing(api, owner):
    api.get("/me", owner)
    before = {name: api.documents(name) for name in ("users", "tenants", "auditEvents")}

    answer = api.post(PATH, owner, {"csv": two_hundred_rows_with_three_bad_ones(), "dryRun": True})

    assert answer.status_code == 200
    assert answer.json()["counts"] == {"invite": 197, "invited": 0, "member": 0, "wrong": 3, "waiting": 0}
    wrong = {each["line"]: each["reason"] for each in answer.json()["rows"] if each["outcome"] == "wrong"}
    assert wrong == {
        12: "email: must be an e-mail address",
        101: "name: must not begin with = + - @",
        152: "is named in line 5 already",
    }
    assert {name: api.documents(name) for name in before} == before


def test_two_hundred_rows_with_three_bad_ones_invite_the_others_once(api, owner, monkeypatch):
    monkeypatch.setattr(imports, "PATIENCE", timedelta(minutes=1))
    file = {"csv": two_hundred_rows_with_three_bad_ones()}

    first, again = api.post(PATH, owner, file), api.post(PATH, owner, file)

    assert first.json()["counts"] == {"invite": 0, "invited": 197, "member": 0, "wrong": 3, "waiting": 0}
    assert again.json()["counts"] == {"invite": 0, "invited": 0, "member": 197, "wrong": 3, "waiting": 0}
    assert len(addresses(api)) == 198
    invited = [each for each in api.documents("auditEvents") if each["action"] == "member.invite"]
    assert len(invited) == 197
    hints = [each for each in api.queue.hints if each[2] == "member.import"]
    assert len(hints) == 3 * 8  # one for each portion and integration, none for each person


def test_what_time_does_not_allow_waits_and_is_done_when_it_is_sent_again(api, owner, monkeypatch):
    monkeypatch.setattr(imports, "PATIENCE", timedelta(0))
    file = {"csv": "\n".join(f"p{n:03}@acme.test" for n in range(60))}

    counts = [api.post(PATH, owner, file).json()["counts"] for _ in range(3)]

    assert [(each["invited"], each["member"], each["waiting"]) for each in counts] == [
        (25, 0, 35),
        (25, 25, 10),
        (10, 50, 0),
    ]


def test_the_seats_of_the_subscription_are_kept(api, acme, owner):
    Tenants(api.mongo).save(acme.with_(version=2, allowance=Allowance(seats=3, files=1, mailbox=1)), acme)
    file = {"csv": "a@acme.test\nowner@acme.test\nb@acme.test\nc@acme.test"}

    preview, applied = api.post(PATH, owner, file | {"dryRun": True}), api.post(PATH, owner, file)

    assert list(outcomes(preview).values()) == ["invite", "member", "invite", "wrong"]
    assert list(outcomes(applied).values()) == ["invited", "member", "invited", "wrong"]
    assert "seat" in applied.json()["rows"][3]["reason"]
    assert addresses(api) == {"owner@acme.test", "a@acme.test", "b@acme.test"}


def test_azt_24_no_row_gives_a_role_above_the_callers_own(api, acme, owner):
    admin = api.customer("admin-1", email="admin@acme.test", memberships=(a_membership(acme, "admin"),))

    answer = api.post(PATH, admin, {"csv": "a@acme.test,,owner\nb@acme.test,,admin\nowner@acme.test,,admin"})

    assert list(outcomes(answer).values()) == ["wrong", "invited", "member"]
    assert answer.json()["rows"][0]["reason"] == "role: Only an owner can do this"
    assert api.document("users", email="owner@acme.test")["memberships"][0]["role"] == "owner"


def test_azt_20_somebody_of_another_tenant_is_told_from_nobody(api, owner):
    other = an_active_tenant(slug="other", domains=("other.test",))
    Tenants(api.mongo).add(other)
    api.customer("known", email="known@other.test", memberships=(a_membership(other),))

    for dry_run in (True, False):
        rows = api.post(PATH, owner, {"csv": "known@other.test\nnew@other.test", "dryRun": dry_run}).json()[
            "rows"
        ]
        known, new = ({name: each[name] for name in ("name", "role", "outcome", "reason")} for each in rows)
        assert known == new


def test_a_file_that_cannot_be_read_is_refused_as_a_whole(api, owner):
    answer = api.post(PATH, owner, {"csv": 'a@acme.test,"A'})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "csv", "message": "Value error, Line 1 is not CSV: look at its quotation marks"}
    ]


@pytest.mark.parametrize(("role", "status"), [("member", 403), (None, 404)])
def test_others_import_nobody(api, acme, owner, role, status):
    person = api.customer("somebody", memberships=(a_membership(acme, role),) if role else ())
    before = addresses(api)

    answers = [api.post(PATH, person, {"csv": "a@acme.test", "dryRun": each}) for each in (True, False)]

    assert [each.status_code for each in answers] == [status, status]
    assert addresses(api) == before


def test_a_suspended_tenant_is_not_its_admins_to_change(api, acme, owner):
    Tenants(api.mongo).save(acme.with_(version=2, lifecycle="suspended"), acme)

    assert api.post(PATH, owner, {"csv": "a@acme.test"}).status_code == 403


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_terminated_tenant_takes_nobody_in(api, acme, dry_run):
    operator = api.operator()
    api.delete("/tenants/acme", operator)

    answer = api.post(PATH, operator, {"csv": "a@acme.test", "dryRun": dry_run})

    assert (answer.status_code, answer.json()["code"]) == (409, "impossible-move")


def test_an_address_that_another_tenant_invites_at_the_same_moment_makes_no_half_portion(api, acme):
    users = Users(api.mongo)
    taken, new = a_user(email="a@acme.test"), a_user(email="b@acme.test", subject="b")
    users.add(taken)

    with pytest.raises(AlreadyExists):
        api.mongo.run(lambda: users.add_all([new, a_user(email="a@acme.test", subject="c")]))

    assert users.find(new.id) is None
