"""INT-26: a vendor whose version our calls were not written for is a warning in the inbox."""

from __future__ import annotations

from chalicelib.domain.version import SeenVersion
from chalicelib.repositories.versions import SeenVersions
from tests.builders import NOON
from tests.http.test_attention import items


def said(api, version, integration="ocis"):
    SeenVersions(api.mongo).put(SeenVersion(id=integration, version=version, seen_at=NOON))


def test_int_26_an_unsupported_version_is_a_warning_with_what_is_supported(api):
    operator = api.operator()
    said(api, "9.4.0")

    (item,) = items(api, operator)

    assert (item["cause"], item["integration"], item["tenant"]) == ("unsupported-version", "ocis", None)
    assert item["what"] == ("oCIS is version 9.4.0; our calls were written for 7.0 up to, but without, 9.0")
    assert item["evidence"] == {
        "version": "9.4.0",
        "supported": "7.0 up to, but without, 9.0",
        "seenAt": "2026-11-22T12:00:00.000Z",
    }
    assert item["actions"] == []
    assert api.get("/stats", operator).json()["attention"]["counts"]["unsupported-version"] == 1


def test_it_is_gone_when_the_vendor_was_changed(api):
    operator = api.operator()
    said(api, "9.4.0")
    said(api, "8.2.0")

    assert items(api, operator) == []
    assert len(api.documents("vendorVersions")) == 1
