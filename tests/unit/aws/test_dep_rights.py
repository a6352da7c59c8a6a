"""DEP-04, 05, 07, 08: roles, secrets, policies."""

from __future__ import annotations

import json
import os

import pytest

from infra.aws import manifest
from infra.aws.package import ROOT, templated
from infra.aws.rules import rights


def own_policy(deployed, function):
    return deployed.statements(deployed.role_of(function))


@pytest.mark.parametrize(
    "wide",
    [
        {"Action": ["sqs:*"], "Resource": ["arn:aws:sqs:r:a:q"]},
        {"Action": ["iam:PassRole"], "Resource": ["arn:aws:iam::a:role/r"]},
        {"Action": ["sqs:SendMessage"], "Resource": "*"},
        {"Action": ["sqs:SendMessage"], "Resource": [{"Fn::Sub": "arn:aws:sqs:${AWS::Region}:a:*"}]},
        {"Action": ["secretsmanager:GetSecretValue"], "Resource": ["arn:aws:secretsmanager:r:a:secret:??"]},
    ],
)
def test_dep_04_a_right_that_is_wider_than_one_thing_is_refused(deployed, wide):
    assert list(rights.dep_04_no_right_is_wider_than_a_thing(deployed)) == []

    own_policy(deployed, "GetMe")
    policy = deployed.resources["GetMeRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    policy["Statement"].append({"Effect": "Allow", **wide})

    assert len(list(rights.dep_04_no_right_is_wider_than_a_thing(deployed))) == 1


def test_dep_05_two_functions_with_one_role_are_refused(deployed):
    assert list(rights.dep_05_each_function_has_a_role_of_its_own(deployed)) == []

    deployed.functions["GetMe"]["Role"] = deployed.functions["ReconcileOcis"]["Role"]

    (found,) = rights.dep_05_each_function_has_a_role_of_its_own(deployed)
    assert found == "ReconcileOcisRole is the role of 2 functions"


def test_dep_05_the_authorizer_may_write_its_log_and_nothing_else(deployed):
    policy = deployed.resources["TokenAuthorizerRole"]["Properties"]["Policies"][0]["PolicyDocument"]
    policy["Statement"] += own_policy(deployed, "GetMe")

    (found,) = rights.dep_05_each_function_has_a_role_of_its_own(deployed)
    assert found.startswith("the authorizer TokenAuthorizer may do more")


@pytest.mark.parametrize("name", ["MONGODB_URI", "CURSOR_KEY", "AUTHENTIK_TOKEN", "X_PASSWORD"])
def test_dep_07_a_variable_that_holds_a_secret_is_refused(deployed, name):
    assert list(rights.dep_07_no_secret_stands_in_the_template(deployed)) == []

    deployed.functions["GetMe"]["Environment"]["Variables"][name] = {"Ref": "Anything"}

    assert len(list(rights.dep_07_no_secret_stands_in_the_template(deployed))) == 1


def test_dep_07_a_secret_that_is_resolved_at_deploy_is_refused(deployed):
    variables = deployed.functions["GetMe"]["Environment"]["Variables"]
    variables["STAGE"] = "{{resolve:secretsmanager:dezky/prod/mongodb-uri}}"

    assert len(list(rights.dep_07_no_secret_stands_in_the_template(deployed))) == 1


def test_dep_07_what_the_shell_of_the_packer_knows_is_not_in_the_template(tmp_path, monkeypatch):
    canary = "canary-7f3a91c2"
    for name in ("MONGODB_URI", "AUTHENTIK_TOKEN", "OCIS_APP_TOKEN", "AWS_SECRET_ACCESS_KEY", "STAGE"):
        monkeypatch.setitem(os.environ, name, canary)

    assert canary not in json.dumps(templated(ROOT, tmp_path, manifest.PRODUCTION))


def test_each_named_secret_may_be_read_and_no_other(deployed):
    assert list(rights.every_named_secret_may_be_read_and_no_other(deployed)) == []

    del deployed.functions["GetMe"]["Environment"]["Variables"]["CURSOR_KEY_SECRET_NAME"]

    assert len(list(rights.every_named_secret_may_be_read_and_no_other(deployed))) == 1


def test_dep_08_an_open_queue_and_an_open_policy_are_refused(deployed):
    assert list(rights.dep_08_queues_are_encrypted_and_closed(deployed)) == []

    del deployed.resources["ReconcileOcisQueue"]["Properties"]["SqsManagedSseEnabled"]
    policy = deployed.resources["ScheduleFailedQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"][0]
    policy["Principal"] = {"AWS": "*"}
    del policy["Condition"]

    assert list(rights.dep_08_queues_are_encrypted_and_closed(deployed)) == [
        "ReconcileOcisQueue is not encrypted",
        "ScheduleFailedQueuePolicy lets anyone in",
        "ScheduleFailedQueuePolicy lets a service in, whoever it acts for",
    ]
