"""Each tool's finding reaches the person who verifies."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from infra.aws.verify import cfn_lint_plain, own_rules


@pytest.fixture
def spoiled(translated_template, tmp_path):
    """A folder of `make package` whose queue shows a message again while it is worked off."""
    template = deepcopy(translated_template)
    template["Resources"]["ReconcileOcisQueue"]["Properties"]["VisibilityTimeout"] = 59
    (tmp_path / "cloudformation.json").write_text(json.dumps(template))
    return tmp_path


def test_what_our_rules_find_is_said(spoiled):
    (found,) = own_rules(spoiled)

    assert found.startswith("dep_10_no_message_comes_back_while_it_is_worked_off: reconcile-ocis")


def test_what_cfn_lint_finds_is_said(spoiled):
    found = cfn_lint_plain(spoiled)

    assert len(found) == 1
    assert "E3505" in found[0]
