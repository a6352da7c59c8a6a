"""The event that a batch of messages becomes, and what of it an answer leaves undone."""

import pytest

from infra.local.sqs_events import BatchFailed, done, event_for


def messages(*bodies):
    return [
        {"MessageId": body, "ReceiptHandle": f"handle-{body}", "Body": body, "MD5OfBody": "md5"}
        for body in bodies
    ]


def failures(*identifiers):
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in identifiers]}


@pytest.mark.parametrize("nothing", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, ""])
def test_an_answer_without_failures_means_all_are_done(nothing):
    assert done(messages("a", "b"), nothing) == messages("a", "b")


def test_a_failed_item_is_not_done():
    assert done(messages("a", "b"), failures("a")) == messages("b")


@pytest.mark.parametrize(
    "answer",
    [
        failures("unknown"),
        failures("a", ""),
        failures(None),
        {"batchItemFailures": [{"wrongName": "a"}]},
        {"batchItemFailures": "a"},
        {"batchItemFailures": [{"itemIdentifier": ["a"]}]},
        "text",
        7,
    ],
)
def test_que_04_an_answer_that_lambda_would_not_understand_fails_the_whole_batch(answer):
    with pytest.raises(BatchFailed):
        done(messages("a", "b"), answer)


def test_a_message_without_attributes_has_empty_ones():
    (record,) = event_for(messages("a"), "arn")["Records"]

    assert (record["attributes"], record["messageAttributes"]) == ({}, {})
