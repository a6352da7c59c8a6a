"""The demo data, as the bodies that create it; `partnerId` holds the partner's slug here."""

from typing import Any

PARTNERS: tuple[dict[str, Any], ...] = (
    {
        "slug": "nordlicht",
        "name": "Nordlicht IT",
        "domain": "nordlicht-it.example",
        "marginPct": 20,
        "contact": {"name": "Jonas Petersen", "email": "jonas.petersen@nordlicht-it.example"},
    },
    {
        "slug": "alpenblick",
        "name": "Alpenblick Systemhaus",
        "domain": "alpenblick.example",
        "marginPct": 17.5,
        "contact": {"name": "Maria Huber", "email": "maria.huber@alpenblick.example"},
    },
    {
        "slug": "hafenwerk",
        "name": "Hafenwerk Digital",
        "domain": "hafenwerk.example",
        "marginPct": 12.25,
        "contact": {"name": "Emre Yilmaz", "email": "emre.yilmaz@hafenwerk.example"},
    },
)

TENANTS: tuple[dict[str, Any], ...] = (
    {
        "slug": "acme",
        "name": "Acme Werke",
        "domains": ["acme.test"],
        "plan": "business",
        "owner": {"email": "owner@acme.test", "name": "Alma Owner"},
    },
    {
        "slug": "baeckerei-krume",
        "name": "Bäckerei Krume",
        "domains": ["baeckerei-krume.example"],
        "plan": "starter",
        "partnerId": "nordlicht",
        "owner": {"email": "greta@baeckerei-krume.example", "name": "Greta Krume"},
    },
    {
        "slug": "kanzlei-vogt",
        "name": "Kanzlei Vogt & Partner",
        "domains": ["kanzlei-vogt.example", "vogt-recht.example"],
        "plan": "enterprise",
        "partnerId": "nordlicht",
        "owner": {"email": "henrike.vogt@kanzlei-vogt.example", "name": "Henrike Vogt"},
    },
    {
        "slug": "windpark-nord",
        "name": "Windpark Nord",
        "domains": ["windpark-nord.example"],
        "plan": "business",
        "partnerId": "nordlicht",
        "owner": {"email": "ole.hansen@windpark-nord.example", "name": "Ole Hansen"},
    },
    {
        "slug": "bergbahn",
        "name": "Bergbahn Sonnenspitze",
        "domains": ["bergbahn.example"],
        "plan": "business",
        "partnerId": "alpenblick",
        "owner": {"email": "lukas.moser@bergbahn.example", "name": "Lukas Moser"},
    },
    {
        "slug": "hotel-edelweiss",
        "name": "Hotel Edelweiss",
        "domains": ["hotel-edelweiss.example"],
        "plan": "starter",
        "partnerId": "alpenblick",
        "owner": {"email": "empfang@hotel-edelweiss.example", "name": "Resi Gruber"},
    },
    {
        "slug": "reederei-brandt",
        "name": "Reederei Brandt",
        "domains": ["reederei-brandt.example", "brandt-schiffe.example"],
        "plan": "enterprise",
        "partnerId": "hafenwerk",
        "owner": {"email": "k.brandt@reederei-brandt.example", "name": "Katharina Brandt"},
    },
    {
        "slug": "praxis-sommer",
        "name": "Zahnarztpraxis Dr. Sommer",
        "domains": ["praxis-sommer.example"],
        "plan": "starter",
        "owner": {"email": "team@praxis-sommer.example", "name": "Nadja Sommer"},
    },
)

# What was agreed, by tenant; the others keep the five seats that each begins with.
TERMS: dict[str, dict[str, Any]] = {
    "acme": {"plan": "business", "seats": 12, "discountPct": 10},
    "kanzlei-vogt": {"plan": "enterprise", "seats": 25, "interval": "year"},
    "windpark-nord": {"plan": "business", "seats": 40, "currency": "DKK"},
    "bergbahn": {"plan": "business", "seats": 18},
    "reederei-brandt": {"plan": "enterprise", "seats": 60, "discountPct": 12.5},
}
MEMBER = {"email": "member@acme.test", "name": "Malik Member", "role": "member"}
SUSPENDED = {"hotel-edelweiss": "Three invoices are unpaid"}  # why, by tenant
