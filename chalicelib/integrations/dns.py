"""DNS: what anybody may have written there, looked up with bounds. The only file that imports dnspython."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address

import dns.exception
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from chalicelib.domain.mail_records import Answers, Question
from chalicelib.errors import Misconfigured

EACH, ALL = 2.0, 8.0  # seconds for one answer, and for all that are asked for together
MOST_QUESTIONS = 12
MOST_ANSWERS = 20  # records at one name that are looked at
LONGEST = 1000  # characters of one: an RSA key of 4096 bits has 800
Texts = tuple[str, ...]


class DnsLookups:
    """
    address   "127.0.0.1:8053", or empty for the system's own resolvers
    """

    def __init__(self, address: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._resolver = _resolver(address)
        self._clock = clock

    def look(self, questions: Sequence[Question]) -> Answers:
        """One after the other, each once; None for what is not answered in time, or not asked at all."""
        ends = self._clock() + ALL
        asked = list(dict.fromkeys(questions))
        found: dict[Question, Texts | None] = dict.fromkeys(asked)
        for question in asked[:MOST_QUESTIONS]:
            left = ends - self._clock()
            if left <= 0:
                break
            found[question] = self._texts(question, min(EACH, left))
        return found

    def _texts(self, question: Question, seconds: float) -> Texts | None:
        """A truncated answer is asked for again by TCP. A name that does not exist has no records."""
        name = f"{question.name}."
        try:
            answer = self._resolver.resolve(name, question.type, lifetime=seconds, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, OSError):
            return None  # silent, broken, refusing, or no name at all: nobody knows
        return tuple(_words(answer.rrset or ()))[:MOST_ANSWERS]


def _words(records: object) -> Iterator[str]:
    for each in records:  # type: ignore[attr-defined]  # an RRset, or nothing
        if isinstance(each, TXT):
            yield _plain(b"".join(each.strings).decode("ascii", "replace"))
        elif isinstance(each, MX):
            yield _plain(f"{each.preference} {each.exchange}")


def _plain(text: str) -> str:
    """Others wrote it: cut, and without what cannot be seen."""
    return "".join(each for each in text[:LONGEST] if each.isprintable())


def _resolver(address: str) -> dns.resolver.Resolver:
    """Raises Misconfigured."""
    if not address:
        resolver = dns.resolver.Resolver()
    else:
        host, _, port = address.rpartition(":")
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [_host(host)], _port(port)
    resolver.timeout = EACH
    return resolver


def _host(text: str) -> str:
    try:
        return str(ip_address(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        raise Misconfigured("DNS_RESOLVER must be <IP address>:<port>") from None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65_536):
        raise Misconfigured("DNS_RESOLVER must be <IP address>:<port>")
    return int(text)
