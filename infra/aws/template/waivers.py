"""Findings of checkov that do not matter here, each with its reason; one without a reason fails the check."""

from __future__ import annotations

from typing import Any

from infra.aws.template.model import Json

WAIVERS: dict[str, dict[str, str]] = {
    "AWS::Lambda::Function": {
        "CKV_AWS_115": "Bounded by the gateway's throttle or the event source's MaximumConcurrency; "
        "reserving for each route would use up the account's pool",
        "CKV_AWS_116": "Routes answer their callers, queues have dead letters, schedules have OnFailure: "
        "rules DEP-09 and DEP-19 check both",
        "CKV_AWS_117": "MongoDB and the vendors are reached by TLS over the internet; docs/deploy.md says "
        "how to use a private network",
        "CKV_AWS_173": "No variable holds a secret (rule DEP-07), only names of secrets",
    },
    "AWS::ApiGateway::Stage": {
        "CKV_AWS_120": "Answers depend on who asks: a cache at the gateway would hand them to others",
        "CKV_AWS_73": "X-Ray's rights cannot be narrowed (DEP-04); request ids join the logs",
    },
    "AWS::Logs::LogGroup": {
        "CKV_AWS_158": "Logs hold neither secrets nor bodies, and are encrypted with the service's own key",
    },
    "AWS::SQS::Queue": {
        "CKV_AWS_27": "Encrypted with SQS's own key (rule DEP-08), which the check overlooks: ids only",
    },
    "AWS::S3::Bucket": {
        "CKV_AWS_18": "One object a day, written by one function: its log tells each of them",
    },
    "AWS::SNS::Topic": {
        "CKV_AWS_26": "CloudWatch may not use the account's SNS key; alarms hold names of metrics only",
    },
}


def waive(resources: Any) -> Json:
    """Write the reasons beside the resources, where checkov and readers of the template find them."""
    for resource in resources.values():
        reasons = WAIVERS.get(resource["Type"])
        if reasons:
            skips = [{"id": check, "comment": reason} for check, reason in reasons.items()]
            resource["Metadata"] = {**resource.get("Metadata", {}), "checkov": {"skip": skips}}
    return dict(resources)
