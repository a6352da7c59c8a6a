"""One operation: what it does, who may call it, what it takes, gives and refuses."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.handlers.docs_page.fields import example, field, fields_of, type_of
from chalicelib.handlers.docs_page.markup import Html, element, joined, prose, separated
from chalicelib.handlers.openapi.schemas import Json


class Operations:
    """Writes operations; `resolve` finds what a reference of the document means."""

    def __init__(self, document: Json) -> None:
        self._document = document

    def written(self, method: str, path: str, operation: Json) -> Html:
        name = operation["operationId"]
        heading = element("h3", address(method, path), id=f"{name}-title")
        parts = (self._parameters(operation), self._body(operation), self._answers(operation))
        return element(
            "section",
            heading,
            element("p", prose(operation["summary"]), class_="summary"),
            element("p", prose(operation["description"]), class_="who"),
            *parts,
            id=name,
            aria_labelledby=f"{name}-title",
        )

    def _parameters(self, operation: Json) -> Html:
        given = [self.resolve(each) for each in operation["parameters"]]
        return (
            joined(element("h4", "Parameters"), element("dl", *map(_parameter, given))) if given else Html()
        )

    def _body(self, operation: Json) -> Html:
        if "requestBody" not in operation:
            return Html()
        content = operation["requestBody"]["content"]["application/json"]
        shape = self.resolve(content["schema"])
        text = shape.get("description")
        about = element("p", prose(text)) if text else Html()
        return joined(element("h4", "Body"), about, fields_of(shape), example(content["example"]))

    def _answers(self, operation: Json) -> Html:
        responses = operation["responses"].items()
        good = [_answer(status, each) for status, each in responses if status[0] == "2"]
        bad = [_refusal(status, each) for status, each in responses if status[0] in "45"]
        answers = (element("h4", "Answer"), element("p", *good))
        return joined(*answers, element("h4", "Refusals"), element("ul", *bad, class_="refusals"))

    def resolve(self, part: Json) -> Json:
        found = self._document
        for step in part["$ref"].removeprefix("#/").split("/") if "$ref" in part else ():
            found = found[step]
        return found if "$ref" in part else part


def address(method: str, path: str) -> Html:
    verb = element("span", method.upper(), class_=f"method {method}")
    return joined(verb, " ", element("code", path))


def _parameter(given: Json) -> Html:
    described = given["schema"] | {"description": given.get("description")}
    return field(given["name"], described, is_required=given["required"], where=given["in"])


def _answer(status: str, response: Json) -> Html:
    kinds = [_content(kind, content) for kind, content in response.get("content", {}).items()]
    sent = separated(kinds) if kinds else Html("nothing more")
    names = [element("code", name) for name in response["headers"]]
    return joined(element("strong", status), " ", sent, "; with ", separated(names))


def _content(kind: str, content: Json) -> Html:
    return type_of(content["schema"]) if "$ref" in content["schema"] else element("code", kind)


def _refusal(status: str, response: Json) -> Html:
    codes = [element("code", code) for code in response["x-codes"]]
    return element("li", element("strong", status), " ", separated(codes))


def by_tag(document: Json) -> Iterator[tuple[str, list[tuple[str, str, Json]]]]:
    """Each noun with its operations: method, path, operation."""
    for tag in document["tags"]:
        yield (
            tag["name"],
            [
                (method, path, operation)
                for path, methods in document["paths"].items()
                for method, operation in methods.items()
                if tag["name"] in operation["tags"]
            ],
        )
