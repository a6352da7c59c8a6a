"""HTML that cannot forget to escape: text becomes Html only here."""

from __future__ import annotations

from html import escape


class Html(str):
    """Text that is markup already; any other text is escaped when it goes inside of an element."""

    __slots__ = ()


def element(name: str, *inside: str, **attributes: str) -> Html:
    """`element("a", "more", href="#x")`; `class_` and `aria_label` mean what they must."""
    given = "".join(f' {_attribute(key)}="{escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{given}>{joined(*inside)}</{name}>")


def joined(*parts: str) -> Html:
    return Html("".join(part if isinstance(part, Html) else escape(part, quote=False) for part in parts))


def separated(parts: list[Html], by: str = ", ") -> Html:
    return Html(escape(by).join(parts))


def prose(text: str) -> Html:
    """Text in which `backticks` mark code."""
    pieces = text.split("`")
    return joined(*(element("code", piece) if at % 2 else piece for at, piece in enumerate(pieces)))


def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
