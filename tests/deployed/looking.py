"""What the tests of the deployed form make, and where they look."""

from __future__ import annotations

import requests

from infra.aws.manifest import INTEGRATIONS
from infra.aws.template.functions import ROUTES_HANDLER

ALL_OK = dict.fromkeys(INTEGRATIONS, "ok")


def a_tenant(slug, **more):
    return {"slug": slug, "name": slug.title(), "domains": [f"{slug}.example"], **more}


def is_everywhere(operator, slug):
    """Not yet, too, while the gateway is busy with an update."""
    try:
        answer = operator.get(f"/tenants/{slug}")
    except requests.RequestException:
        return False
    return answer.ok and answer.json()["provisioningStatus"] == ALL_OK


def log_of(platform, function_set):
    events = platform.aws("logs").filter_log_events(logGroupName=f"/dezky/dev/{function_set}", limit=10_000)
    return [each["message"] for each in events["events"]]


def ready(platform):
    answer = requests.get(f"{platform.url}/health/ready", timeout=60)
    return answer.json() if answer.status_code == 200 else None


def starts(platform, function_set):
    return sum(line.startswith("START") for line in log_of(platform, function_set))


def reading_routes(template):
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            if properties["Handler"] == ROUTES_HANDLER:
                for served in resource["Metadata"]["serves"]:
                    method, path = served.split(" ")
                    if method == "GET" and path.count("{") <= 1 and "{ticket_id}" not in path:
                        yield path, properties["Environment"]["Variables"]["FUNCTION_SET"]


def waiting(sqs, url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(map(int, found.values()))


def more_memory(template):
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["MemorySize"] += 128
