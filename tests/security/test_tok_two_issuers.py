"""Two issuers beside each other: a token counts only as what its own issuer may say, and expires once."""

from __future__ import annotations

import pytest

from chalicelib.errors import TokenRefused
from tests.security.tokens.issuing import ALGORITHMS, HOUR, NOW, World, a_world, an_issuer, key_set, sign

pytestmark = pytest.mark.parametrize("alg", ALGORITHMS)


def refused_as(world: World, token: str) -> str:
    with pytest.raises(TokenRefused) as refusal:
        world.verifier.verify(token)
    return refusal.value.reason


def test_tok_49_each_issuer_speaks_for_its_own_audience(alg: str):
    world = a_world(alg)

    principals = [world.verifier.verify(issuer.token()) for issuer in (world.operator, world.portal)]

    assert [principal.audience for principal in principals] == ["dezky-operator", "dezky-portal"]


def test_tok_33_an_issuer_cannot_speak_for_the_others_audience(alg: str):
    world = a_world(alg)

    reasons = {
        refused_as(world, world.operator.token(aud="dezky-portal")),
        refused_as(world, world.portal.token(aud="dezky-operator")),
        refused_as(world, world.portal.token(aud=["dezky-operator"])),
    }

    assert reasons == {"wrong-audience"}


def test_tok_33_the_others_audience_beside_its_own_gives_nothing_more(alg: str):
    world = a_world(alg)

    principal = world.verifier.verify(world.portal.token(aud=["dezky-operator", "dezky-portal"]))

    assert principal.audience == "dezky-portal"


def test_tok_34_one_issuers_claims_under_the_others_key_are_refused(alg: str):
    world = a_world(alg)
    a, b = world.operator, world.portal

    assert refused_as(world, sign(b, a.claims(), b.header())) == "unknown-key"
    assert refused_as(world, sign(a, b.claims(), a.header())) == "unknown-key"
    assert refused_as(world, sign(b, a.claims(), a.header())) == "bad-signature"
    assert refused_as(world, a.token(iss=[a.trusted.issuer, b.trusted.issuer])) == "unknown-issuer"


def test_tok_34_a_kid_that_both_use_means_each_issuers_own_key(alg: str):
    world = a_world(alg, portal=an_issuer(alg, "dezky-portal", kid="key-1"))

    assert world.verifier.verify(world.portal.token()).audience == "dezky-portal"
    assert refused_as(world, sign(world.portal, world.operator.claims())) == "bad-signature"


def test_tok_35_issuers_that_share_a_key_are_told_apart_by_audience_and_never_equal(alg: str):
    shared = {"kid": "key-1", "key": "shared certificate"}
    world = a_world(alg, an_issuer(alg, **shared), an_issuer(alg, "dezky-portal", **shared))

    one, other = (world.verifier.verify(issuer.token(sub="7")) for issuer in (world.operator, world.portal))

    assert (one.subject, one.issuer) != (other.subject, other.issuer)
    assert refused_as(world, world.operator.token(aud="dezky-portal")) == "wrong-audience"


def test_tok_30_an_issuer_that_is_not_configured_causes_no_fetch(alg: str):
    world = a_world(alg)
    stranger = an_issuer(alg, "stranger")

    assert refused_as(world, stranger.token()) == "unknown-issuer"
    assert world.issuers.asked == []


def test_tok_08_a_token_that_brings_an_address_causes_no_fetch(alg: str):
    world = a_world(alg)
    token = sign(world.operator, world.operator.claims(), world.operator.header(jku="http://127.0.0.1:1/"))

    assert refused_as(world, token) == "unwanted-header"
    assert world.issuers.asked == []


def test_aut_24_a_key_that_the_issuer_does_not_publish_for_this_algorithm_verifies_nothing(alg: str):
    world = a_world(alg)
    url = world.operator.trusted.key_set_url
    other = "ES256" if alg == "RS256" else "RS256"
    published = an_issuer(other, kid="key-1")
    world.issuers.answers[url] = key_set(published.jwk())

    assert refused_as(world, sign(published, world.operator.claims())) == "wrong-algorithm"
    assert refused_as(world, world.operator.token()) == "unknown-key"


def test_tok_51_a_token_expires_once_and_for_all(alg: str):
    world = a_world(alg)
    token = world.operator.token(exp=int(NOW) + 5, iat=int(NOW) - HOUR)
    accepted = []

    for millisecond in range(0, 70_000, 50):
        world.clock.now = NOW + millisecond / 1000
        accepted.append(_is_accepted(world, token))

    assert accepted == sorted(accepted, reverse=True)
    assert accepted.count(True) == 35 * 20  # until the 5 seconds of life and the 30 of leeway are over


def _is_accepted(world: World, token: str) -> bool:
    try:
        return bool(world.verifier.verify(token))
    except TokenRefused:
        return False


@pytest.mark.parametrize("skew", [-300, 300])
def test_aut_31_a_clock_five_minutes_off_refuses_on_the_right_side(alg: str, skew: int):
    world = a_world(alg)
    token = world.operator.token(iat=int(NOW), exp=int(NOW) + 120)

    world.clock.now = NOW + skew

    assert refused_as(world, token) == ("expired" if skew > 0 else "issued-in-future")
