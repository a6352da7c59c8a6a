"""DEP-02, 13, 17, 18, 20, and what AWS takes at most."""

from __future__ import annotations

import pytest

from infra.aws.lock import NotLocked, check_lock
from infra.aws.package import ROOT
from infra.aws.rules import watching
from infra.aws.rules.all import findings


def stage(deployed):
    return deployed.resources["RestAPIStage"]["Properties"]


def test_the_template_has_no_finding(translated_template):
    assert findings(translated_template) == []


def test_dep_02_a_stage_without_access_log_is_refused(deployed):
    rule = watching.dep_02_access_is_logged_without_what_callers_send
    assert list(rule(deployed)) == []

    del stage(deployed)["AccessLogSetting"]

    assert list(rule(deployed)) == ["RestAPIStage has no access log"]


@pytest.mark.parametrize(
    "variable",
    [
        "$context.requestOverride.header.x",
        "$input.params().header",
        "$context.authorizer.claims.email",
        "$input.body",
        "$context.path",
        "$request.querystring.code",
    ],
)
def test_dep_02_an_access_log_with_what_callers_send_is_refused(deployed, variable):
    stage(deployed)["AccessLogSetting"]["Format"] = f'{{"x":"{variable}"}}'

    assert len(list(watching.dep_02_access_is_logged_without_what_callers_send(deployed))) == 1


def test_dep_02_a_full_request_log_is_refused(deployed):
    stage(deployed)["MethodSettings"][0]["DataTraceEnabled"] = True

    assert len(list(watching.dep_02_access_is_logged_without_what_callers_send(deployed))) == 1


def test_dep_13_a_log_that_is_kept_for_ever_is_refused(deployed):
    assert list(watching.dep_13_logs_end(deployed)) == []

    del deployed.resources["TenantsLogs"]["Properties"]["RetentionInDays"]
    del deployed.functions["GetMe"]["LoggingConfig"]

    assert list(watching.dep_13_logs_end(deployed)) == [
        "TenantsLogs is kept for ever",
        "GetMe logs into a group that is kept for ever",
    ]


@pytest.mark.parametrize(
    "alarm",
    [
        "ReconcileOcisDeadWaiting",
        "ReconcileOcisOld",
        "ScheduleFailedWaiting",
        "TokenAuthorizerFailed",
        "AuditTrailBrokenAlarm",
        "BreakerOpenedAlarm",
        "ReconcileLagAlarm",
        "ReconcileErrorsAlarm",
        "ServerErrors",
        "PlanSweepFailed",
    ],
)
def test_dep_17_a_missing_alarm_is_found(deployed, alarm):
    assert list(watching.dep_17_people_are_told(deployed)) == []

    del deployed.resources[alarm]

    assert len(list(watching.dep_17_people_are_told(deployed))) >= 1


def test_dep_17_an_alarm_that_tells_nobody_is_refused(deployed):
    deployed.resources["ServerErrors"]["Properties"]["AlarmActions"] = []

    assert list(watching.dep_17_people_are_told(deployed)) == ["ServerErrors tells nobody"]


LOCK = "pymongo==4.20.0 \\\n    --hash=sha256:00\n"


def test_dep_18_the_lock_holds_what_the_project_requires():
    check_lock((ROOT / "requirements.txt").read_text(), (ROOT / "requirements.lock").read_text())


@pytest.mark.parametrize(
    ("requirements", "lock", "why"),
    [
        ("pymongo>=4\n", LOCK, "not pinned"),
        ("pymongo\n", LOCK, "not pinned"),
        ("pymongo==4.21.0\n", LOCK, "call `make lock`"),
        ("pymongo==4.20.0\nrequests==2\n", LOCK, "call `make lock`"),
        ("pymongo==4.20.0\n", "pymongo==4.20.0\n", "lacks digests"),
        ("pymongo==4.6.2\n", LOCK.replace("4.20.0", "4.6.2"), "has a known weakness: 4.6.3"),
        (
            "pymongo==4.20.0\n",
            LOCK + "urllib3==2.5.0 \\\n    --hash=sha256:00\n",
            "urllib3 2.5.0 has a known",
        ),
    ],
)
def test_dep_18_what_is_not_pinned_or_not_locked_is_refused(requirements, lock, why):
    with pytest.raises(NotLocked, match=why):
        check_lock(requirements, lock)


def test_dep_18_chalice_is_not_locked_and_extras_are():
    check_lock("chalice==1.34.0\n# why\nPyMongo[tls]==4.20.0\n", LOCK)


def test_dep_20_a_waiver_without_a_reason_is_refused(deployed):
    assert list(watching.dep_20_each_waiver_says_why(deployed)) == []

    deployed.resources["GetMe"]["Metadata"]["checkov"]["skip"].append({"id": "CKV_AWS_1", "comment": "no"})

    assert list(watching.dep_20_each_waiver_says_why(deployed)) == ["GetMe waives CKV_AWS_1 without a reason"]


def test_a_template_that_aws_would_not_take_is_refused(deployed):
    assert list(watching.sizes_stay_within_what_aws_takes(deployed)) == []

    for number in range(501):
        deployed.template["Resources"][f"More{number}"] = {"Type": "AWS::SNS::Topic"}
        deployed.resources[f"P{number}"] = {
            "Type": "AWS::Lambda::Permission",
            "Properties": {"FunctionName": {"Ref": "GetMe"}},
        }
    deployed.functions["GetMe"]["Environment"]["Variables"]["LONG"] = "x" * 5_000

    found = "\n".join(watching.sizes_stay_within_what_aws_takes(deployed))
    assert "resources, more than 500" in found
    assert "GetMe has 502 permissions" in found
    assert "GetMe has more than 4 KB of variables" in found
