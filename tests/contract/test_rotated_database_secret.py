"""INT-22: the database's password is changed while a container lives; the database really asks for it."""

import subprocess

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from chalicelib.config import Settings
from chalicelib.repositories.breakers import Breakers
from chalicelib.repositories.mongo import Mongo
from tests.mongodb import SERVER, _wait_for, free_port

ADMIN = "admin:canary-admin"


class Rotated:
    """The secret of the database, whose value a test changes."""

    def __init__(self, first):
        self.known = self.stored = first
        self.renewals = 0

    def value(self):
        return self.known

    def renewed(self, refused):
        self.renewals += 1
        self.known = self.stored
        return self.known if self.known != refused else None


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """The address of a server with the user "admin", which lets nobody else in."""
    folder, port = tmp_path_factory.mktemp("guarded"), free_port()
    command = [SERVER, "--port", str(port), "--storage-path", folder, "--log-level", "ERROR"]
    address = f"127.0.0.1:{port}"
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:  # noqa: S603 (ours)
        _wait_for(f"mongodb://{address}")
        user, _, password = ADMIN.partition(":")
        with MongoClient(f"mongodb://{address}") as client:
            client.admin.command("createUser", user, pwd=password, roles=["root"])
        server.terminate()
    with subprocess.Popen([*command, "--auth"], stderr=subprocess.DEVNULL) as server:  # noqa: S603 (ours)
        _wait_for(f"mongodb://{ADMIN}@{address}")
        yield address
        server.terminate()


@pytest.fixture
def admin(guarded):
    with MongoClient(f"mongodb://{ADMIN}@{guarded}") as client:
        yield client.admin


@pytest.fixture
def late(guarded, admin):
    """A container that has read its secret, and connects only when the password is another one."""
    admin.command("createUser", "api", pwd="new", roles=["root"])
    secret = Rotated(f"mongodb://api:old@{guarded}/?authSource=admin")
    mongo = Mongo(Settings(), secret)
    yield mongo, secret
    mongo.client.close()
    admin.command("dropUser", "api")


@pytest.fixture
def rotated(late, guarded):
    """The same, and by now the secret is the new one."""
    mongo, secret = late
    secret.stored = f"mongodb://api:new@{guarded}/?authSource=admin"
    return mongo, secret


def test_int_22_a_read_goes_on_with_the_new_password(rotated):
    mongo, secret = rotated

    assert Breakers(mongo).get("ocis").id == "ocis"
    assert secret.renewals == 1


def test_int_22_a_transaction_begins_anew_with_the_new_password(rotated):
    mongo, secret = rotated
    breakers = Breakers(mongo)

    def work():
        as_read = breakers.get("ocis")
        return breakers.save(as_read.with_(failures=3), as_read)

    assert mongo.run(work).failures == 3
    assert (breakers.get("ocis").failures, secret.renewals) == (3, 1)


def test_int_22_without_a_new_password_the_secret_is_asked_for_once(late):
    mongo, secret = late

    with pytest.raises(OperationFailure):
        Breakers(mongo).get("ocis")

    assert secret.renewals == 1


def test_int_22_a_secret_that_is_another_by_now_is_used_before_anything_is_refused(rotated):
    mongo, secret = rotated
    secret.known = secret.stored

    mongo.ping()

    assert secret.renewals == 0
