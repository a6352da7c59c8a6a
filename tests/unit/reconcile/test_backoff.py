import pytest

from chalicelib.reconcile.backoff import CAP, backoff, drift_period


def most() -> float:
    return 0.999_999


@pytest.mark.parametrize(
    ("attempts", "ceiling"), [(0, 2), (1, 2), (2, 4), (3, 8), (9, 512), (10, 900), (5_000, 900)]
)
def test_que_22_the_ceiling_doubles_with_every_failure_up_to_a_cap(attempts, ceiling):
    assert backoff(attempts, most) == pytest.approx(ceiling, rel=0.001)


def test_que_22_the_jitter_is_full():
    assert backoff(5, lambda: 0.0) == 0
    assert backoff(5, lambda: 0.5) == 16


def test_what_the_vendor_asked_for_is_the_least():
    assert backoff(1, lambda: 0.0, asked=30) == 30
    assert backoff(1, lambda: 0.5, asked=30) == 31


@pytest.mark.parametrize("asked", [10**9, float("inf")])
def test_what_the_vendor_asked_for_is_capped(asked):
    assert backoff(1, most, asked=asked) == CAP


def test_a_negative_wish_means_nothing():
    assert backoff(1, lambda: 0.5, asked=-60) == 1


def test_que_12_the_drift_period_is_an_hour_give_or_take_a_tenth():
    assert drift_period(lambda: 0.0) == pytest.approx(3240)
    assert drift_period(lambda: 0.5) == pytest.approx(3600)
    assert drift_period(most) == pytest.approx(3960, rel=0.001)
