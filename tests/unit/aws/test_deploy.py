"""From the folder of `make package` to CloudFormation: what is asked, what is printed, what is left."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from infra.aws.change_set import ChangeSet, NotDeployed
from infra.aws.deploy import Wish, deploy, main, wished
from infra.aws.package import ROOT

CHANGE = {"Action": "Modify", "LogicalResourceId": "GetMe", "ResourceType": "AWS::Lambda::Function"}


class FakeS3:
    def __init__(self):
        self.meta = SimpleNamespace(endpoint_url="https://s3.example")
        self.objects = {}
        self.puts = 0

    def list_objects_v2(self, Bucket, Prefix):  # noqa: N803 (as boto3 names them)
        return {"KeyCount": int(Prefix in self.objects)}

    def put_object(self, Bucket, Key, Body):  # noqa: N803 (as above)
        self.objects[Key] = Body
        self.puts += 1


class FakeCloudFormation:
    """One stack; `status` None means that there is none yet."""

    def __init__(self, status="UPDATE_COMPLETE", found=None, ends="UPDATE_COMPLETE"):
        self.status = status
        self.found = found or {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": CHANGE}]}
        self.ends = ends
        self.called = []

    def __getattr__(self, operation):
        if operation.startswith("_"):
            raise AttributeError(operation)

        def call(**given):
            self.called.append((operation, given))
            return getattr(self, f"_{operation}", lambda **_: {})(**given)

        return call

    def asked(self, operation):
        return next(given for name, given in self.called if name == operation)

    def names(self):
        return [name for name, _ in self.called]

    def _describe_stacks(self, StackName):  # noqa: N803 (as boto3 names them)
        if self.status is None:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "x")
        outputs = [{"OutputKey": "ApiUrl", "OutputValue": "https://api.example.com"}]
        return {"Stacks": [{"StackStatus": self.status, "Outputs": outputs}]}

    def _get_template_summary(self, TemplateURL):  # noqa: N803 (as above)
        return {
            "Parameters": [{"ParameterKey": name} for name in ("Stage", "CodeKey", "ApiDomain", "AlarmEmail")]
        }

    def _describe_change_set(self, **_):
        return self.found

    def _execute_change_set(self, **_):
        self.status = self.ends
        return {}

    def _describe_stack_events(self, **_):
        failed = {
            "ResourceStatus": "UPDATE_FAILED",
            "LogicalResourceId": "GetMe",
            "ResourceStatusReason": "too big",
        }
        return {"StackEvents": [{"ResourceStatus": "UPDATE_COMPLETE", "LogicalResourceId": "A"}, failed]}


@pytest.fixture
def built(tmp_path):
    (tmp_path / "deployment.zip").write_bytes(b"zip")
    (tmp_path / "cloudformation.json").write_text("{}")
    return tmp_path


def deployed(built, api, s3=None, **more):
    wish = Wish("dev", built, "bucket", {"ApiDomain": "api.example.com"})
    clients = {"s3": s3 or FakeS3(), "cloudformation": api}
    return deploy(wish, clients.__getitem__, **more)


def test_a_dry_run_prints_the_changes_and_changes_nothing(built, capsys):
    api = FakeCloudFormation()

    assert deployed(built, api, dry_run=True) == {}

    assert "Modify   GetMe" in capsys.readouterr().out
    assert "execute_change_set" not in api.names()
    assert api.names()[-1] == "delete_change_set"


def test_a_dry_run_before_the_first_deploy_leaves_no_stack_behind(built):
    api = FakeCloudFormation(status=None)

    deployed(built, api, dry_run=True)

    assert api.asked("create_change_set")["ChangeSetType"] == "CREATE"
    assert api.names()[-2:] == ["delete_change_set", "delete_stack"]


def test_a_deploy_executes_the_change_set_and_tells_the_addresses(built):
    api = FakeCloudFormation()

    assert deployed(built, api) == {"ApiUrl": "https://api.example.com"}

    assert "execute_change_set" in api.names()
    assert "delete_stack" not in api.names()


def test_an_update_keeps_the_values_that_nobody_names(built):
    api = FakeCloudFormation()

    deployed(built, api)

    given = {each["ParameterKey"]: each for each in api.asked("create_change_set")["Parameters"]}
    assert given["AlarmEmail"] == {"ParameterKey": "AlarmEmail", "UsePreviousValue": True}
    assert given["ApiDomain"]["ParameterValue"] == "api.example.com"
    assert given["CodeKey"]["ParameterValue"].startswith("dezky/")


def test_the_zip_lies_under_its_digest_and_is_sent_once(built):
    s3 = FakeS3()

    deployed(built, FakeCloudFormation(), s3)
    deployed(built, FakeCloudFormation(), s3)

    assert s3.puts == 2  # zip and template
    assert {key.rpartition(".")[2] for key in s3.objects} == {"zip", "json"}


def test_nothing_to_change_is_no_failure(built, capsys):
    found = {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}

    outputs = deployed(built, FakeCloudFormation(found=found))

    assert outputs == {"ApiUrl": "https://api.example.com"}
    assert "Nothing changes" in capsys.readouterr().out


def test_a_template_that_is_refused_is_said(built):
    found = {"Status": "FAILED", "StatusReason": "Template error: no such resource"}

    with pytest.raises(NotDeployed, match="no such resource"):
        deployed(built, FakeCloudFormation(found=found))


def test_a_deploy_that_is_rolled_back_says_the_first_reason(built):
    api = FakeCloudFormation(ends="UPDATE_ROLLBACK_COMPLETE")

    with pytest.raises(NotDeployed, match="UPDATE_ROLLBACK_COMPLETE: GetMe: too big"):
        deployed(built, api)


def test_what_is_made_anew_is_said():
    api = FakeCloudFormation(
        found={
            "Status": "CREATE_COMPLETE",
            "Changes": [{"ResourceChange": {**CHANGE, "Replacement": "True"}}],
        }
    )
    change = ChangeSet(api, "dezky-dev", "https://t", {})

    assert change.create()
    assert change.lines() == [f"Modify   {'GetMe':<48} AWS::Lambda::Function made anew"]


def test_without_a_package_or_without_values_nothing_is_deployed(tmp_path, built, capsys):
    assert main(["--stage", "prod", "--build", str(tmp_path / "none")]) == 1
    assert "call `make package`" in capsys.readouterr().err

    assert main(["--stage", "prod", "--build", str(built), "--settings", str(tmp_path / "none.json")]) == 1
    assert "copy stages/example.json" in capsys.readouterr().err


def test_the_example_names_every_parameter_that_has_no_default(built, translated_template):
    wish, _ = wished("prod", built, ROOT / "infra" / "aws" / "stages" / "example.json")

    declared = translated_template["Parameters"]
    needed = {name for name, each in declared.items() if "Default" not in each}
    assert needed - {"Stage", "CodeBucket", "CodeKey"} <= set(wish.parameters) <= set(declared)
    assert "example" in json.dumps(wish.parameters)
