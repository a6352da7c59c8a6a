"""How people prove who they are: passwords, kept as hashes."""

from typing import TYPE_CHECKING

from werkzeug.security import check_password_hash, generate_password_hash

from infra.local.identity.fields import Record

if TYPE_CHECKING:
    from infra.local.identity.world import World

METHOD = "scrypt:1024:8:1"  # a few milliseconds: these are demo accounts on a laptop
NOBODY = generate_password_hash("nobody has this password", METHOD)


class SignInRefusedError(Exception):
    """The person cannot sign in; the message is what the page says."""


class People:
    """Checks passwords. They live beside the users, so that no view of a user can show one."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def signed_in(self, name: str, password: str) -> Record:
        """The user of that name or address. Raises SignInRefusedError."""
        user = self._found(name)
        stored = self._hash_of(user) if user else None
        # Hashed also when there is nobody to compare with, so that the time tells no names.
        is_right = check_password_hash(stored or NOBODY, password)
        if user is None or stored is None or not is_right:
            raise SignInRefusedError("The name or the password is wrong.")
        if not user["is_active"]:
            raise SignInRefusedError("This account is not active.")
        user["last_login"] = self._world.now()
        return user

    def set_password(self, user: Record, password: str) -> None:
        hashed = generate_password_hash(password, METHOD)
        self._world.table("passwords")[str(user["pk"])] = {"hash": hashed}
        user["password_change_date"] = self._world.now()

    def forget(self, user: Record) -> None:
        self._world.table("passwords").pop(str(user["pk"]), None)

    def _found(self, name: str) -> Record | None:
        """By username, else by address: neither cares about case when people type it."""
        wanted, users = name.strip().lower(), list(self._world.users.rows.values())
        by_name = [user for user in users if user["username"].lower() == wanted]
        by_address = [user for user in users if user["email"] and user["email"].lower() == wanted]
        return next(iter(by_name + by_address), None)

    def _hash_of(self, user: Record) -> str | None:
        """Nothing for a user who was never given a password: nobody signs in as them."""
        kept = self._world.table("passwords").get(str(user["pk"]))
        return kept["hash"] if kept else None
