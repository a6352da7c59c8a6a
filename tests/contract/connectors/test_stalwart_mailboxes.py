import pytest

from chalicelib.domain.tenant import Allowance
from chalicelib.errors import NeedsPerson
from chalicelib.integrations.stalwart.mailboxes import GIB
from tests.builders import a_person, a_wanted
from tests.contract.connectors.stalwart_bench import (
    EVERYTHING,
    a_domain,
    a_mailbox,
    a_stalwart,
    change,
    everything,
    known,
    mailboxes,
    many_mailboxes,
    may,
    objects,
    people,
    sabotage,
)

ADA = a_person("ada@acme.test", name="Ada")


@pytest.fixture
def bench():
    with a_stalwart() as bench:
        yield bench


def test_each_person_gets_a_mailbox_and_may_use_it(bench):
    bench.reconcile(a_wanted(ADA, plan="business"))

    (account,) = objects(bench, "Account").values()
    assert (account["@type"], account["name"], account["description"]) == ("User", "ada", "Ada")
    assert account["quotas"] == {"maxDiskQuota": 50 * GIB}
    assert account["roles"] == {"@type": "User"}
    assert may(bench, "ada@acme.test") == EVERYTHING


@pytest.mark.parametrize(("plan", "size"), [("starter", 5), ("business", 50), ("enterprise", 100)])
def test_a_change_of_plan_changes_the_quota_only(bench, plan, size):
    bench.reconcile(a_wanted(ADA))
    change(bench, "ada@acme.test", **{"quotas/maxEmails": 7})

    bench.reconcile(a_wanted(ADA, plan=plan))

    assert mailboxes(bench)["ada@acme.test"]["quotas"] == {"maxEmails": 7, "maxDiskQuota": size * GIB}


def test_what_was_agreed_wins_over_what_the_plan_includes_today(bench):
    agreed = Allowance(seats=5, files=1, mailbox=60 * GIB)
    bench.reconcile(a_wanted(ADA, plan="business", allowance=agreed))

    assert mailboxes(bench)["ada@acme.test"]["quotas"] == {"maxDiskQuota": 60 * GIB}


def test_a_new_name_is_shown_without_a_new_mailbox(bench):
    bench.reconcile(a_wanted(ADA))
    before = set(objects(bench, "Account"))

    bench.reconcile(a_wanted(ADA.with_(name="Ada Lovelace")))

    assert set(objects(bench, "Account")) == before
    assert mailboxes(bench)["ada@acme.test"]["description"] == "Ada Lovelace"


@pytest.mark.parametrize("number", [0, 1, 21, 101, 501])
def test_the_second_look_sends_no_write_however_many_people_there_are(bench, number):
    tenant = a_wanted(*people(number))
    ids = bench.reconcile(tenant)
    assert len(objects(bench, "Account")) == number
    bench.forget()

    bench.reconcile(known(tenant, ids))

    assert bench.writes() == []
    assert len(bench.reads()) == (1 if number < 500 else 2)


def test_many_people_cost_few_requests(bench):
    bench.reconcile(a_wanted())
    bench.forget()

    bench.reconcile(a_wanted(*people(101)))

    assert (len(bench.writes()), len(bench.reads())) == (1, 5)


def test_int_25_the_same_local_part_in_two_tenants_is_two_mailboxes(bench):
    bench.reconcile(a_wanted(ADA))
    bench.reconcile(a_wanted(a_person("ada@acme-2.test"), slug="acme-2", domains=("acme-2.test",)))

    bench.reconcile(a_wanted(ADA, lifecycle="suspended"))

    assert may(bench, "ada@acme.test") == {"emailReceive"}
    assert may(bench, "ada@acme-2.test") == EVERYTHING


def test_a_person_elsewhere_or_a_guest_gets_no_mailbox(bench):
    bench.reconcile(a_wanted(a_person("eve@elsewhere.test"), a_person("bo@acme.test", home=False)))

    assert mailboxes(bench) == {}


def test_a_guest_s_mailbox_elsewhere_is_never_touched(bench):
    bench.reconcile(a_wanted(a_person("bo@beta.test"), slug="beta", domains=("beta.test",)))
    guest = a_person("bo@beta.test", name="Robert", home=False, active=False)
    before = mailboxes(bench)["bo@beta.test"]

    for lifecycle in ("active", "suspended", "terminated"):
        bench.reconcile(a_wanted(guest, lifecycle=lifecycle))

    assert mailboxes(bench)["bo@beta.test"] == before


def test_int_03_a_mailbox_made_by_hand_for_a_person_of_ours_is_adopted(bench):
    bench.reconcile(a_wanted())
    identity = a_mailbox(bench, "ada@acme.test", aliases={}, roles={"@type": "Admin"})

    bench.reconcile(a_wanted(ADA))

    (adopted,) = objects(bench, "Account").items()
    assert adopted[0] == identity
    assert (adopted[1]["description"], adopted[1]["roles"]) == ("Ada", {"@type": "User"})


@pytest.mark.parametrize(
    "drift",
    [
        {"roles": {"@type": "Admin"}},
        {"description": "Eve"},
        {"quotas": {"maxDiskQuota": 900 * GIB}},
        {"permissions": {"@type": "Merge", "disabledPermissions": {"authenticate": True}}},
        {"permissions": {"@type": "Merge", "enabledPermissions": {"impersonate": True}}},
        {"permissions": {"@type": "Replace", "enabledPermissions": {"impersonate": True}}},
    ],
)
def test_int_17_what_was_changed_by_hand_is_put_right_with_one_write(bench, drift):
    bench.reconcile(a_wanted(ADA))
    before = everything(bench)
    change(bench, "ada@acme.test", **drift)
    bench.forget()

    bench.reconcile(a_wanted(ADA))

    assert everything(bench)["Account"] == before["Account"]
    assert len(bench.writes()) == 1


def test_int_18_a_mailbox_removed_by_hand_comes_back(bench):
    bench.reconcile(a_wanted(ADA))
    sabotage(bench, "delete", "Account", name="ada")

    bench.reconcile(a_wanted(ADA))

    assert set(mailboxes(bench)) == {"ada@acme.test"}


def test_second_addresses_and_groups_are_left_to_people(bench):
    bench.reconcile(a_wanted(ADA))
    team = a_mailbox(bench, "team@acme.test", kind="Group")
    domain = mailboxes(bench)["ada@acme.test"]["domainId"]
    alias = {"name": "countess", "domainId": domain, "enabled": True}
    change(bench, "ada@acme.test", aliases={"0": alias}, memberGroupIds={team: True})
    before = everything(bench)
    bench.forget()

    bench.reconcile(a_wanted(ADA))

    assert (bench.writes(), everything(bench)["Account"]) == ([], before["Account"])


def refused(bench, tenant):
    with pytest.raises(NeedsPerson) as caught:
        bench.reconcile(tenant)
    return caught.value.code


def test_a_group_of_a_person_s_address_is_never_touched(bench):
    bench.reconcile(a_wanted())
    a_mailbox(bench, "ada@acme.test", kind="Group", description="The Adas")
    before = everything(bench)["Account"]
    bench.forget()

    assert refused(bench, a_wanted(ADA)) == "name-conflict"
    assert (bench.writes(), everything(bench)["Account"]) == ([], before)


def test_an_alias_of_a_person_s_address_is_never_touched(bench):
    bench.reconcile(a_wanted(a_person("bo@acme.test", name="Bo")))
    domain = mailboxes(bench)["bo@acme.test"]["domainId"]
    change(bench, "bo@acme.test", aliases={"0": {"name": "ada", "domainId": domain, "enabled": True}})
    before = everything(bench)["Account"]
    bench.forget()

    assert refused(bench, a_wanted(ADA, a_person("bo@acme.test", name="Bo"))) == "name-conflict"
    assert (bench.writes(), everything(bench)["Account"]) == ([], before)


def test_an_alias_of_somebody_elsewhere_is_a_conflict_that_holds_up_no_one_else(bench):
    bench.reconcile(a_wanted())
    alias = {"name": "ada", "domainId": next(iter(objects(bench))), "enabled": True}
    a_domain(bench, "other.test", None)
    a_mailbox(bench, "eve@other.test", aliases={"0": alias})

    assert refused(bench, a_wanted(ADA, a_person("bo@acme.test"))) == "name-conflict"
    assert set(mailboxes(bench)) == {"eve@other.test", "bo@acme.test"}


@pytest.mark.parametrize("is_known", [True, False])
def test_a_mailbox_on_a_domain_that_lost_its_marker_is_never_touched(bench, is_known):
    ids = bench.reconcile(a_wanted(ADA))
    sabotage(bench, "remove-marker", "Domain", name="acme.test")
    before = everything(bench)["Account"]
    bench.forget()

    suspended = known(a_wanted(ADA, lifecycle="suspended"), ids if is_known else {})

    assert refused(bench, suspended) == "name-conflict"
    assert (bench.writes(), everything(bench)["Account"]) == ([], before)


def test_all_mailboxes_are_seen_when_there_are_more_than_a_page(bench):
    bench.reconcile(a_wanted())
    (domain,) = objects(bench)
    many_mailboxes(bench, [f"x{each}" for each in range(500)], domain)
    many_mailboxes(bench, [f"y{each}" for each in range(3)], domain)

    assert len(bench.connector.observe(a_wanted()).accounts) == 503
