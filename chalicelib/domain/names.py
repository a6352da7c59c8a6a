"""The names people type, checked once and kept in one canonical form.

Slug         3 to 40 of a-z, 0-9 and dashes, no dash at either end
DomainName   lower case, IDNA A-labels, at least two labels: "Bücher.Example." becomes "xn--bcher-kva.example"
EmailAddress lower case; the plain local parts that all three integrations accept
DisplayName  1 to 80 characters without control characters or blanks at the ends
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

import idna
from pydantic import AfterValidator, Field

SLUG = r"^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$"
LOCAL_PART = re.compile(r"[a-z0-9]+(?:[._+-]+[a-z0-9]+)*")
IPV4 = re.compile(r"[0-9]+(?:\.[0-9]+){3}")
LONGEST_LOCAL_PART = 64
LONGEST_DOMAIN = 253
NOT_SHOWN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, surrogates, unassigned, line separators


def domain_name(text: str) -> str:
    """The canonical form of a mail domain. Raises ValueError for what is none."""
    if not text.isprintable() or text != text.strip() or text.endswith(".."):
        raise ValueError("must be a domain name")
    try:
        ascii_name = idna.encode(text.removesuffix("."), uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ValueError("must be a domain name") from None
    labels = ascii_name.split(".")
    if (
        len(labels) < 2
        or len(ascii_name) > LONGEST_DOMAIN
        or IPV4.fullmatch(ascii_name)
        or labels[-1].isdigit()
    ):
        raise ValueError("must be a domain name with at least two labels")
    return ascii_name


def email_address(text: str) -> str:
    """The canonical form of an e-mail address. Raises ValueError for what is none."""
    local_part, at, domain = text.partition("@")
    # ASCII first: lower() turns some look-alikes into plain letters.
    if not at or not local_part.isascii() or len(local_part) > LONGEST_LOCAL_PART:
        raise ValueError("must be an e-mail address")
    if not LOCAL_PART.fullmatch(local_part.lower()) or ".." in local_part:
        raise ValueError("must be an e-mail address")
    return f"{local_part.lower()}@{domain_name(domain)}"


def display_name(text: str) -> str:
    """The name without blanks around it. Raises ValueError for control characters."""
    if any(unicodedata.category(character) in NOT_SHOWN for character in text):
        raise ValueError("must not contain control characters")
    if not text.strip():
        raise ValueError("must not be blank")
    return text.strip()


Slug = Annotated[str, Field(min_length=3, max_length=40, pattern=SLUG)]
DomainName = Annotated[str, Field(max_length=LONGEST_DOMAIN + 1), AfterValidator(domain_name)]
EmailAddress = Annotated[str, Field(min_length=3, max_length=320), AfterValidator(email_address)]
DisplayName = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(display_name)]
FreeText = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(display_name)]
