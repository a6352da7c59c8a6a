"""Bindings: who may use an application. One without any enabled binding is open to everybody.

Source   authentik API 2026.5, operations policies_bindings_*
"""

from collections.abc import Mapping, Sequence

from infra.local.identity.fields import Field, Record, flag, integer_key_of, number, uuid_of
from infra.local.identity.providers import NO_CHOICE
from infra.local.identity.query import Query
from infra.local.identity.refusals import invalid, invalid_as_a_whole
from infra.local.identity.resource import EVERYTHING, Resource

TARGETS = ("policy", "group", "user")
NAMED = "'policy', 'group', 'user'"


class Bindings(Resource):
    """Two equal group bindings are two bindings: the vendor's uniqueness rule has a null column in it."""

    kind, table = "PolicyBinding", "bindings"
    order, searchable = ("target", "order"), ()
    exact, flags = ("order", "timeout"), ("enabled",)

    def fields(self, existing: Record | None) -> Mapping[str, Field]:  # noqa: ARG002 (nothing is unique)
        return {
            "policy": Field(uuid_of(()), default=None, nullable=True),
            "group": Field(uuid_of(self.world.groups.rows), default=None, nullable=True),
            "user": Field(integer_key_of(self.world.users.rows), default=None, nullable=True),
            "target": Field(uuid_of(self.world.applications.rows)),
            "negate": Field(flag, default=False),
            "enabled": Field(flag, default=True),
            "order": Field(number()),
            "timeout": Field(number(least=0), default=30),
            "failure_result": Field(flag, default=False),
        }

    def built(self, values: Record) -> Record:
        _one_of_three(values)
        self.world.state["stale_lists"].clear()
        return {"pk": self.world.ids.uuid("binding"), **values}

    def apply(self, record: Record, values: Record) -> None:
        _one_of_three({**record, **values})
        super().apply(record, values)
        self.world.state["stale_lists"].clear()

    def of_target(self, target: str) -> Sequence[Record]:
        """The bindings that count: the enabled ones."""
        return [row for row in self.rows.values() if row["target"] == target and row["enabled"]]

    def permits(self, application: Record, user: Record) -> bool:
        """Whether the application's bindings let the user in."""
        verdicts = [self._lets_in(row, user) for row in self.of_target(application["pk"])]
        if not verdicts:
            return True
        return all(verdicts) if application["policy_engine_mode"] == "all" else any(verdicts)

    def _lets_in(self, binding: Record, user: Record) -> bool:
        if binding["group"] is not None:
            return self.world.groups.holds(binding["group"], user) is not bool(binding["negate"])
        return (binding["user"] == user["pk"]) is not bool(binding["negate"])

    def remove_of(self, column: str, key: object) -> None:
        for row in [row for row in self.rows.values() if row[column] == key]:
            del self.rows[row["pk"]]
        self.world.state["stale_lists"].clear()

    def narrowed(self, records: Sequence[Record], query: Query) -> Sequence[Record]:
        target = query.one("target")
        if not target:
            return records
        if target not in self.world.applications.rows:
            raise invalid({"target": [NO_CHOICE]})
        return [record for record in records if record["target"] == target]

    def view(self, record: Record, query: Query = EVERYTHING) -> Record:  # noqa: ARG002 (always whole)
        group, user = record["group"], record["user"]
        return {
            **record,
            "policy_obj": None,
            "group_obj": None if group is None else self.world.groups.brief(self.world.groups.rows[group]),
            "user_obj": None if user is None else self.world.users.brief(self.world.users.rows[str(user)]),
        }


def _one_of_three(values: Record) -> None:
    given = [name for name in TARGETS if values[name] is not None]
    if len(given) > 1:
        raise invalid_as_a_whole(f"Only one of {NAMED} can be set.")
    if not given:
        raise invalid_as_a_whole(f"One of {NAMED} must be set.")
