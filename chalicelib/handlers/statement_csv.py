"""A statement as CSV, for spreadsheets: RFC 4180, amounts with a decimal point, no cell that is a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator

from chalice.app import Response

from chalicelib.domain.apportioning import Line
from chalicelib.domain.money import decimal_text
from chalicelib.domain.statement import Correction, Sum
from chalicelib.services.statements import PartnerStatement

CSV = "text/csv"
HEADINGS = ("kind", "period", "tenant", "name", "from", "to", "days", "plan", "seats", "interval", "status",
            "currency", "unitPrice", "discountPct", "mrr", "base", "marginPct", "amount")  # fmt: skip
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # with what a spreadsheet takes a cell for a formula


def statement_csv(found: PartnerStatement) -> Response:
    """Lines, corrections, then the total of each currency; `kind` tells which is which."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows(_rows(found))
    name = f"statement-{found.partner.slug}-{found.statement.period}.csv"
    headers: dict[str, str | list[str]] = {
        "Content-Type": f"{CSV}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(text.getvalue(), headers=headers, status_code=200)


def guarded(text: str) -> str:
    """What somebody typed, so that no spreadsheet runs it."""
    plain = unicodedata.normalize("NFKC", text).lstrip()  # full-width signs and odd blanks count as well
    return f"'{text}" if text.startswith(FORMULAS) or plain.startswith(FORMULAS) else text


def _rows(found: PartnerStatement) -> Iterator[tuple[str, ...]]:
    statement = found.statement
    for line in statement.lines:
        yield _line(statement.period, line, statement.names.get(line.tenant_id, line.slug))
    for each in statement.corrections:
        yield _correction(each, statement.names.get(each.tenant_id, each.slug))
    for total in statement.sums:
        yield _total(statement.period, total)


def _line(period: str, line: Line, name: str) -> tuple[str, ...]:
    standing = line.standing
    terms = (standing.plan, str(standing.seats), standing.interval, standing.status, standing.currency)
    price = (decimal_text(standing.unit_price), decimal_text(standing.discount_bps))
    amounts = (decimal_text(standing.mrr), decimal_text(line.base))
    when = (line.first, line.last, str(line.days))
    share = (decimal_text(line.margin_bps), decimal_text(line.amount))
    return ("line", period, guarded(line.slug), guarded(name), *when, *terms, *price, *amounts, *share)


def _correction(of: Correction, name: str) -> tuple[str, ...]:
    who = ("correction", of.period, guarded(of.slug), guarded(name))
    amounts = ("", "", "", decimal_text(of.base), "", decimal_text(of.amount))
    return (*who, *[""] * 7, of.currency, *amounts)


def _total(period: str, of: Sum) -> tuple[str, ...]:
    amounts = ("", "", "", decimal_text(of.base), "", decimal_text(of.total))
    return ("total", period, *[""] * 9, of.currency, *amounts)
