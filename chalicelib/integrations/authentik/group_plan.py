"""What has to be done about a tenant's group: the group itself, its members, and where it is let in. Pure."""

from __future__ import annotations

from chalicelib.domain.steps import Risk, Step
from chalicelib.domain.wanted import Person, Wanted
from chalicelib.integrations.authentik import obstacles
from chalicelib.integrations.authentik.accounts import Accounts, is_guests
from chalicelib.integrations.authentik.groups import Member, Team
from chalicelib.integrations.authentik.marks import STATUS, USER, group_attributes, group_name
from chalicelib.integrations.authentik.observed import Access


class GroupPlan:
    """
    team   the group, if it is there; never one that is not ours
    key    its key; empty for a group that is made in this run
    """

    def __init__(self, tenant: Wanted, accounts: Accounts, team: Team | None) -> None:
        self._tenant = tenant
        self._accounts = accounts
        self._team = team
        self.key = team.pk if team else ""

    @property
    def says_less(self) -> bool:
        """Does the group not say yet what became of the tenant? That is written when all are locked out."""
        return self._team is None or self._team.attributes.get(STATUS) != self._tenant.lifecycle

    def creation(self) -> tuple[Step, ...]:
        name = group_name(self._tenant)
        if self._team:
            return ()
        sentence = f"Create the group {name}"
        return (Step(action="create-group", sentence=sentence, target=name, makes="group"),)

    def change(self) -> tuple[Step, ...]:
        team, name = self._team, group_name(self._tenant)
        if team is None:
            return ()
        if not team.is_superuser and group_attributes(self._tenant, team.attributes) == team.attributes:
            return ()
        return (Step(action="change-group", sentence=f"Bring the group {name} up to date", target=name),)

    def additions(self) -> tuple[Step, ...]:
        """Of everybody who has an account; one that is made in this run is made as a member."""
        there = {each.pk for each in self._members()}
        holders = [(person, self._accounts.of(person)) for person in self._tenant.people]
        return tuple(
            self._step("add-member", user.username, user.pk)
            for person, user in holders
            if user and user.pk not in there and self._belongs(person)
        )

    def removals(self) -> tuple[Step, ...]:
        """Of guests who may not come in any more: membership is all that they have of this tenant."""
        guests = [each for each in self._tenant.people if not each.home and not self._belongs(each)]
        return tuple(
            self._step("remove-member", each.username, each.pk)
            for each in self._members()
            if any(is_guests(guest, each.attributes) for guest in guests)
        )

    def unknown(self) -> tuple[Step, ...]:
        """Removal of members who are nobody of the tenant. The group is ours, they are not touched."""
        people = self._tenant.people
        holders = {user.pk for person in people if (user := self._accounts.of(person))}
        names = {person.address for person in people if person.home}
        ids = {person.id for person in people}
        return tuple(
            self._step("remove-member", each.username, each.pk)
            for each in self._members()
            if each.pk not in holders
            and each.username not in names
            and str(each.attributes.get(USER)) not in ids
        )

    def waits(self) -> tuple[Step, ...]:
        """For guests who have no account yet."""
        members = self._members()
        return tuple(
            obstacles.no_account_yet(guest)
            for guest in self._tenant.people
            if not guest.home
            and self._belongs(guest)
            and self._accounts.of(guest) is None
            and not any(is_guests(guest, each.attributes) for each in members)
        )

    def members(self) -> frozenset[int]:
        return frozenset(each.pk for each in self._members())

    def _members(self) -> list[Member]:
        return self._team.users_obj if self._team else []

    def _belongs(self, person: Person) -> bool:
        """People at home are members also while locked out; guests have nothing else that could be taken."""
        return person.home or self._tenant.may_sign_in(person)

    def _step(self, action: str, name: str, pk: int) -> Step:
        is_removal = action == "remove-member"
        verb = "Take {} out of the group {}" if is_removal else "Put {} into the group {}"
        return Step(
            action=action,
            sentence=verb.format(name, group_name(self._tenant)),
            risk="disruptive" if is_removal else "safe",
            target=name,
            arguments={"pk": pk, "group": self.key},
        )


def access_steps(group: str, access: Access) -> tuple[Step, ...]:
    """Let the group into the application, exactly once."""
    if access.key is None:
        return ()
    ours = [each for each in access.bindings if group and each.group == group]
    right = [each for each in ours if each.lets_in][:1]
    wrong = [each for each in ours if each not in right]
    bind = () if right else (_bind(group, access),)
    return (*bind, *(unbind(access.slug, each.pk, "safe") for each in wrong))


def unbind(slug: str, pk: str, risk: Risk) -> Step:
    sentence = f"Remove a binding of the group to the application {slug}"
    return Step(action="unbind", sentence=sentence, risk=risk, target=slug, arguments={"binding": pk})


def _bind(group: str, access: Access) -> Step:
    is_open = not any(each.enabled for each in access.bindings)
    return Step(
        action="bind",
        sentence=f"Let the group into the application {access.slug}",
        risk="disruptive" if is_open else "safe",  # the first binding shuts all others out
        target=access.slug,
        arguments={"application": access.key, "group": group},
    )
