"""What is deployed: each function with what it may reach, its memory and its time.

A route or trigger that no entry matches is refused, and so is an entry that matches nothing. The first entry
that matches wins, so exceptions stand first. Tenants, partners and users have one function for each route:
each has the rights of that route only. The other sets are one function each, for their routes share all they
reach, and a page of a portal loads several of them at once: many functions would be many cold starts.
"""

from __future__ import annotations

from infra.aws.template.model import Functions, Needs, Parameter, Runtime

PRODUCTION = Runtime("3.13", "arm64")
INTEGRATIONS = ("authentik", "stalwart", "ocis")
RECONCILE = tuple(f"reconcile-{each}" for each in INTEGRATIONS)
SWEEP = "reconcile-sweep"
DEAD = "-dead"  # behind the name of the queue whose dead letters it keeps
DEAD_LETTERS = tuple(f"{each}{DEAD}" for each in RECONCILE)
FAILED_SCHEDULES = "schedule-failed"
RECEIVES = 5  # then a message goes to the dead letters
AUTHORIZER_TTL = 60  # seconds: the documented bound of a revocation

# What needs no token. A line here is a decision, not a formality.
PUBLIC_ROUTES = {
    "GET /health",
    "GET /health/ready",
    "GET /openapi.json",
    "GET /docs",
    # Pages for people: a session of the portal's own stands before them, and a browser holds no token.
    "GET /operator",
    "GET /operator/*",
    "POST /operator/*",
    "GET /customer",
    "GET /customer/*",
    "POST /customer/*",
}

TOKENS = Needs(variables=("STAGE", "AUTHENTIK_ISSUER", "AUTHENTIK_AUDIENCE", "AUTHENTIK_ALGORITHM"))
DATABASE = Needs(
    variables=("STAGE", "MONGODB_DATABASE", "MONGODB_RETRY_WRITES"),
    secrets=("MONGODB_URI",),
)
# The API tells operators from customers by the audience that the authorizer hands on.
API = (
    DATABASE
    + TOKENS
    + Needs(variables=("OPERATOR_AUDIENCE", "CUSTOMER_AUDIENCE", "RETENTION_DAYS"), secrets=("CURSOR_KEY",))
)
HEADS = ("AUDIT_BUCKET",)
HINTS = Needs(sends=RECONCILE)
DNS = Needs(variables=("DNS_RESOLVER",))
VENDORS = {
    "authentik": Needs(
        variables=("AUTHENTIK_URL", "AUTHENTIK_SHARED_APPLICATIONS"), secrets=("AUTHENTIK_TOKEN",)
    ),
    "stalwart": Needs(variables=("STALWART_URL",), secrets=("STALWART_API_KEY",)),
    "ocis": Needs(variables=("OCIS_URL", "OCIS_USERNAME"), secrets=("OCIS_APP_TOKEN",)),
}
ALL_VENDORS = VENDORS["authentik"] + VENDORS["stalwart"] + VENDORS["ocis"]
# A portal has rights of its own: its secrets lie in a folder that no other set reads, the address of its
# database included, so that its account there may be bound to its own collections.
PORTAL = DATABASE + TOKENS + Needs(variables=("PLATFORM_API_INTERNAL_URL",))
# The most requests at a time that a vendor takes from one account: Stalwart allows four.
WORKERS = {"authentik": 5, "stalwart": 4, "ocis": 5}

FUNCTIONS = (
    Functions(set="authorizer", serves=("token_authorizer",), needs=TOKENS, timeout=10),
    # To say what a reconcile would do, and to do exactly that, needs a look at all three.
    Functions(
        set="tenants",
        serves=("GET /tenants/{slug}/plan", "POST /tenants/{slug}/reconcile"),
        needs=API + HINTS + ALL_VENDORS,
        memory=1024,
    ),
    # A link into an account is made by the identity provider.
    Functions(
        set="tenants",
        serves=("POST /tenants/{slug}/users/{user_id}/invitation",),
        needs=API + VENDORS["authentik"],
    ),
    # What DNS has to hold is the mail server's to say.
    Functions(
        set="tenants",
        serves=("POST /tenants/{slug}/domains/{name}/check",),
        needs=API + HINTS + VENDORS["stalwart"] + DNS,
    ),
    Functions(
        set="tenants",
        serves=("GET /attention",),
        needs=API + Needs(counts=DEAD_LETTERS),
    ),
    Functions(
        set="tenants",
        serves=("POST /attention/dead-letters/*",),
        needs=API + HINTS + Needs(takes=DEAD_LETTERS),
    ),
    Functions(
        set="tenants", serves=("GET /audit/verify",), needs=API + Needs(variables=HEADS, heads=("read",))
    ),
    Functions(
        set="tenants",
        serves=(
            "GET /tenants",
            "GET /tenants/*",
            "GET /stats",
            "GET /stats/*",
            "GET /catalogue",
            "GET /audit",
        ),
        needs=API,
    ),
    Functions(set="tenants", serves=("* /tenants", "* /tenants/*"), needs=API + HINTS),
    Functions(set="tenants", serves=("* /tickets", "* /tickets/*"), needs=API),
    # The tenants of a terminated partner follow what was decided for them.
    Functions(set="partners", serves=("DELETE /partners/*",), needs=API + HINTS),
    Functions(set="partners", serves=("* /partners", "* /partners/*"), needs=API),
    Functions(set="users", serves=("PATCH /users/*",), needs=API + HINTS),
    Functions(set="users", serves=("GET /me", "GET /users", "GET /users/*"), needs=API),
    Functions(
        set="public",
        name="Public",
        serves=("GET /health", "GET /health/ready", "GET /openapi.json", "GET /docs"),
        needs=DATABASE,
        reserved=10,
    ),
    Functions(
        set="operator",
        name="Operator",
        under="/operator",
        folder="operator",
        serves=("* /operator", "* /operator/*"),
        needs=PORTAL
        + Needs(
            variables=("OPERATOR_AUDIENCE", "OPERATOR_GROUP", "OPERATOR_PUBLIC_URL"),
            secrets=("OPERATOR_CLIENT_SECRET", "OPERATOR_SESSION_KEYS"),
        ),
        reserved=20,
    ),
    Functions(
        set="customer",
        name="Customer",
        under="/customer",
        folder="customer",
        serves=("* /customer", "* /customer/*"),
        needs=PORTAL
        + Needs(
            variables=("CUSTOMER_AUDIENCE", "CUSTOMER_PUBLIC_URL"),
            secrets=("CUSTOMER_CLIENT_SECRET", "CUSTOMER_SESSION_KEYS"),
        ),
        reserved=20,
    ),
    *(
        Functions(
            set="reconcile",
            serves=(f"reconcile_{each}",),
            needs=DATABASE + VENDORS[each],
            timeout=60,
            concurrency=WORKERS[each],
        )
        for each in INTEGRATIONS
    ),
    Functions(
        set="reconcile",
        serves=("sweep_shards",),
        needs=DATABASE + HINTS + Needs(sends=(SWEEP,)),
        timeout=60,
        concurrency=4,
    ),
    Functions(set="schedule", serves=("plan_sweep",), needs=Needs(sends=(SWEEP,)), memory=256, timeout=60),
    Functions(set="schedule", serves=("purge_what_is_over", "settle_books"), needs=API + HINTS, timeout=60),
    Functions(
        set="schedule",
        serves=("check_domains",),
        needs=API + HINTS + VENDORS["stalwart"] + DNS,
        timeout=60,
    ),
    Functions(set="schedule", serves=("seal_audit",), needs=DATABASE, timeout=60),
    Functions(
        set="schedule",
        serves=("keep_audit_head",),
        needs=DATABASE + Needs(variables=HEADS, heads=("keep", "read")),
        timeout=60,
    ),
)

HTTPS = r"https://[^\s,]+"
DOMAIN = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"

# Each is a parameter of the template, named AuthentikIssuer and so on.
VARIABLES = {
    "STAGE": Parameter(about="dev or prod", pattern="dev|prod"),
    "AUTHENTIK_ISSUER": Parameter(
        about="Issuers, comma-separated, paired by position with the audiences", pattern=f"{HTTPS}(,{HTTPS})*"
    ),
    "AUTHENTIK_AUDIENCE": Parameter(about="Audiences (client ids)", default="dezky-operator,dezky-portal"),
    "AUTHENTIK_ALGORITHM": Parameter(about="One for all issuers, or one each", default="RS256"),
    "OPERATOR_AUDIENCE": Parameter(about="Which of them is the operators'", default="dezky-operator"),
    "CUSTOMER_AUDIENCE": Parameter(about="Which of them is the customers'", default="dezky-portal"),
    "OPERATOR_GROUP": Parameter(
        about="Whose members may sign in at the operator portal", default="dezky-platform-admins"
    ),
    "MONGODB_DATABASE": Parameter(about="Name of the database", default="dezky"),
    "MONGODB_RETRY_WRITES": Parameter(
        about="false for DocumentDB before 8.0.2", default="true", pattern="true|false"
    ),
    "RETENTION_DAYS": Parameter(
        about="Days from a tenant's end to its purge", default="30", pattern="[1-9][0-9]*"
    ),
    "AUTHENTIK_URL": Parameter(about="Authentik's address", pattern=HTTPS),
    "AUTHENTIK_SHARED_APPLICATIONS": Parameter(
        about="Slugs of the applications that each tenant's group is bound to", default=""
    ),
    "STALWART_URL": Parameter(about="Stalwart's address", pattern=HTTPS),
    "DNS_RESOLVER": Parameter(
        about="IP address and port of the resolver that domains are checked with; empty: the region's",
        default="",
    ),
    "OCIS_URL": Parameter(about="oCIS's address", pattern=HTTPS),
    "OCIS_USERNAME": Parameter(about="Account of the platform in oCIS", default="dezky-platform"),
}
PARAMETERS = {
    "CodeBucket": Parameter(about="Where the zip lies"),
    "CodeKey": Parameter(about="Which zip: its own digest"),
    "ApiDomain": Parameter(about="Host of the API", pattern=DOMAIN),
    "OperatorDomain": Parameter(about="Host of the operator portal", pattern=DOMAIN),
    "CustomerDomain": Parameter(about="Host of the customer portal", pattern=DOMAIN),
    "CertificateArn": Parameter(about="One certificate of this region for all three hosts"),
    "HostedZoneId": Parameter(about="Of Route 53, for the three names; empty: made by hand", default=""),
    "AlarmEmail": Parameter(about="Who is told of alarms; empty: subscribe by hand", default=""),
}
