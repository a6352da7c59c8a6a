"""The one place where the real objects of the portals are built. The API's stand in `wiring`."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from uuid import uuid4

from chalicelib.auth.keys import KeySets
from chalicelib.auth.logout_tokens import LogoutTokens
from chalicelib.auth.provider import Means, Provider
from chalicelib.auth.provider_metadata import ProviderMetadata
from chalicelib.auth.sign_in import SignIn
from chalicelib.auth.surface import Surface, SurfaceName, surface_of
from chalicelib.config import settings
from chalicelib.integrations.gateway import GatewayClient
from chalicelib.integrations.identity_provider import FormPosts
from chalicelib.integrations.key_sets import fetch_key_set
from chalicelib.integrations.secrets import secret_of
from chalicelib.repositories.mongo import Mongo
from chalicelib.repositories.sessions import Sessions as SessionCollection
from chalicelib.repositories.sessions import Spent
from chalicelib.services.renewal import Renewal
from chalicelib.services.sessions import Sessions
from chalicelib.services.sign_outs import SignOuts


@cache
def gateway() -> GatewayClient:
    return GatewayClient(settings().internal_url)


@cache
def surface(name: SurfaceName) -> Surface:
    return surface_of(name, settings(), lambda field: secret_of(settings(), field))


@cache
def sessions(name: SurfaceName) -> Sessions:
    portal, store = surface(name), SessionCollection(mongo())
    renewal = Renewal(store, portal.keys, provider(name), _now, _new_id, time.sleep)
    return Sessions(portal, store, renewal, _now)


@cache
def sign_in(name: SurfaceName) -> SignIn:
    return SignIn(surface(name), provider(name), spent(), time.time)


@cache
def sign_outs(name: SurfaceName) -> SignOuts:
    return SignOuts(sessions(name), spent())


@cache
def logout_tokens(name: SurfaceName) -> LogoutTokens:
    return LogoutTokens(surface(name).issuer, keys(), time.time)


@cache
def provider(name: SurfaceName) -> Provider:
    metadata = ProviderMetadata(surface(name).issuer, fetch_key_set, time.time)
    return Provider(surface(name), Means(metadata, keys(), FormPosts(), time.time))


@cache
def keys() -> KeySets:
    return KeySets(fetch_key_set, time.time)


@cache
def spent() -> Spent:
    return Spent(mongo())


@cache
def mongo() -> Mongo:
    return Mongo(settings(), secret_of(settings(), "mongodb_uri"))


def _now() -> datetime:
    """UTC in whole milliseconds: what MongoDB keeps."""
    moment = datetime.fromtimestamp(time.time(), UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _new_id() -> str:
    return uuid4().hex
