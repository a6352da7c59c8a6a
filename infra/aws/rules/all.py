"""Every rule, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from infra.aws.rules import rights, routes, watching, work
from infra.aws.rules.reading import Deployed

Rule = Callable[[Deployed], Iterator[str]]

RULES: tuple[Rule, ...] = (
    routes.dep_01_only_listed_routes_are_public,
    watching.dep_02_access_is_logged_without_what_callers_send,
    routes.dep_03_a_revocation_is_felt_in_time,
    rights.dep_04_no_right_is_wider_than_a_thing,
    rights.dep_05_each_function_has_a_role_of_its_own,
    routes.dep_06_the_gateway_may_call_each_function_for_its_own_routes_only,
    rights.dep_07_no_secret_stands_in_the_template,
    rights.dep_08_queues_are_encrypted_and_closed,
    work.dep_09_given_up_work_is_kept_longer_than_waiting_work,
    work.dep_10_no_message_comes_back_while_it_is_worked_off,
    work.dep_11_only_finished_messages_are_deleted,
    work.dep_12_workers_are_no_more_than_vendors_take,
    watching.dep_13_logs_end,
    routes.dep_14_nothing_of_development_is_deployed,
    watching.dep_14_runtimes_are_kept_up,
    watching.dep_15_hosts_speak_tls_1_2_and_are_the_only_way_in,
    routes.dep_16_no_foreign_page_may_call_with_credentials,
    watching.dep_17_people_are_told,
    work.dep_19_a_failed_schedule_is_repeated_and_told,
    watching.dep_20_each_waiver_says_why,
    rights.every_named_secret_may_be_read_and_no_other,
    work.a_worker_may_read_its_queue,
    watching.sizes_stay_within_what_aws_takes,
)


def findings(template: Any) -> list[str]:
    """Sentences of what does not hold, each behind the name of its rule; empty when all does."""
    deployed = Deployed(template)
    return [f"{rule.__name__}: {found}" for rule in RULES for found in rule(deployed)]
