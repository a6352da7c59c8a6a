"""DEP-09 to 12, 19: queues, workers, schedules."""

from __future__ import annotations

from infra.aws.rules import work


def queue(deployed, name="ReconcileOcisQueue"):
    return deployed.resources[name]["Properties"]


def mapping(deployed, name="ReconcileOcisMessages"):
    return deployed.resources[name]["Properties"]


def test_dep_09_a_queue_without_dead_letters_is_refused(deployed):
    rule = work.dep_09_given_up_work_is_kept_longer_than_waiting_work
    assert list(rule(deployed)) == []

    del queue(deployed)["RedrivePolicy"]

    assert list(rule(deployed)) == ["ReconcileOcisMessages: reconcile-ocis has no dead letters"]


def test_dep_09_giving_up_early_and_forgetting_early_are_refused(deployed):
    rule = work.dep_09_given_up_work_is_kept_longer_than_waiting_work
    queue(deployed)["RedrivePolicy"]["maxReceiveCount"] = 4
    queue(deployed, "ReconcileOcisDeadQueue")["MessageRetentionPeriod"] = 345_600

    assert list(rule(deployed)) == [
        "reconcile-ocis gives up after 4 tries",
        "reconcile-ocis-dead keeps no longer than reconcile-ocis",
    ]


def test_dep_10_a_message_that_comes_back_while_it_is_worked_off_is_refused(deployed):
    rule = work.dep_10_no_message_comes_back_while_it_is_worked_off
    assert list(rule(deployed)) == []

    mapping(deployed)["MaximumBatchingWindowInSeconds"] = 1

    assert list(rule(deployed)) == ["reconcile-ocis hides a message for 360 s, not 361 s"]


def test_dep_11_a_mapping_that_deletes_what_was_given_back_is_refused(deployed):
    rule = work.dep_11_only_finished_messages_are_deleted
    assert list(rule(deployed)) == []

    del mapping(deployed)["FunctionResponseTypes"]

    assert len(list(rule(deployed))) == 1


def test_dep_12_workers_without_a_bound_or_with_more_than_a_vendor_takes_are_refused(deployed):
    rule = work.dep_12_workers_are_no_more_than_vendors_take
    assert list(rule(deployed)) == []

    del mapping(deployed)["ScalingConfig"]
    mapping(deployed, "ReconcileStalwartMessages")["ScalingConfig"]["MaximumConcurrency"] = 5

    assert sorted(rule(deployed)) == [
        "ReconcileOcisMessages has no bound",
        "ReconcileStalwartMessages works 5 batches at a time, more than the vendor takes",
    ]


def test_a_worker_that_may_not_read_its_queue_or_another_one_too_is_refused(deployed):
    assert list(work.a_worker_may_read_its_queue(deployed)) == []

    mapping(deployed)["EventSourceArn"] = {"Fn::GetAtt": ["ReconcileStalwartQueue", "Arn"]}

    assert len(list(work.a_worker_may_read_its_queue(deployed))) == 1


def test_dep_19_a_schedule_that_fails_in_silence_is_refused(deployed):
    rule = work.dep_19_a_failed_schedule_is_repeated_and_told
    assert list(rule(deployed)) == []

    del deployed.resources["PlanSweepClock"]["Properties"]["Targets"][0]["RetryPolicy"]
    del deployed.resources["PurgeWhatIsOverEventInvokeConfig"]["Properties"]["DestinationConfig"]

    assert sorted(rule(deployed)) == [
        "PlanSweepClock has no retry limit, or no dead letters",
        "PurgeWhatIsOver fails in silence",
    ]
