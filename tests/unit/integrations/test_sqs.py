import json
import logging
import subprocess
import sys

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.integrations.sqs import Hint, ShardHint, SqsReconcileQueue, queue_name, sqs_client


class FakeSqs:
    """Answers as SQS does, or fails; remembers each call."""

    def __init__(self, failing=None, refused=()):
        self.calls = []
        self._failing = failing
        self._refused = refused

    def get_queue_url(self, QueueName):  # noqa: N803 (boto3's own names)
        self.calls.append(("url", QueueName))
        return {"QueueUrl": f"http://sqs/{QueueName}"}

    def send_message_batch(self, QueueUrl, Entries):  # noqa: N803
        self.calls.append(("send", QueueUrl, Entries))
        if self._failing:
            raise self._failing
        failed = [{"Id": entry["Id"]} for entry in Entries if entry["Id"] in self._refused]
        return {"Failed": failed} if failed else {}

    def change_message_visibility(self, QueueUrl, ReceiptHandle, VisibilityTimeout):  # noqa: N803
        self.calls.append(("postpone", QueueUrl, ReceiptHandle, VisibilityTimeout))
        if self._failing:
            raise self._failing

    def sent(self):
        return [call[2] for call in self.calls if call[0] == "send"]


NO_ANSWER = ConnectTimeoutError(endpoint_url="http://sqs")
REFUSAL = ClientError({"Error": {"Code": "AWS.SimpleQueueService.NonExistentQueue"}}, "SendMessageBatch")


def hints(number, integration="ocis"):
    return [Hint(integration, f"tenant-{each}", "sweep", f"run-{each}", delay=each) for each in range(number)]


def test_a_hint_is_a_message_on_the_queue_of_its_integration():
    sqs = FakeSqs()

    SqsReconcileQueue(lambda: sqs).hint("stalwart", "tenant-1", "created", "run-1")

    _, url, (entry,) = sqs.calls[-1]
    assert url == "http://sqs/reconcile-stalwart"
    assert json.loads(entry["MessageBody"]) == {
        "version": 1,
        "tenantId": "tenant-1",
        "reason": "created",
        "runId": "run-1",
    }
    assert entry["DelaySeconds"] == 0


def test_client_and_addresses_are_had_once_and_late():
    sqs, built = FakeSqs(), []
    queue = SqsReconcileQueue(lambda: built.append(1) or sqs)
    assert built == []

    for _ in range(2):
        for integration in INTEGRATIONS:
            queue.hint(integration, "tenant-1", "created", "run-1")

    assert built == [1]
    assert [name for kind, name, *_ in sqs.calls if kind == "url"] == [
        queue_name(each) for each in INTEGRATIONS
    ]


@pytest.mark.parametrize("failing", [NO_ANSWER, REFUSAL])
def test_a_hint_that_cannot_be_sent_is_logged_by_its_ids(failing, caplog):
    SqsReconcileQueue(lambda: FakeSqs(failing)).hint("ocis", "tenant-1", "created", "run-1")

    (line,) = caplog.records
    assert (line.levelno, line.tenant_id, line.run_id) == (logging.WARNING, "tenant-1", "run-1")
    assert line.exc_info is None


def test_a_bug_is_not_taken_for_a_failure_of_sqs():
    with pytest.raises(ZeroDivisionError):
        SqsReconcileQueue(lambda: FakeSqs(ZeroDivisionError())).hint("ocis", "tenant-1", "created", "run-1")


def test_many_hints_go_in_tens():
    sqs = FakeSqs()

    sent = SqsReconcileQueue(lambda: sqs).hint_many([*hints(11, "ocis"), *hints(10, "authentik")])

    assert sent == 21
    assert sorted(len(entries) for entries in sqs.sent()) == [1, 10, 10]
    assert [entry["DelaySeconds"] for entry in sqs.sent()[0]] == list(range(10))
    assert len({entry["Id"] for entry in sqs.sent()[0]}) == 10


def test_no_hints_are_no_call():
    sqs = FakeSqs()

    assert SqsReconcileQueue(lambda: sqs).hint_many([]) == 0
    assert sqs.calls == []


def test_hints_that_were_refused_are_not_counted(caplog):
    sent = SqsReconcileQueue(lambda: FakeSqs(refused=("1", "2"))).hint_many(hints(4))

    assert sent == 2
    assert [line.tenant_id for line in caplog.records] == ["tenant-1", "tenant-2"]


def test_a_batch_that_fails_does_not_stop_the_next():
    sqs = FakeSqs(NO_ANSWER)

    assert SqsReconcileQueue(lambda: sqs).hint_many(hints(25)) == 0
    assert len(sqs.sent()) == 3


@pytest.mark.parametrize(
    ("delay", "seconds"), [(0, 0), (0.2, 1), (30, 30), (900.5, 900), (1e9, 900), (-5, 0)]
)
def test_a_message_is_put_off_within_what_sqs_allows(delay, seconds):
    sqs = FakeSqs()

    SqsReconcileQueue(lambda: sqs).postpone("authentik", "receipt-1", delay)

    assert sqs.calls[-1] == ("postpone", "http://sqs/reconcile-authentik", "receipt-1", seconds)


def test_a_message_that_cannot_be_put_off_comes_back_by_itself(caplog):
    SqsReconcileQueue(lambda: FakeSqs(NO_ANSWER)).postpone("authentik", "receipt-1", 5)

    assert caplog.messages == ["message not postponed"]


@pytest.fixture
def real_sqs(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield boto3.client("sqs")


def test_sqs_takes_hints_and_lets_a_message_come_back_at_once(real_sqs):
    url = real_sqs.create_queue(QueueName="reconcile-ocis")["QueueUrl"]
    queue = SqsReconcileQueue(sqs_client)

    sent = queue.hint_many(hints(1))
    (first,) = real_sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)["Messages"]
    queue.postpone("ocis", first["ReceiptHandle"], 0)
    (again,) = real_sqs.receive_message(QueueUrl=url)["Messages"]

    assert sent == 1
    assert again["MessageId"] == first["MessageId"]
    assert json.loads(again["Body"])["tenantId"] == "tenant-0"


def test_a_queue_that_is_not_there_is_survived(real_sqs, caplog):
    SqsReconcileQueue(sqs_client).hint("ocis", "tenant-1", "created", "run-1")

    assert caplog.messages == ["hint not sent"]


def test_a_region_that_is_not_set_is_survived(monkeypatch, caplog):
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    SqsReconcileQueue(sqs_client).hint("ocis", "tenant-1", "created", "run-1")

    assert caplog.messages == ["hint not sent"]


def test_a_function_that_sends_nothing_does_not_load_boto3():
    code = "import sys, chalicelib.integrations.sqs; print({'boto3', 'botocore'} & set(sys.modules))"

    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 (our own text)

    assert loaded.strip() == "set()"


def test_shards_are_asked_for_in_batches_on_their_own_queue():
    sqs = FakeSqs()

    assert SqsReconcileQueue(lambda: sqs).hint_shards([ShardHint(f"{n}") for n in range(17)]) == 17

    assert [len(entries) for entries in sqs.sent()] == [10, 7]
    assert sqs.calls[-1][1] == "http://sqs/reconcile-sweep"


def test_shards_that_cannot_be_sent_are_counted_in_the_log(caplog):
    queue = SqsReconcileQueue(lambda: FakeSqs(NO_ANSWER))

    assert queue.hint_shards([ShardHint("a", "from-here")]) == 0
    assert [(each.message, each.shards) for each in caplog.records] == [("shards not sent", 1)]


@pytest.fixture
def dead_letters(real_sqs):
    for name in ("reconcile-ocis", "reconcile-ocis-dead"):
        real_sqs.create_queue(QueueName=name)
    dead = real_sqs.get_queue_url(QueueName="reconcile-ocis-dead")["QueueUrl"]
    for number in range(12):
        real_sqs.send_message(QueueUrl=dead, MessageBody=f"hint {number}")
    return dead


def test_dead_letters_are_counted_and_a_queue_that_is_not_there_is_left_out(dead_letters):
    assert SqsReconcileQueue(sqs_client).counts() == {"ocis": 12}


def test_que_22_redrive_puts_every_dead_letter_back_as_it_was(real_sqs, dead_letters):
    queue = SqsReconcileQueue(sqs_client)

    assert queue.redrive("ocis") == 12

    back = real_sqs.get_queue_url(QueueName="reconcile-ocis")["QueueUrl"]
    bodies = set()
    while found := real_sqs.receive_message(QueueUrl=back, MaxNumberOfMessages=10).get("Messages"):
        bodies |= {each["Body"] for each in found}
    assert bodies == {f"hint {number}" for number in range(12)}
    assert queue.counts()["ocis"] == queue.redrive("ocis") == 0


def test_que_22_a_redrive_that_is_waited_for_moves_a_part_and_leaves_the_rest(dead_letters):
    queue = SqsReconcileQueue(sqs_client)

    assert queue.redrive("ocis", most=10) == 10
    assert queue.counts()["ocis"] == 2


def test_que_22_redrive_is_a_command(dead_letters, monkeypatch, capsys):
    from chalicelib import wiring
    from infra.aws import redrive

    monkeypatch.setattr(wiring, "queue", lambda: SqsReconcileQueue(sqs_client))

    assert redrive.main(["--integration", "ocis"]) == 0
    assert capsys.readouterr().out == "ocis: 12 messages are back on their queue\n"


def test_a_redrive_without_its_queue_says_so(real_sqs, monkeypatch, capsys):
    from chalicelib import wiring
    from infra.aws import redrive

    monkeypatch.setattr(wiring, "queue", lambda: SqsReconcileQueue(sqs_client))

    assert redrive.main([]) == 1
    assert "SQS does not answer" in capsys.readouterr().err
