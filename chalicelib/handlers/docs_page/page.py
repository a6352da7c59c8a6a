"""The page: head, contents, operations by noun, shapes."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from chalicelib.handlers.docs_page.fields import example, fields_of
from chalicelib.handlers.docs_page.markup import Html, element, joined, prose
from chalicelib.handlers.docs_page.operations import Operations, address, by_tag
from chalicelib.handlers.openapi.examples import example_of
from chalicelib.handlers.openapi.schemas import Json

STYLE = Path(__file__).with_name("style.css")


def page_of(document: Json) -> str:
    body = element(
        "body",
        element("a", "Skip to the operations", href="#operations", class_="skip"),
        _header(document["info"]),
        element("div", _contents(document), _main(document), class_="columns"),
    )
    return f'<!doctype html>\n<html lang="en">{_head(document["info"])}{body}</html>\n'


def policy() -> str:
    """Content-Security-Policy: the page's own style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    nothing_else = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return f"{nothing_else}; style-src 'sha256-{digest}'"


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")


def _head(info: Json) -> Html:
    return element(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", info["title"]),
        element("style", Html(_style())),
    )


def _header(info: Json) -> Html:
    written = (element("p", prose(paragraph)) for paragraph in info["description"].split("\n\n"))
    machine = element("p", "For programs: ", element("a", "openapi.json", href="openapi.json"))
    title = element("h1", info["title"], " ", element("small", info["version"]))
    return element("header", title, *written, machine)


def _contents(document: Json) -> Html:
    nouns = (
        element("li", _link(tag, _titled(tag)), element("ul", *map(_entry, operations)))
        for tag, operations in by_tag(document)
    )
    shapes = element("li", _link("shapes", "Shapes"))
    return element("nav", element("h2", "Contents"), element("ul", *nouns, shapes), aria_label="Contents")


def _entry(operation: tuple[str, str, Json]) -> Html:
    method, path, described = operation
    return element("li", element("a", address(method, path), href=f"#{described['operationId']}"))


def _main(document: Json) -> Html:
    operations = Operations(document)
    nouns = (
        joined(element("h2", _titled(tag), id=tag), *(operations.written(*each) for each in of))
        for tag, of in by_tag(document)
    )
    return element("main", *nouns, _shapes(document["components"]["schemas"]), id="operations")


def _shapes(schemas: dict[str, Json]) -> Html:
    intro = element("p", "What bodies and answers are made of.")
    return joined(element("h2", "Shapes", id="shapes"), intro, *(_shape(name, schemas) for name in schemas))


def _shape(name: str, schemas: dict[str, Json]) -> Html:
    schema = schemas[name]
    text = schema.get("description")
    about = element("p", prose(text)) if text else Html()
    shown = example(example_of(schema, schemas))
    return element("section", element("h3", name), about, fields_of(schema), shown, id=name)


def _link(target: str, text: str) -> Html:
    return element("a", text, href=f"#{target}")


def _titled(tag: str) -> str:
    return tag.capitalize()
