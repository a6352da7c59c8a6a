"""DB-16: the users of the database may do what the code does, and nothing else.

The local database knows users and passwords, but enforces no roles: so what is declared is compared with what
the code can ask for, and with what it does ask for (tests/http/test_database_rights.py).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from chalicelib.repositories.indexes import INDEXES
from infra.aws.database_role import (
    ATLAS,
    EVERYTHING,
    PLATFORM,
    PORTAL,
    ROLES,
    USERS,
    actions,
    atlas_role,
    create_role,
    main,
)

REPOSITORIES = {
    each.stem: each.read_text()
    for each in (Path(__file__).parents[2] / "chalicelib/repositories").glob("*.py")
}
NAMED = re.compile(r'collection\("(\w+)"\)|^    name = "(\w+)"$', re.MULTILINE)
ASKED = re.compile(r'collection\("(\w+)"\)\s*\.(\w+)\(')
BOUND = re.compile(r'(\w+)(?:, \w+)* = self\._mongo\.collection\("(\w+)"\)')
NEEDS = {
    **dict.fromkeys(("find", "find_one", "count_documents", "aggregate", "estimated_document_count"), "find"),
    **dict.fromkeys(("insert_one", "insert_many"), "insert"),
    **dict.fromkeys(
        ("update_one", "update_many", "replace_one", "bulk_write", "find_one_and_update"), "update"
    ),
    **dict.fromkeys(("delete_one", "delete_many"), "remove"),
}
HARMFUL = {
    *(
        "drop",
        "dropDatabase",
        "dropCollection",
        "dropIndex",
        "collMod",
        "renameCollectionSameDB",
        "anyAction",
    ),
    *("grantRole", "createUser", "createRole", "changePassword", "killop", "inprog", "shutdown"),
    *("bypassDocumentValidation", "changeStream", "convertToCapped", "compact", "validate"),
}


def asked_for():
    """(collection, action) of every call in the repositories, as far as the text shows it."""
    for text in REPOSITORIES.values():
        own = re.findall(r'^    name = "(\w+)"$', text, re.MULTILINE)
        bound = dict(BOUND.findall(text)) | {"self._collection": own[0] if own else ""}
        yield from ((name, NEEDS[call]) for name, call in ASKED.findall(text) if call in NEEDS)
        for variable, name in bound.items():
            for call in re.findall(rf"(?<![\w.]){re.escape(variable)}\.(\w+)\(", text):
                if name and call in NEEDS:
                    yield name, NEEDS[call]
        if own and "self._replace(" in text:
            yield own[0], "update"


def test_db_16_every_collection_of_the_code_has_its_rights_and_no_other_has_any():
    named = {
        name for text in REPOSITORIES.values() for match in NAMED.findall(text) for name in match if name
    }

    assert named == set(EVERYTHING)
    assert set(INDEXES) <= set(EVERYTHING)


def test_db_16_the_code_asks_for_nothing_that_it_may_not_do():
    asked = set(asked_for())

    allowed = {
        (name, action) for part in (PLATFORM, PORTAL) for name, some in part.items() for action in some
    }
    assert len(asked) > 30
    assert asked <= allowed


def test_db_16_nothing_may_be_changed_or_removed_that_the_code_never_changes():
    asked = set(asked_for())

    unused = {
        (name, action)
        for part in (PLATFORM, PORTAL)
        for name, allowed in part.items()
        for action in {"update", "remove"} & set(allowed)
        if (name, action) not in asked
    }
    assert unused == set()


@pytest.mark.parametrize("collection", ["auditEvents", "auditSeals", "ledger", "runs", "statements"])
def test_db_16_what_is_on_record_can_be_added_and_read_only(collection):
    may = {role: set(actions(role).get(collection, ())) for role in ROLES}

    assert may["dezkyPlatform"] == {"find", "insert", "listIndexes"}
    assert may["dezkyPortal"] == set()


def test_db_16_portals_see_their_sessions_and_nothing_else_and_the_platform_sees_none():
    assert set(actions("dezkyPortal")) == {"sessions", "spentOnce"}
    assert actions("dezkyPlatform")["sessions"] == ("listIndexes",)


def test_db_16_who_deploys_reads_no_document():
    assert {each for allowed in actions("dezkySetup").values() for each in allowed} == {
        "createCollection",
        "createIndex",
        "listIndexes",
    }


@pytest.mark.parametrize("role", ROLES)
def test_db_16_no_role_reaches_further_than_its_collections(role):
    command = create_role(role, "dezky_prod")

    assert command["roles"] == []
    for privilege in command["privileges"]:
        assert privilege["resource"]["db"] == "dezky_prod"
        assert privilege["resource"]["collection"] in EVERYTHING
        assert set(privilege["resource"]) == {"db", "collection"}
        assert not set(privilege["actions"]) & HARMFUL
        assert set(privilege["actions"]) <= set(ATLAS)


@pytest.mark.parametrize("role", ROLES)
def test_db_16_atlas_gets_the_same_rights(role):
    granted = {
        (resource["collection"], each["action"])
        for each in atlas_role(role, "dezky")["actions"]
        for resource in each["resources"]
        if resource["db"] == "dezky"
    }

    assert granted == {(name, ATLAS[each]) for name, some in actions(role).items() for each in some}


def test_db_16_no_query_of_the_code_runs_a_script():
    scripts = re.compile(r"\$where|\$function|\$accumulator|map_?reduce|\.eval\(|Code\(", re.IGNORECASE)

    assert [name for name, text in REPOSITORIES.items() if scripts.search(text)] == []


def test_the_command_prints_a_script_without_any_password(capsys):
    assert main(["--database", "dezky_prod"]) == 0

    printed = capsys.readouterr().out
    assert printed.count("createRole") == len(ROLES)
    assert printed.count("passwordPrompt()") == printed.count("createUser") == len(USERS)
    assert "javascriptEnabled: false" in printed
    assert '"dezky_prod"' in printed


def test_the_command_prints_what_atlas_takes(capsys):
    assert main(["--atlas"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert [each["roleName"] for each in printed] == list(ROLES)
    assert all(each["inheritedRoles"] == [] for each in printed)
