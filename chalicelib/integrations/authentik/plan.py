"""All that has to be done for a tenant, in order: locking out first, what may fail last. Pure."""

from __future__ import annotations

from chalicelib.domain.steps import Step
from chalicelib.domain.wanted import Wanted
from chalicelib.integrations.authentik import obstacles
from chalicelib.integrations.authentik.accounts import Accounts
from chalicelib.integrations.authentik.accounts_plan import AccountsPlan, end_sessions
from chalicelib.integrations.authentik.group_plan import GroupPlan, access_steps, unbind
from chalicelib.integrations.authentik.groups import Team
from chalicelib.integrations.authentik.marks import group_name, is_marked
from chalicelib.integrations.authentik.observed import Access, Observed

MOST_REMOVALS = 5  # in one run, of people whom nobody asked to remove …
MOST_REMOVED_SHARE = 0.2  # … or this share of all accounts, if that is more

Steps = tuple[Step, ...]


def life_steps(tenant: Wanted, seen: Observed) -> Steps:
    """For a tenant that is active, suspended or terminated: every object is there, whoever may use it."""
    return _Life(tenant, seen).steps()


def purge_steps(tenant: Wanted, seen: Observed) -> Steps:
    """For a tenant that is to be gone: users, then bindings, the group last. What is not ours stays."""
    users = tuple(_delete_user(each.username, each.pk) for each in Accounts(tenant, seen.users).ours)
    if seen.team is None or not is_marked(tenant, seen.team.attributes):
        return users
    group = seen.team
    opened = [each for each in seen.access if _is_last(group, each)]
    if opened:
        return (*users, *(obstacles.last_binding(each.slug) for each in opened))
    bindings = [
        unbind(access.slug, each.pk, "destructive")
        for access in seen.access
        for each in access.bindings
        if each.group == group.pk
    ]
    return (*users, *bindings, _delete_group(group))


class _Life:
    def __init__(self, tenant: Wanted, seen: Observed) -> None:
        self._tenant = tenant
        self._seen = seen
        self._is_foreign = seen.team is not None and not is_marked(tenant, seen.team.attributes)
        accounts = Accounts(tenant, seen.users)
        self._group = GroupPlan(tenant, accounts, None if self._is_foreign else seen.team)
        self._accounts = AccountsPlan(tenant, accounts, self._group.key)

    def steps(self) -> Steps:
        locked = self._accounts.lock_outs()
        if self._is_foreign:
            name = group_name(self._tenant)
            return (*locked, *end_sessions(_keys(locked)), obstacles.foreign_group(name))
        removed, guard = self._guarded()
        return (
            *self._group.creation(),
            *locked,
            *removed,
            *self._group.removals(),
            *end_sessions(self._ended((*locked, *removed))),
            *self._group.change(),
            *(step for each in self._seen.access for step in access_steps(self._group.key, each)),
            *self._accounts.changes(),
            *self._group.additions(),
            *self._accounts.creations(),
            *self._accounts.conflicts(),
            *guard,
            *(obstacles.no_application(each.slug) for each in self._seen.access if each.key is None),
            *self._group.waits(),
        )

    def _guarded(self) -> tuple[Steps, Steps]:
        """What becomes of those whom nobody knows: the steps, or else the guard that holds them back."""
        if self._tenant.lifecycle != "active":
            return self._group.unknown(), ()  # nobody may sign in anyway, so nobody can lose by it
        steps = (*self._accounts.stray_lock_outs(), *self._group.unknown())
        count = len(_keys(steps))
        everybody = {*self._accounts.everybody(), *self._group.members()}
        is_many = count > max(MOST_REMOVALS, MOST_REMOVED_SHARE * len(everybody))
        if is_many and not self._tenant.may_remove_many:
            return (), (obstacles.too_many(count),)
        return steps, ()

    def _ended(self, locked: Steps) -> tuple[int, ...]:
        """Until the group says that the tenant is locked, a run may have died between locking and this."""
        if self._tenant.lifecycle != "active" and self._group.says_less:
            return self._accounts.everybody()
        return tuple(sorted(_keys(tuple(step for step in locked if step.action == "lock-out"))))


def _keys(steps: Steps) -> frozenset[int]:
    return frozenset(step.arguments["pk"] for step in steps)


def _is_last(group: Team, access: Access) -> bool:
    """Would the application be open to everybody without this group?"""
    enabled = [each for each in access.bindings if each.enabled]
    return bool(enabled) and all(each.group == group.pk for each in enabled)


def _delete_user(name: str, pk: int) -> Step:
    sentence = f"Delete the account {name}"
    return Step(
        action="delete-user", sentence=sentence, risk="destructive", target=name, arguments={"pk": pk}
    )


def _delete_group(group: Team) -> Step:
    return Step(
        action="delete-group",
        sentence=f"Delete the group {group.name}",
        risk="destructive",
        target=group.name,
        arguments={"group": group.pk},
    )
