"""The people of a tenant, as operators manage them."""

from __future__ import annotations

import pytest

from chalicelib.domain.tenant import Tenant
from chalicelib.domain.user import User
from chalicelib.repositories.tenants import Tenants
from tests.builders import a_membership, an_active_tenant
from tests.http.portal.portal import Browser, Portal, location, text_of

USERS = "/operator/tenants/acme/users"


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return portal.as_(portal.api.operator())


@pytest.fixture
def acme(portal: Portal) -> Tenant:
    tenant = an_active_tenant()
    Tenants(portal.api.mongo).add(tenant)
    return tenant


@pytest.fixture
def owner(portal: Portal, acme: Tenant) -> User:
    return portal.api.customer("olga", name="Olga", memberships=(a_membership(acme, "owner"),)).user


@pytest.fixture
def ada(portal: Portal, acme: Tenant) -> User:
    return portal.api.customer("ada", name="Ada", memberships=(a_membership(acme),)).user


def membership(portal: Portal, user: User) -> dict[str, object]:
    return portal.api.document("users", _id=user.id)["memberships"][0]


def test_the_list_names_everybody_with_role_and_state(browser, owner, ada):
    text = text_of(browser.get("/tenants/acme/users"))

    assert "Ada ada@dezky-portal.test member active" in text
    assert "Olga olga@dezky-portal.test owner active" in text


def test_a_search_narrows_the_list_and_offers_the_whole_one(browser, owner, ada):
    found, nobody = (text_of(browser.get(f"/tenants/acme/users?q={q}")) for q in ("ada", "nobody"))

    assert ("Ada" in found, "Olga" in found) == (True, False)
    assert "Nobody is like that Show all users" in nobody


def test_an_empty_tenant_says_how_to_begin(browser, acme):
    assert "Invite its first owner" in text_of(browser.get("/tenants/acme/users"))


def test_someone_is_invited(portal, browser, acme):
    answer = browser.post("/tenants/acme/users", {"email": "new@acme.test", "name": "New", "role": "admin"})

    assert location(answer) == f"{USERS}?done=member-invited"
    assert "New new@acme.test admin invited" in text_of(browser.get("/tenants/acme/users"))


@pytest.mark.parametrize("form", [{"email": "nobody"}, {"email": "a@acme.test", "role": "king"}], ids=str)
def test_a_wrong_invitation_comes_back_into_its_dialog(portal, browser, acme, form):
    answer = browser.post("/tenants/acme/users", {"role": "member", "dialog": "invite"} | form)

    assert answer.status_code == 422
    assert f'value="{form["email"]}"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'aria-labelledby="invite-title" open' in answer.text


def test_who_is_here_already_cannot_be_invited(browser, owner):
    answer = browser.post("/tenants/acme/users", {"email": owner.email, "role": "member", "dialog": "invite"})

    assert (answer.status_code, "already exists" in text_of(answer)) == (409, True)


def test_a_role_is_changed(portal, browser, owner, ada):
    answer = browser.post("/tenants/acme/users/role", {"chosen": ada.id, "role": "admin"})

    assert location(answer) == f"{USERS}?done=member-changed"
    assert membership(portal, ada)["role"] == "admin"


def test_a_role_that_was_not_chosen_is_asked_for_again_with_whose_it_is(portal, browser, ada):
    answer = browser.post("/tenants/acme/users/role", {"chosen": ada.id, "role": "", "dialog": "change-role"})

    assert answer.status_code == 422
    assert "<strong data-chosen-text>ada@dezky-portal.test</strong>" in answer.text
    assert f'name="chosen" value="{ada.id}"' in answer.text
    assert membership(portal, ada)["role"] == "member"


def test_someone_is_deactivated_and_activated_again(portal, browser, owner, ada):
    browser.post("/tenants/acme/users/deactivate", {"chosen": ada.id})
    during, page = membership(portal, ada)["active"], text_of(browser.get("/tenants/acme/users"))
    browser.post("/tenants/acme/users/activate", {"chosen": ada.id})

    assert (during, membership(portal, ada)["active"]) == (False, True)
    assert "Ada ada@dezky-portal.test member deactivated" in page


def test_someone_is_removed(portal, browser, owner, ada):
    answer = browser.post("/tenants/acme/users/remove", {"chosen": ada.id})

    assert location(answer) == f"{USERS}?done=member-removed"
    assert "ada@" not in text_of(browser.get("/tenants/acme/users"))


@pytest.mark.parametrize(
    ("path", "dialog"), [("role", "change-role"), ("deactivate", "deactivate"), ("remove", "remove")]
)
def test_the_last_owner_stays_and_the_dialog_says_so(portal, browser, owner, path, dialog):
    form = {"chosen": owner.id, "role": "member", "dialog": dialog}

    answer = browser.post(f"/tenants/acme/users/{path}", form)

    assert (answer.status_code, "at least one owner" in text_of(answer)) == (409, True)
    assert f'aria-labelledby="{dialog}-title" open' in answer.text
    assert (membership(portal, owner)["role"], membership(portal, owner)["active"]) == ("owner", True)


@pytest.mark.parametrize("path", ["role", "deactivate", "activate", "remove"])
def test_someone_who_is_not_here_is_refused(browser, owner, path):
    answer = browser.post(f"/tenants/acme/users/{path}", {"chosen": "f" * 32, "role": "member"})

    assert (answer.status_code, "There is no such user" in text_of(answer)) == (404, True)


def test_a_member_of_another_tenant_is_not_reached_through_this_one(portal, browser, owner, acme):
    other = an_active_tenant(slug="other", domains=())
    Tenants(portal.api.mongo).add(other)
    eve = portal.api.customer("eve", memberships=(a_membership(other, "admin"),)).user

    answer = browser.post("/tenants/acme/users/remove", {"chosen": eve.id})

    assert answer.status_code == 404
    assert membership(portal, eve)["role"] == "admin"


def test_a_terminated_tenant_offers_no_change_of_its_people(portal, browser, owner):
    portal.api.delete("/tenants/acme", browser.person)

    text = text_of(browser.get("/tenants/acme/users"))

    assert "Olga" in text
    assert "Invite someone" not in text


def test_a_full_page_stays_small_and_leads_to_the_next(portal, browser, acme):
    for number in range(26):
        portal.api.customer(
            f"person-with-a-long-name-{number}",
            name=f"A rather long name of somebody {number}",
            memberships=(a_membership(acme),),
        )

    page = browser.get("/tenants/acme/users?sort=email&q=person")

    assert page.text.count('<th scope="row">') == 25
    assert "Next page" in page.text
    assert len(page.content) < 60_000
