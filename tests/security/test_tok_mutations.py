"""TOK-50: a valid token that is changed anywhere is no valid token; nothing else happens either."""

from __future__ import annotations

import random

import pytest

from chalicelib.errors import TokenRefused
from tests.security.tokens.issuing import ALGORITHMS, a_world

MUTATIONS = 10_000  # for each algorithm; a longer run is a matter of patience
ALPHABET = 'ABCabc019-_.= +/"{}\x00\u00e9'


def mutated(token: str, chance: random.Random) -> str:
    at, other = chance.randrange(len(token)), chance.randrange(len(token))
    low, high = sorted((at, other))
    return chance.choice(
        [
            token[:at] + chance.choice(ALPHABET) + token[at + 1 :],
            token[:at] + token[at + 1 :],
            token[:at] + chance.choice(ALPHABET) + token[at:],
            token[:low] + token[high:],
            token[:high] + token[low:],
            token[:low] + token[low:high][::-1] + token[high:],
            ".".join(chance.sample(token.split("."), 3)),
        ]
    )


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_tok_50_no_mutation_is_accepted_and_none_raises_anything_else(alg: str):
    world, chance = a_world(alg), random.Random(50)  # noqa: S311 -- reproducible, not secret
    token = world.operator.token()
    assert world.verifier.verify(token)

    for _ in range(MUTATIONS):
        if (changed := mutated(token, chance)) != token:
            with pytest.raises(TokenRefused):
                world.verifier.verify(changed)
