"""No float touches money: the code that counts it has none, no division that makes one, and no rounding."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from chalicelib.domain.apportioning import Line
from chalicelib.domain.catalogue import Catalogue, Offer
from chalicelib.domain.ledger import LedgerEvent
from chalicelib.domain.margin import MarginFrom
from chalicelib.domain.money import Money
from chalicelib.domain.mrr import Bridge, MonthOfMrr
from chalicelib.domain.statement import Correction, Statement, Sum
from chalicelib.domain.subscription import Standing, Subscription
from chalicelib.domain.tenant import Tenant

ROOT = Path(__file__).parents[2] / "chalicelib"
# Percent is what people type and read; domain/percent.py alone turns it into basis points and back.
COUNTS_MONEY = [
    ROOT / name
    for name in (
        "domain/apportioning.py", "domain/catalogue.py", "domain/days.py", "domain/facts.py",
        "domain/ledger.py", "domain/margin.py", "domain/money.py", "domain/mrr.py", "domain/partner.py",
        "domain/statement.py", "domain/subscription.py", "domain/tenant.py",
        "services/billing.py", "services/changes.py", "services/farewells.py", "services/mrr.py",
        "services/statements.py", "services/subscriptions.py",
        "repositories/ledger.py", "repositories/mrr_months.py", "repositories/statements.py",
        "repositories/subscriptions.py", "repositories/tenants.py",
        "handlers/statement_csv.py", "handlers/subscriptions.py", "handlers/statements.py", "handlers/mrr.py",
    )
]  # fmt: skip
VALUES: list[type[BaseModel]] = [
    Money, Standing, Subscription, LedgerEvent, Bridge, MonthOfMrr, Line, Correction, Sum, Statement,
    MarginFrom, Offer, Catalogue, Tenant,
]  # fmt: skip


@pytest.mark.parametrize("path", COUNTS_MONEY, ids=lambda path: path.name)
def test_code_that_counts_money_knows_no_float(path):
    assert list(floats_in(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    "text", ["x = 0.5", "x = 1 / 2", "x /= 2", "x: float = 1", "x = float(y)", "x = round(y)", "import math",
             "from decimal import Decimal"],
)  # fmt: skip
def test_the_rule_above_finds_each_kind(text):
    assert list(floats_in(ast.parse(text)))


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_no_field_of_a_value_about_money_is_a_float(value):
    assert "float" not in str({name: field.annotation for name, field in value.model_fields.items()})


@pytest.mark.parametrize("amount", [1.0, 0.1, "1", True, None])
def test_an_amount_is_a_whole_number_and_nothing_else(amount):
    with pytest.raises(ValueError, match="amount"):
        Money(currency="EUR", amount=amount)


def test_every_file_that_is_about_money_is_looked_at():
    about = {"Money", "half_up", "LedgerEvent", "Bridge"}
    found = {path for path in ROOT.rglob("*.py") if about & names_in(ast.parse(path.read_text()))}

    watched = {*COUNTS_MONEY, *(ROOT / f"handlers/{each}.py" for each in ("answers", "money_answers"))}
    assert {each for each in found if "portal" not in each.parts} <= watched | {
        ROOT / "domain/billing_ports.py"
    }


def floats_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{node.lineno}: {node.value}"
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"{node.lineno}: a division"
        if isinstance(node, ast.Name) and node.id in {"float", "round"}:
            yield f"{node.lineno}: {node.id}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            modules = {getattr(node, "module", None), *(each.name for each in node.names)}
            yield from (f"{node.lineno}: {each}" for each in modules & {"math", "decimal", "statistics"})


def names_in(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
