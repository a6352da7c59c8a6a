"""Templates: found, escaped and filled in. A name that a template does not know is an error, never empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.portal.moments import ago, exact
from chalicelib.portal.money import amount, money, monies
from chalicelib.portal.navigation import NAMES, NAVIGATION
from chalicelib.portal.people import application, choice, pair
from chalicelib.portal.static import hashed_name

TEMPLATES = Path(__file__).with_name("templates")
FILTERS: tuple[Callable[..., Any], ...] = (ago, exact, amount, money, monies, application, choice, pair)


def render(template: str, **shown: Any) -> str:
    """The template as text; `now` is the time that relative times count from."""
    return _environment().get_template(template).render(now=datetime.now(UTC), **shown)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {each.__name__: each for each in FILTERS}
    environment.globals |= {"static_name": hashed_name, "navigation": NAVIGATION, "portal_names": NAMES}
    return environment
