"""The bucket that keeps the heads of the audit trail: nobody can rewrite or delete what is there."""

from __future__ import annotations

from infra.aws.template.model import Json, Needs
from infra.aws.template.statements import allow

LOCKED = 400  # days: more than a year, so that each yearly audit finds the heads of the last one
OBJECTS: Json = {"Fn::Sub": "${AuditBucket.Arn}/audit-heads/*"}
BUCKET: Json = {"Fn::GetAtt": ["AuditBucket", "Arn"]}


def head_rights(needs: Needs) -> list[Json]:
    """To keep one is to see whether it is locked, too."""
    keep = allow(("s3:PutObject", "s3:GetObject", "s3:GetObjectRetention"), [OBJECTS])
    read = allow(("s3:ListBucketVersions",), [BUCKET])
    return [{"keep": keep, "read": read}[each] for each in needs.heads]


def audit_bucket() -> Json:
    """Kept when the stack is deleted; CloudFormation makes its name, for all names of S3 are one space."""
    retention = {"Mode": "COMPLIANCE", "Days": LOCKED}
    properties: Json = {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
        "VersioningConfiguration": {"Status": "Enabled"},
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    }
    kept_on = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
    return {"AuditBucket": {"Type": "AWS::S3::Bucket", **kept_on, "Properties": properties}}
