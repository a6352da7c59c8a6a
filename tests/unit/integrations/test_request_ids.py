"""What a run remembers of the vendor's own names for our requests."""

import pytest

from chalicelib.domain import trail
from chalicelib.domain.run import VendorRequest
from chalicelib.integrations.authentik.client import endpoint as authentik_endpoint
from chalicelib.integrations.downstream import Api
from tests.unit.integrations.calling import READ, WRITE, an_api, failure_of
from tests.unit.integrations.conftest import an_answer


def test_a_write_is_remembered_by_its_id(vendor):
    vendor.answers = [an_answer({}, "201 Created", X_Request_Id="ocis/Ab-000001")]

    with trail.followed():
        an_api(vendor).send(WRITE)

        assert trail.noted() == (VendorRequest(id="ocis/Ab-000001", method="POST", status=201),)


def test_so_is_what_failed_and_each_try_of_it(vendor):
    vendor.answers = [an_answer({}, "503 Busy", X_Request_Id=f"id-{number}") for number in range(3)]

    with trail.followed():
        failure_of(an_api(vendor))

        assert [(each.id, each.status) for each in trail.noted()] == [
            ("id-0", 503),
            ("id-1", 503),
            ("id-2", 503),
        ]


def test_a_look_that_is_answered_is_not(vendor):
    vendor.answers = [an_answer({}, X_Request_Id="id-1")]

    with trail.followed():
        an_api(vendor).send(READ)

        assert trail.noted() == ()


def test_authentik_has_a_header_of_its_own(vendor):
    vendor.answers = [an_answer({}, "201 Created", X_authentik_id="0" * 32)]

    with trail.followed():
        Api(authentik_endpoint(vendor.url, "token")).send(WRITE)

        assert [each.id for each in trail.noted()] == ["0" * 32]


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "a b",
        "<script>",
        "Bearer x\ty",
        "ada@acme.test",
        "x" * 129,
        "é",
        "-",
        "a;b",
        'a"b',
        "\x1b[31m",
    ],
)
def test_int_16_what_is_no_id_is_not_kept(vendor, name):
    vendor.answers = [an_answer({}, "201 Created", X_Request_Id=name)]

    with trail.followed():
        an_api(vendor).send(WRITE)

        assert trail.noted() == ()


def test_the_last_fifty_are_kept():
    with trail.followed():
        for number in range(60):
            trail.note("POST", 200, f"id-{number}")

        assert [trail.noted()[0].id, trail.noted()[-1].id, len(trail.noted())] == ["id-10", "id-59", 50]


def test_runs_do_not_share_a_trail_and_nobody_else_leaves_one():
    trail.note("POST", 200, "before")
    with trail.followed():
        trail.note("POST", 200, "inside")
    with trail.followed():
        assert trail.noted() == ()
    assert trail.noted() == ()
