"""The fields that a body may have, by schema, each with the type of its JSON value.

Source: LibreGraph API 1.0, schemas user, group, drive, quota, driveItemInvite, driveRecipient, permission,
appRoleAssignment, memberReference.
"""

Fields = dict[str, type]


def _of(kind: type, *names: str) -> Fields:
    return dict.fromkeys(names, kind)


USER: Fields = {
    **_of(bool, "accountEnabled"),
    **_of(str, "id", "displayName", "mail", "onPremisesSamAccountName", "surname", "givenName", "userType"),
    **_of(str, "preferredLanguage", "externalID", "crossInstanceReference"),
    **_of(list, "appRoleAssignments", "drives", "identities", "memberOf", "instances"),
    **_of(dict, "drive", "passwordProfile", "signInActivity"),
}
GROUP: Fields = {
    **_of(str, "id", "description", "displayName"),
    **_of(list, "groupTypes", "members", "members@odata.bind"),
}
DRIVE: Fields = {
    **_of(str, "id", "createdDateTime", "description", "eTag", "lastModifiedDateTime", "name", "webUrl"),
    **_of(str, "driveType", "driveAlias"),
    **_of(dict, "createdBy", "lastModifiedBy", "parentReference", "owner", "quota", "root"),
    **_of(list, "items", "special"),
}
QUOTA: Fields = {**_of(int, "deleted", "remaining", "total", "used"), **_of(str, "state")}
INVITE: Fields = {
    **_of(list, "recipients", "roles", "@libre.graph.permissions.actions"),
    **_of(str, "expirationDateTime"),
}
RECIPIENT: Fields = _of(str, "objectId", "@libre.graph.recipient.type")
PERMISSION: Fields = {
    **_of(str, "id", "expirationDateTime", "createdDateTime"),
    **_of(bool, "hasPassword"),
    **_of(dict, "grantedToV2", "link", "invitation"),
    **_of(list, "roles", "grantedToIdentities", "@libre.graph.permissions.actions"),
}
ASSIGNMENT: Fields = _of(
    str,
    *("id", "deletedDateTime", "appRoleId", "createdDateTime", "principalDisplayName", "principalId"),
    *("principalType", "resourceDisplayName", "resourceId"),
)
REFERENCE: Fields = _of(str, "@odata.id")
