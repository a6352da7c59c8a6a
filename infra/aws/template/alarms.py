"""What wakes a person, each alarm with the sentence that says what to do (docs/operate.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.aws.manifest import DEAD, FAILED_SCHEDULES
from infra.aws.template.logs import (
    BREAKER_OPENED,
    ERRORS,
    RECONCILE_LAG,
    SECRET_NOT_READ,
    TRAIL_BROKEN,
    figures_of,
    metric,
)
from infra.aws.template.model import Function, Json, pascal

TOO_OLD = 1_800  # seconds that a message may wait: hints are spread over 300, and a busy vendor adds more
LAGGING = 1_800  # seconds that a tenant may be overdue
SILENT = 900  # seconds without a planned sweep: three in a row were missed
MANY_5XX = 5  # in five minutes


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """`metric` went above `above`; or below `below`, where silence is the fault."""

    id: str
    about: str
    metric: Json
    statistic: str = "Sum"
    period: int = 300
    above: float = 0
    below: float | None = None
    dimensions: dict[str, Json | str] = field(default_factory=dict)

    def resource(self) -> Json:
        properties: Json = {
            "AlarmDescription": self.about,
            **self.metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in self.dimensions.items()],
            "Statistic": self.statistic,
            "Period": self.period,
            "EvaluationPeriods": 1,
            "Threshold": self.above if self.below is None else self.below,
            "ComparisonOperator": "GreaterThanThreshold" if self.below is None else "LessThanThreshold",
            "TreatMissingData": "notBreaching" if self.below is None else "breaching",
            "AlarmActions": [{"Ref": "AlarmTopic"}],
            "OKActions": [{"Ref": "AlarmTopic"}],
        }
        return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def alarms(functions: list[Function], queues: list[str]) -> Json:
    """queues   those that functions work off; each has its dead letters"""
    wanted = [
        *_of_queues(queues),
        *_of_logs({each.of.set for each in functions}),
        *_of_functions(functions),
        *_of_the_whole(),
    ]
    return {each.id: each.resource() for each in wanted} | _topic()


def _of_queues(queues: list[str]) -> Iterable[Alarm]:
    for each in queues:
        yield _dead(f"{each}{DEAD}", "were given up after five tries: find the cause, then redrive")
        yield Alarm(
            id=f"{pascal(each)}Old",
            about=f"Messages of {each} wait for more than {TOO_OLD // 60} minutes",
            metric={"Namespace": "AWS/SQS", "MetricName": "ApproximateAgeOfOldestMessage"},
            statistic="Maximum",
            above=TOO_OLD,
            dimensions={"QueueName": _name_of(each)},
        )
    yield _dead(FAILED_SCHEDULES, "are scheduled runs that failed: see the schedule's log")


def _dead(queue: str, what: str) -> Alarm:
    return Alarm(
        id=f"{pascal(queue)}Waiting",
        about=f"Messages in {queue} {what}",
        metric={"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible"},
        statistic="Maximum",
        dimensions={"QueueName": _name_of(queue)},
    )


def _name_of(queue: str) -> Json:
    return {"Fn::GetAtt": [f"{pascal(queue)}Queue", "QueueName"]}


def _of_logs(sets: set[str]) -> Iterable[Alarm]:
    for each in sorted(sets):
        yield Alarm(
            id=f"{pascal(each)}ErrorsAlarm",
            about=f"The set {each} logged an error: unforeseen, or for a person to see",
            metric=metric(each, ERRORS),
        )
        yield Alarm(
            id=f"{pascal(each)}SecretNotReadAlarm",
            about=f"The set {each} cannot read one of its secrets: is it there, may the role read it?",
            metric=metric(each, SECRET_NOT_READ),
        )
        if BREAKER_OPENED in figures_of(each):
            yield Alarm(
                id="BreakerOpenedAlarm",
                about="A vendor is away, or refuses our credentials: its work waits",
                metric=metric(each, BREAKER_OPENED),
            )
        if RECONCILE_LAG in figures_of(each):
            yield Alarm(
                id="ReconcileLagAlarm",
                about=f"A tenant is overdue for more than {LAGGING // 60} minutes",
                metric=metric(each, RECONCILE_LAG),
                statistic="Maximum",
                above=LAGGING,
            )
        if TRAIL_BROKEN in figures_of(each):
            yield Alarm(
                id="AuditTrailBrokenAlarm",
                about="The audit trail was changed: keep what is there, and see what GET /audit/verify says",
                metric=metric(each, TRAIL_BROKEN),
            )


def _of_functions(functions: list[Function]) -> Iterable[Alarm]:
    """Those whose failure no gateway reports as its own."""
    for each in functions:
        if each.of.set in {"authorizer", "reconcile", "schedule"}:
            yield Alarm(
                id=f"{each.id}Failed",
                about=f"{each.id} raised, ran out of time, or ran out of memory",
                metric={"Namespace": "AWS/Lambda", "MetricName": "Errors"},
                dimensions={"FunctionName": {"Ref": each.id}},
            )
        if each.handler == "app.plan_sweep":
            yield Alarm(
                id=f"{each.id}Silent",
                about="No sweep was planned for a quarter of an hour: lost messages stay lost",
                metric={"Namespace": "AWS/Lambda", "MetricName": "Invocations"},
                period=SILENT,
                below=1,
                dimensions={"FunctionName": {"Ref": each.id}},
            )


def _of_the_whole() -> Iterable[Alarm]:
    yield Alarm(
        id="ServerErrors",
        about=f"More than {MANY_5XX} answers of 500 and above within five minutes",
        metric={"Namespace": "AWS/ApiGateway", "MetricName": "5XXError"},
        above=MANY_5XX,
        dimensions={"ApiName": {"Ref": "AWS::StackName"}, "Stage": {"Ref": "Stage"}},
    )
    yield Alarm(
        id="Throttled",
        about="Lambda refused calls: the account's concurrency is used up",
        metric={"Namespace": "AWS/Lambda", "MetricName": "Throttles"},
    )


def _topic() -> Json:
    """Not encrypted with the account's SNS key: CloudWatch may not use that one, and alarms would be lost."""
    statement: Json = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": {"Ref": "AlarmTopic"},
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    policy: Json = {
        "Topics": [{"Ref": "AlarmTopic"}],
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
    mail: Json = {"TopicArn": {"Ref": "AlarmTopic"}, "Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}}
    return {
        "AlarmTopic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "AlarmTopicPolicy": {"Type": "AWS::SNS::TopicPolicy", "Properties": policy},
        "AlarmMail": {"Type": "AWS::SNS::Subscription", "Condition": "HasAlarmEmail", "Properties": mail},
    }
