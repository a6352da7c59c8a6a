"""What an installation knows and allows, without HTTP."""

from contextlib import AbstractContextManager
from typing import Any

from infra.local.emulators.ocis import roles
from infra.local.emulators.ocis.groups import Groups
from infra.local.emulators.ocis.installation import APPLICATION, Installation
from infra.local.emulators.ocis.people import People
from infra.local.emulators.ocis.sharing import Sharing
from infra.local.emulators.ocis.spaces import Spaces


class World:
    """Users, groups, spaces and members of spaces; every method may be called from several threads.

    The platform's own user, whose requests these are, has the role Admin to begin with.
    """

    def __init__(self, installation: Installation, public_url: str, max_quota: int = 0) -> None:
        self.installation = installation
        self.spaces = Spaces(installation, public_url, max_quota)
        self.people = People(self.installation, self.spaces)
        self.groups = Groups(self.installation)
        self.sharing = Sharing(self.installation)

    def applications(self) -> list[dict[str, Any]]:
        """The one application with its roles. Source: LibreGraph ListApplications."""
        held = [{"id": role, "displayName": name} for role, name in roles.APP_ROLES.items()]
        return [{"id": APPLICATION, "displayName": "ownCloud Infinite Scale", "appRoles": held}]

    def pretending(self) -> AbstractContextManager[None]:
        """Whatever happens inside is undone at the end."""
        return self.installation.kept.pretending()
