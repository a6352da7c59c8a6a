"""INT-22: credentials that are changed while a run is under way."""

import pytest

from chalicelib.errors import CredentialsRefused, TryLater, Unavailable
from chalicelib.integrations.calls import Endpoint
from chalicelib.integrations.downstream import Api
from tests.unit.integrations.calling import READ, WRITE, failure_of
from tests.unit.integrations.conftest import an_answer

REFUSED = an_answer({}, "401 Unauthorized")


class Rotated:
    """A secret; `after` is what it becomes once the first one was refused."""

    def __init__(self, after):
        self.after = after
        self.asked = 0

    def value(self):
        return "old"

    def renewed(self, refused):
        self.asked += 1
        if isinstance(self.after, Exception):
            raise self.after
        return self.after if self.after != refused else None


def sent_with(vendor):
    return [line for request in vendor.requests for line in request.splitlines() if "Authorization" in line]


def an_api(vendor, secret):
    return Api(Endpoint("Vendor", vendor.url, secret), sleep=lambda _: None)


@pytest.mark.parametrize(("call", "accepted"), [(READ, "200 OK"), (WRITE, "201 Created")])
def test_int_22_a_call_that_was_refused_goes_on_with_the_new_secret(vendor, call, accepted):
    vendor.answers = [REFUSED, an_answer({}, accepted)]

    assert an_api(vendor, Rotated("new")).send(call).body == {}
    assert sent_with(vendor) == ["Authorization: Bearer old", "Authorization: Bearer new"]


def test_int_22_a_secret_is_asked_for_once_and_no_refused_one_is_sent_again(vendor):
    vendor.answers, secret = [REFUSED], Rotated("old")

    assert isinstance(failure_of(an_api(vendor, secret)), CredentialsRefused)
    assert (len(vendor.requests), secret.asked) == (1, 1)


def test_int_22_a_new_secret_that_is_refused_as_well_is_the_end(vendor):
    vendor.answers, secret = [REFUSED], Rotated("new")

    assert isinstance(failure_of(an_api(vendor, secret)), CredentialsRefused)
    assert (len(vendor.requests), secret.asked) == (2, 1)


def test_a_secret_that_cannot_be_read_is_no_refusal(vendor):
    vendor.answers = [REFUSED]

    failure = failure_of(an_api(vendor, Rotated(Unavailable("no"))))

    assert (type(failure), failure.code) == (TryLater, "secret-unavailable")
    assert failure.message == "Our credentials for Vendor cannot be read now"
