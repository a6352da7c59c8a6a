"""What a look at Stalwart shows, and what is to be done about it."""

import pytest

from chalicelib.errors import NeedsPerson
from chalicelib.integrations.stalwart.comparison import Observed
from chalicelib.integrations.stalwart.connector import StalwartConnector
from chalicelib.integrations.stalwart.mailboxes import GIB, OPEN, permissions
from chalicelib.integrations.stalwart.objects import Account, Domain
from tests.builders import a_person

ACME = Domain.model_validate(
    {"id": "b", "name": "acme.test", "description": "dezky:acme", "dkimManagement": {"@type": "Automatic"}}
)
OLD = Domain(id="c", name="old.test", description="dezky:acme")
ADA = a_person("ada@acme.test", name="Ada")


def an_account(name="ada", denied=OPEN, **more):
    fields = {"@type": "User", "id": name, "name": name, "domainId": "b", "description": name.title()}
    fields |= {"roles": {"@type": "User"}, "permissions": permissions(denied)}
    return Account.model_validate({**fields, "quotas": {"maxDiskQuota": 5 * GIB}, **more})


def a_group(name="info", denied=OPEN, **more):
    return an_account(name, denied, **{"@type": "Group", "roles": {"@type": "Default"}, **more})


def seen(*accounts, ours=(ACME,), taken=()):
    return Observed(tuple(ours), tuple(taken), accounts)


def diff(tenant, observed):
    return StalwartConnector(None).diff(tenant, observed)


def actions(tenant, observed):
    return [step.action for step in diff(tenant, observed)]


def patches(tenant, *accounts, **more):
    """What each account is changed to, in the order of the steps."""
    steps = diff(tenant, seen(*accounts, **more))
    return {key: patch for step in steps for key, patch in step.arguments.get("patches", {}).items()}


def trouble(tenant, observed):
    with pytest.raises(NeedsPerson) as caught:
        diff(tenant, observed)
    return caught.value.code
