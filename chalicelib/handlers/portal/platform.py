"""Platform: the API as one signed-in person may use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chalicelib.errors import GatewayAway, SessionEnded
from chalicelib.integrations.gateway import Answered, Ask, GatewayClient

if TYPE_CHECKING:
    from chalicelib.services.sessions import OpenSession, Sessions

BUSY = frozenset({429, 502, 503, 504})


class ApiRefused(Exception):
    """The API answered with a problem: `status` and `code` as it gave them, `errors` a sentence by field."""

    def __init__(self, status: int, code: str, detail: str, errors: Mapping[str, str]) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors


class Platform:
    """Each call answers the parsed body.

    Raises   ApiRefused, SessionEnded when the person has to sign in again, GatewayAway
    """

    def __init__(self, gateway: GatewayClient, sessions: Sessions, opened: OpenSession) -> None:
        self._gateway = gateway
        self._sessions = sessions
        self._opened = opened

    def get(self, path: str, **params: str) -> Any:
        return self.together(reading(path, **params))[0]

    def together(self, *asked: Ask) -> list[Any]:
        """The bodies of several reads, which go side by side."""
        return [_body(each) for each in self._answers(asked)]

    def as_operator(self, *asked: Ask) -> list[Any]:
        """The same for addresses that others may read, too, seeing less: they are refused here."""
        me, *answers = self._answers((reading("/me"), *asked))
        if not _body(me)["operator"]:
            raise ApiRefused(403, "operator-rights-required", "", {})
        return [_body(each) for each in answers]

    def maybe(self, path: str, **params: str) -> Any:
        """The body, or None where there is nothing at that address."""
        try:
            return self.get(path, **params)
        except ApiRefused as refused:
            if refused.status == 404:
                return None
            raise

    def change(self, method: str, path: str, json: object = None, **headers: str) -> Any:
        """`method` is POST, PATCH, PUT or DELETE."""
        return self.together(Ask(method, path, json=json, headers=headers))[0]

    def _answers(self, asked: tuple[Ask, ...]) -> list[Answered]:
        answers = self._gateway.send_all(self._sessions.access_token(self._opened), asked)
        if all(each.status != 401 for each in answers):
            return answers
        # Nothing was done yet: the gateway refuses a token before any function runs.
        refused = [index for index, each in enumerate(answers) if each.status == 401]
        again = self._gateway.send_all(
            self._sessions.renewed(self._opened), [asked[each] for each in refused]
        )
        for index, answer in zip(refused, again, strict=True):
            answers[index] = answer
        return answers


def reading(path: str, **params: str) -> Ask:
    """A read; parameters that are empty are left out."""
    return Ask("GET", path, params={name: value for name, value in params.items() if value})


def segment(value: str) -> str:
    """`value` as one part of a path, whatever characters it has."""
    return quote(value, safe="")


def _body(answer: Answered) -> Any:
    if answer.status < 300:
        return answer.body
    if answer.status == 401:
        raise SessionEnded
    if answer.status in BUSY or answer.status >= 500:
        raise GatewayAway
    raise _refused(answer)


def _refused(answer: Answered) -> ApiRefused:
    problem = answer.body if isinstance(answer.body, dict) else {}
    errors = {str(each["field"]): str(each["message"]) for each in problem.get("errors") or ()}
    return ApiRefused(answer.status, str(problem.get("code")), str(problem.get("detail") or ""), errors)
