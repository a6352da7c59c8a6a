"""Whose a user or a group is. oCIS keeps no marker on either, so their names have to tell."""

from __future__ import annotations

import re

from chalicelib.domain.wanted import Person, Wanted
from chalicelib.integrations.ocis.users import User

PREFIX = "dezky-t-"  # of groups: reserved for us
# What oCIS takes for a user name, GRAPH_USERNAME_MATCH=default: ASCII, and no digit at the beginning.
USER_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]*@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*")


def group_name(slug: str) -> str:
    return PREFIX + slug


def people_by_name(tenant: Wanted) -> dict[str, Person]:
    """The people that oCIS can name, by user name. Of two with one address the one at home here counts."""
    ranked = sorted(tenant.people, key=lambda each: (each.home, each.active))
    return {each.address: each for each in ranked if USER_NAME.fullmatch(each.address)}


def nameless(tenant: Wanted) -> list[str]:
    """Addresses of people at home here that cannot be the name of a user."""
    return [each.address for each in tenant.people if each.home and not USER_NAME.fullmatch(each.address)]


def is_elsewhere(tenant: Wanted, user: User) -> bool:
    """Does another tenant count on this user?"""
    own = group_name(tenant.slug)
    names = [each.name.lower() for each in user.groups or ()]
    return any(name.startswith(PREFIX) and name != own for name in names)


def was_ours(tenant: Wanted, user: User, known: frozenset[str]) -> bool:
    """Is this member of the group, who is nobody's user any more, one that we have made?

    A stranger whom somebody put there, and a guest who has left, are not.
    """
    in_our_domain = user.key.rpartition("@")[2] in tenant.domains
    return user.has_own_mail and (in_our_domain or user.id in known) and not is_elsewhere(tenant, user)


def is_left_behind(tenant: Wanted, user: User, known: frozenset[str]) -> bool:
    """Is this user, who is in no group of ours, one that we have once made and locked out?"""
    return user.id in known and user.has_own_mail and not user.is_enabled and not is_elsewhere(tenant, user)


def is_made_by_us(tenant: Wanted, user: User) -> bool:
    """Is this user, whose name we wrote down before we made it, the one that we made?"""
    return user.has_own_mail and not is_elsewhere(tenant, user)
