"""`python -m tests.security.permissions` writes docs/permissions.md."""

from __future__ import annotations

from tests.security.permissions.published import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
