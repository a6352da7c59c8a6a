"""`python -m tests.security.threats` writes docs/threats.md; with a row it names the tests of that row."""

from __future__ import annotations

import sys

from tests.security.threats.named import named
from tests.security.threats.published import PAGE, page

if asked := sys.argv[1:]:
    for each in named():
        if each.row in asked:
            print(f"tests/{each.file}  {each.name}")
else:
    PAGE.write_text(page(), encoding="utf-8")
