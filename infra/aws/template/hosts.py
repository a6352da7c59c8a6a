"""The three hosts, each its own name for the same stage, and the account's right to write access logs."""

from __future__ import annotations

from infra.aws.template.model import Json

HOSTS = ("Api", "Operator", "Customer")
HAS_ZONE = "HasHostedZone"
GATEWAY_MAY_LOG = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"


def hosts() -> Json:
    return {name: resource for each in HOSTS for name, resource in _host(each).items()}


def conditions() -> Json:
    return {HAS_ZONE: _is_given("HostedZoneId"), "HasAlarmEmail": _is_given("AlarmEmail")}


def _is_given(parameter: str) -> Json:
    return {"Fn::Not": [{"Fn::Equals": [{"Ref": parameter}, ""]}]}


def _host(which: str) -> Json:
    domain = f"{which}Host"
    name: Json = {
        "DomainName": {"Ref": f"{which}Domain"},
        "RegionalCertificateArn": {"Ref": "CertificateArn"},
        "EndpointConfiguration": {"Types": ["REGIONAL"]},
        "SecurityPolicy": "TLS_1_2",
    }
    mapping: Json = {
        "DomainName": {"Ref": domain},
        "RestApiId": {"Ref": "RestAPI"},
        "Stage": {"Ref": "RestAPI.Stage"},
    }
    alias: Json = {
        "DNSName": {"Fn::GetAtt": [domain, "RegionalDomainName"]},
        "HostedZoneId": {"Fn::GetAtt": [domain, "RegionalHostedZoneId"]},
    }
    record: Json = {
        "HostedZoneId": {"Ref": "HostedZoneId"},
        "Name": {"Ref": f"{which}Domain"},
        "Type": "A",
        "AliasTarget": alias,
    }
    return {
        domain: {"Type": "AWS::ApiGateway::DomainName", "Properties": name},
        f"{domain}Mapping": {"Type": "AWS::ApiGateway::BasePathMapping", "Properties": mapping},
        f"{domain}Record": {"Type": "AWS::Route53::RecordSet", "Condition": HAS_ZONE, "Properties": record},
    }


def logging_account() -> Json:
    """One setting for the whole account and region: without it no stage may have an access log."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role: Json = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "ManagedPolicyArns": [{"Fn::Sub": GATEWAY_MAY_LOG}],
    }
    account: Json = {"CloudWatchRoleArn": {"Fn::GetAtt": ["GatewayLogRole", "Arn"]}}
    return {
        "GatewayLogRole": {"Type": "AWS::IAM::Role", "Properties": role},
        "GatewayAccount": {"Type": "AWS::ApiGateway::Account", "Properties": account},
    }
