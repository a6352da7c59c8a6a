"""The vendors' versions in MongoDB: one document for each integration."""

from __future__ import annotations

from chalicelib.domain.provisioning import INTEGRATIONS
from chalicelib.domain.version import SeenVersion
from chalicelib.repositories.documents import from_document, to_document
from chalicelib.repositories.mongo import Mongo, border


@border
class SeenVersions:
    """VersionStore on the collection `vendorVersions`."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    def put(self, seen: SeenVersion) -> None:
        document = to_document(seen)
        self._mongo.collection("vendorVersions").replace_one({"_id": seen.id}, document, upsert=True)

    def all(self) -> tuple[SeenVersion, ...]:
        found = self._mongo.collection("vendorVersions").find({"_id": {"$in": list(INTEGRATIONS)}})
        stored = {each["_id"]: from_document(SeenVersion, each) for each in found}
        return tuple(stored[each] for each in INTEGRATIONS if each in stored)
