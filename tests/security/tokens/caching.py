"""A key cache with fakes around it: what the issuer publishes, what time it is, how often it was asked."""

from __future__ import annotations

from chalicelib.auth.keys import KeySets
from chalicelib.errors import TokenRefused
from tests.security.tokens.issuing import FakeClock, FakeIssuers, Issuer, an_issuer, key_set


class CacheFixture:
    """A cache that knows two issuers, of which `one` has published `key-1`."""

    def __init__(self) -> None:
        self.one, self.other = an_issuer("ES256"), an_issuer("ES256", "dezky-portal")
        self.issuers, self.clock = FakeIssuers(self.one, self.other), FakeClock()
        self.keys = KeySets(self.issuers.fetch, self.clock)

    def key(self, kid: str = "key-1", issuer: Issuer | None = None) -> object:
        return self.keys.key_for((issuer or self.one).trusted, kid)

    def is_known(self, kid: str = "key-1") -> bool:
        try:
            return bool(self.key(kid))
        except TokenRefused:
            return False

    def publish(self, *jwks: dict[str, object]) -> None:
        self.issuers.answers[self.one.trusted.key_set_url] = key_set(*jwks)

    def answer(self, raw: bytes | None) -> None:
        self.issuers.answers[self.one.trusted.key_set_url] = raw

    @property
    def fetches(self) -> int:
        return self.issuers.asked.count(self.one.trusted.key_set_url)
