"""The documentation page: whole, self-contained, and allowed to load nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from chalicelib.handlers import openapi
from chalicelib.handlers.docs_page.page import page_of

VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a browser would see: open elements have to be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def values(self, attribute: str) -> list[str]:
        return [str(given[attribute]) for _, given in self.elements if attribute in given]


@pytest.fixture
def answer(api):
    return api.get("/docs")


@pytest.fixture
def page(answer):
    return Page(answer.text)


def test_everyone_may_read_the_page(answer):
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(answer.content) < 300_000


def test_the_page_may_load_nothing_but_its_own_style(answer):
    style = re.search("<style>(.*)</style>", answer.text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    policy = dict(each.strip().split(" ", 1) for each in answer.headers["Content-Security-Policy"].split(";"))

    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["style-src"] == f"'sha256-{digest}'"


def test_the_page_needs_nothing_from_elsewhere(page):
    assert not {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "form"}
    assert not page.values("style")
    assert {href for href in page.values("href") if not href.startswith("#")} == {"openapi.json"}


def test_every_operation_and_shape_has_its_place_and_every_link_leads_to_one(page):
    document, places = openapi.document(), page.values("id")
    operations = {each["operationId"] for methods in document["paths"].values() for each in methods.values()}

    assert len(set(places)) == len(places)
    assert operations | set(document["components"]["schemas"]) <= set(places)
    assert {href.removeprefix("#") for href in page.values("href")} - set(places) == {"openapi.json"}


def test_an_operation_says_who_may_call_it_what_it_takes_and_what_it_refuses(answer):
    section = re.search(r'<section[^>]* id="suspend_tenant".*?</section>', answer.text, re.DOTALL).group()

    for words in (
        "POST",
        "/tenants/{slug}/suspend",
        "For operators",
        "reason",
        "TenantAnswer",
        "impossible-move",
    ):
        assert words in section


def test_the_page_can_be_walked_by_landmarks_and_headings(page):
    tags = [tag for tag, _ in page.elements]
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]

    assert page.elements[0] == ("html", {"lang": "en"})
    assert [tags.count(each) for each in ("header", "nav", "main", "h1")] == [1, 1, 1, 1]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_words_of_the_document_are_never_markup():
    document = openapi.document()
    hostile = document | {"info": document["info"] | {"title": "<script>", "description": "a `<b>` & c"}}

    page = page_of(hostile)

    assert "<script>" not in page
    assert "a <code>&lt;b&gt;</code> &amp; c" in page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_paper_by_4_5_to_1(answer, scheme):
    colours = list(_palettes(answer.text))[0 if scheme == "light" else 1]

    for word in ("ink", "quiet", "link"):
        assert _contrast(colours[word], colours["paper"]) >= 4.5
        assert _contrast(colours[word], colours["tint"]) >= 4.5
    for verb in ("get", "post", "change", "delete"):
        assert _contrast(colours[verb], colours["on-colour"]) >= 4.5


def _palettes(text: str) -> Iterator[dict[str, str]]:
    for block in re.findall(r":root {(.*?)}", text, re.DOTALL):
        yield dict(re.findall(r"--([a-z-]+): #([0-9a-f]+);", block))


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    whole = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
