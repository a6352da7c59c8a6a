"""The values that properties may take.

Source: the object schema that a 0.16.18 server serves under /api/schema.
"""


def _names(*values: str) -> frozenset[str]:
    return frozenset(values)


# The server knows 660 permissions; these are the ones that a provider of mailboxes grants or denies.
PERMISSIONS = _names(
    *("authenticate", "authenticateWithAlias", "emailSend", "emailReceive", "imapAuthenticate"),
    *("pop3Authenticate", "sieveAuthenticate", "impersonate"),
)
TENANT_QUOTAS = _names(
    *("maxAccounts", "maxGroups", "maxDomains", "maxMailingLists", "maxRoles", "maxOauthClients"),
    *("maxDkimKeys", "maxDnsServers", "maxDirectories", "maxAcmeProviders", "maxDiskQuota"),
)
ACCOUNT_QUOTAS = _names(
    *("maxEmails", "maxMailboxes", "maxEmailSubmissions", "maxEmailIdentities", "maxParticipantIdentities"),
    *("maxSieveScripts", "maxPushSubscriptions", "maxCalendars", "maxCalendarEvents"),
    *("maxCalendarEventNotifications", "maxAddressBooks", "maxContactCards", "maxFiles", "maxFolders"),
    *("maxMaskedAddresses", "maxAppPasswords", "maxApiKeys", "maxPublicKeys", "maxDiskQuota"),
)
ALGORITHMS = _names("Dkim1Ed25519Sha256", "Dkim1RsaSha256", "Dkim2Ed25519Sha256", "Dkim2RsaSha256")
STAGES = _names("active", "pending", "retiring", "retired")
DNS_RECORDS = _names(
    *("autoConfig", "autoConfigLegacy", "autoDiscover", "caa", "dkim", "dmarc", "mtaSts", "mx", "spf", "srv"),
    "tlsRpt",
    "tlsa",
)
MASK = "*****"  # what a secret looks like once it is stored
