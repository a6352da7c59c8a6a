"""One question in the format of the wire, and its answer. Source: RFC 1035."""

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from infra.local.emulators.dns.zones import TYPES, Zones

TTL = 5  # seconds: who changes a record wants to see it
PIECE = 255  # bytes in one string of a TXT record
UDP = 512  # bytes that fit without EDNS
TCP = 65_535


def answer(zones: Zones, wire: bytes, most: int = TCP) -> bytes | None:
    """The answer in at most `most` bytes, truncated if need be; None for what is no question."""
    try:
        asked = dns.message.from_wire(wire)
        reply = dns.message.make_response(asked, recursion_available=True)
    except (dns.exception.DNSException, ValueError):
        return None
    if len(asked.question) == 1:
        _fill(reply, zones, asked.question[0])
    else:
        reply.set_rcode(dns.rcode.FORMERR)
    return _within(reply, max(most, asked.payload) if most == UDP else most)


def _fill(reply: dns.message.Message, zones: Zones, question: dns.rrset.RRset) -> None:
    name = question.name.to_text(omit_final_dot=True).lower()
    kind = dns.rdatatype.to_text(question.rdtype)
    reply.flags |= dns.flags.AA
    values = zones.values(name, kind) if kind in TYPES else []
    if values:
        texts = [_quoted(each) if kind == "TXT" else each for each in values]
        reply.answer.append(dns.rrset.from_text_list(question.name, TTL, dns.rdataclass.IN, kind, texts))
    elif not zones.exists(name):
        reply.set_rcode(dns.rcode.NXDOMAIN)


def _within(reply: dns.message.Message, most: int) -> bytes:
    try:
        return reply.to_wire(max_size=most)
    except dns.exception.TooBig:
        reply.answer.clear()
        reply.flags |= dns.flags.TC
        return reply.to_wire()


def _quoted(text: str) -> str:
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    pieces = [safe[start : start + PIECE - 5] for start in range(0, len(safe), PIECE - 5)]
    return " ".join(f'"{piece}"' for piece in pieces)
