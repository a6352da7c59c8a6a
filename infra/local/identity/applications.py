"""Applications, and the list of them that is not what it seems.

Source   authentik API 2026.5, operations core_applications_*;
         https://github.com/goauthentik/authentik/issues/17064
"""

from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.identity.fields import (
    Check,
    Field,
    Record,
    WrongValueError,
    choice,
    flag,
    integer_key_of,
    list_of,
    slug,
    text,
    web_address,
)
from infra.local.identity.listing import envelope, page_of
from infra.local.identity.query import Query
from infra.local.identity.refusals import not_found
from infra.local.identity.resource import EVERYTHING, Resource

SLUG_TAKEN = "Application with this slug already exists."
PROVIDER_TAKEN = "Application with this provider already exists."
RESERVED = ("authorize", "token", "device", "userinfo", "introspect", "revoke")
DESCRIPTIONS = ("meta_icon", "meta_description", "meta_publisher", "group")


class Applications(Resource):
    """Addressed by slug; their `pk` is what bindings target."""

    kind, table = "Application", "applications"
    searchable = ("name", "slug", "meta_launch_url", "meta_description", "meta_publisher", "group")
    exact = searchable

    def fields(self, existing: Record | None) -> Mapping[str, Field]:
        known = self.world.providers.rows
        provider = self.unique("provider", existing, PROVIDER_TAKEN)(integer_key_of(known))
        return {
            "name": Field(text()),
            "slug": Field(self.unique("slug", existing, SLUG_TAKEN)(unreserved(slug))),
            "provider": Field(provider, default=None, nullable=True),
            "backchannel_providers": Field(list_of(integer_key_of(known)), default=[]),
            "open_in_new_tab": Field(flag, default=False),
            "meta_launch_url": Field(web_address, default=""),
            **{name: Field(text(blank=True), default="") for name in DESCRIPTIONS},
            "policy_engine_mode": Field(choice("all", "any"), default="any"),
            "meta_hide": Field(flag, default=False),
        }

    def built(self, values: Record) -> Record:
        self.world.state["stale_lists"].clear()
        return {"pk": self.world.ids.uuid("application"), **values}

    def get(self, key: str) -> Record:
        for record in self.rows.values():
            if record["slug"] == key:
                return record
        raise not_found(self.kind)

    def of_provider(self, provider: Record) -> Record | None:
        return next((row for row in self.rows.values() if row["provider"] == provider["pk"]), None)

    def list(self, query: Query = EVERYTHING) -> Record:
        """The truth with superuser_full_list=true; else what the caller may open, from a stale cache."""
        if query.wants("superuser_full_list", default=False):
            return super().list(query)
        pagination, shown = page_of(self.chosen(query), query)
        open_to_caller: Sequence[Record] = [
            record for record in shown if not self.world.bindings.of_target(record["pk"])
        ]
        if self.world.is_on("stale-application-list") and not query.one("search"):
            open_to_caller = self._remembered(str(pagination["current"]), open_to_caller)
        return envelope(pagination, [self.view(record) for record in open_to_caller])

    def _remembered(self, page: str, now: Sequence[Record]) -> Sequence[Record]:
        """What this page showed first: the cache knows the user and the page, but not the filters."""
        lists: dict[str, list[str]] = self.world.state["stale_lists"]
        if not lists.get(page):
            lists[page] = [record["pk"] for record in now]
        return [self.rows[key] for key in lists[page] if key in self.rows]

    def removed(self, record: Record) -> None:
        """Its bindings go along; the provider stays."""
        self.world.bindings.remove_of("target", record["pk"])

    def view(self, record: Record, query: Query = EVERYTHING) -> Record:  # noqa: ARG002 (always whole)
        key = record["provider"]
        return {
            **record,
            "provider_obj": None if key is None else self.world.providers.brief(key),
            "backchannel_providers_obj": [
                self.world.providers.brief(each) for each in record["backchannel_providers"]
            ],
            "launch_url": record["meta_launch_url"] or None,
            "meta_icon_url": None,
            "meta_icon_themed_urls": None,
        }


def unreserved(check: Check) -> Check:
    def check_unreserved(value: Any) -> Any:
        given = check(value)
        if given in RESERVED:
            raise WrongValueError(f"The slug '{given}' is reserved and cannot be used for applications.")
        return given

    return check_unreserved
