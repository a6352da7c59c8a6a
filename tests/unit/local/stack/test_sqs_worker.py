"""Messages reach the app's own handlers as Lambda hands them over, and only what is done is deleted."""

import json
import socket
import threading
import time

import boto3
import pytest
from chalice.app import Chalice

from infra.local import queues
from infra.local.region import REGION
from infra.local.worker import Worker
from tests.unit.local.stack.test_sqs_events import failures

moto_server = pytest.importorskip("moto.server")


at_once = pytest.mark.parametrize("visibility", [0])  # what is not deleted comes back at once


class Handled:
    """What the toy handler got, and what it says to it."""

    def __init__(self):
        self.events, self.contexts, self.times = [], [], []
        self.answer = lambda event: None
        self.called = threading.Condition()

    def handle(self, event):
        with self.called:
            self.events.append(event.to_dict())
            self.contexts.append(event.context)
            self.times.append(time.monotonic())
            self.called.notify_all()
        return self.answer(event.to_dict())

    def wait_for_calls(self, count):
        with self.called:
            assert self.called.wait_for(lambda: len(self.events) >= count, 10)

    def bodies(self):
        return sorted(record["body"] for event in self.events for record in event["Records"])


@pytest.fixture(scope="module")
def aws():
    server = moto_server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def sqs(aws):
    client = boto3.client(
        "sqs",
        endpoint_url=aws,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    yield client
    client.close()


@pytest.fixture
def handled():
    return Handled()


@pytest.fixture
def app(handled):
    app = Chalice("toy")

    @app.on_sqs_message(queue="jobs", batch_size=10, name="on_job")
    def on_job(event):
        return handled.handle(event)

    return app


@pytest.fixture
def visibility():
    return 20


@pytest.fixture
def queue(app, sqs, visibility):
    (queue,) = queues.create(sqs, app, visibility)
    yield queue
    for url in sqs.list_queues()["QueueUrls"]:
        sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def worker(app, sqs, queue):
    worker = Worker(app, sqs, [queue])
    worker.start()
    yield worker
    worker.stop()


def left_in(sqs, url):
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    return sum(int(attributes[count]) for count in counts)


def assert_soon(is_true):
    ends = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_queues_are_made_with_dead_letters_and_the_handler_that_serves_them(sqs, app, queue):
    wanted = ["VisibilityTimeout", "RedrivePolicy"]
    (again,) = queues.create(sqs, app)
    attributes = sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=wanted)["Attributes"]
    redrive = json.loads(attributes["RedrivePolicy"])

    assert (queue.name, queue.handler, queue.batch_size) == ("jobs", "on_job", 10)
    assert attributes["VisibilityTimeout"] == "20"
    assert again == queue
    assert redrive["deadLetterTargetArn"] == queue.arn + "-dead"
    assert int(redrive["maxReceiveCount"]) == 5


def test_a_queue_that_is_named_by_its_arn_is_made_by_its_name(sqs):
    app = Chalice("toy")
    app.on_sqs_message(queue_arn="arn:aws:sqs:eu-central-1:123456789012:other", name="on_other")(print)

    (queue,) = queues.create(sqs, app)

    assert queue.url.endswith("/other")
    sqs.delete_queue(QueueUrl=queue.url)


def test_a_message_reaches_the_handler_at_once_and_is_deleted(sqs, queue, worker, handled):
    sqs.send_message(QueueUrl=queue.url, MessageBody="warm up")
    handled.wait_for_calls(1)

    sent = time.monotonic()
    sqs.send_message(
        QueueUrl=queue.url,
        MessageBody="{}",
        MessageAttributes={
            "kind": {"DataType": "String", "StringValue": "x"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
        },
    )
    handled.wait_for_calls(2)

    (record,) = handled.events[1]["Records"]
    assert handled.times[1] - sent < 0.5
    assert record["body"] == "{}"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert {"SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"} <= set(record["attributes"])
    assert (record["eventSource"], record["eventSourceARN"]) == ("aws:sqs", queue.arn)
    assert (record["awsRegion"], len(record["md5OfBody"])) == (REGION, 32)
    assert record["messageAttributes"]["kind"]["stringValue"] == "x"
    assert record["messageAttributes"]["raw"]["binaryValue"] == "AAE="
    assert 30_000 < handled.contexts[1].get_remaining_time_in_millis() <= 60_000
    assert_soon(lambda: left_in(sqs, queue.url) == 0)


@at_once
def test_que_05_only_the_failed_item_of_a_batch_comes_back_and_dies_after_five_receives(
    sqs, queue, worker, handled
):
    handled.answer = lambda event: failures(
        *(record["messageId"] for record in event["Records"] if record["body"] == "bad")
    )

    sqs.send_message_batch(
        QueueUrl=queue.url,
        Entries=[{"Id": str(number), "MessageBody": body} for number, body in enumerate(["good", "bad"])],
    )
    dead = sqs.get_queue_url(QueueName="jobs-dead")["QueueUrl"]

    assert_soon(lambda: left_in(sqs, dead) == 1)
    assert left_in(sqs, queue.url) == 0
    assert handled.bodies().count("bad") == 5
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=dead)["Messages"]] == ["bad"]


@at_once
def test_que_04_a_handler_that_raises_fails_its_batch_and_the_worker_goes_on(sqs, queue, worker, handled):
    def raise_once(event):
        if len(handled.events) == 1:
            raise RuntimeError("broken")

    handled.answer = raise_once

    sqs.send_message(QueueUrl=queue.url, MessageBody="job")
    handled.wait_for_calls(2)

    assert handled.bodies() == ["job", "job"]
    assert_soon(lambda: left_in(sqs, queue.url) == 0)


def test_several_batches_are_handled_side_by_side(sqs, queue, worker, handled):
    both = threading.Barrier(2, timeout=10)
    handled.answer = lambda event: both.wait() and None

    sqs.send_message(QueueUrl=queue.url, MessageBody="one")
    handled.wait_for_calls(1)
    sqs.send_message(QueueUrl=queue.url, MessageBody="two")
    handled.wait_for_calls(2)

    assert handled.bodies() == ["one", "two"]  # the barrier lets none go before both are there
    assert_soon(lambda: left_in(sqs, queue.url) == 0)


def test_stopping_waits_for_the_batch_under_way_but_for_no_poll(sqs, queue, app, handled):
    release, ended = threading.Event(), threading.Event()

    def hold(event):
        release.wait(10)
        ended.set()

    handled.answer = hold
    idle, busy = Worker(app, sqs, [queue]), Worker(app, sqs, [queue])
    busy.start()
    sqs.send_message(QueueUrl=queue.url, MessageBody="job")
    handled.wait_for_calls(1)
    stopping = threading.Thread(target=busy.stop, args=(10,))
    stopping.start()
    stopping.join(0.3)
    is_waiting = stopping.is_alive()
    release.set()
    stopping.join(10)
    idle.start()
    before = time.monotonic()
    idle.stop()

    assert is_waiting
    assert ended.is_set()
    assert time.monotonic() - before < 0.5


def test_a_worker_whose_queue_cannot_be_reached_tries_again_and_stops(app, aws, handled):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
    sqs = boto3.client(
        "sqs", endpoint_url=nowhere, region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x"
    )
    queue = queues.Queue("jobs", f"{nowhere}/1/jobs", "arn", "on_job", 10, 1)
    worker = Worker(app, sqs, [queue])

    worker.start()
    worker.stop()

    assert handled.events == []
    sqs.close()
