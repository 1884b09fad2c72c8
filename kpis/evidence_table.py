"""The rows behind a number as a table for people: words, aligned numbers, links to the clients."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse

from agencyam.money import round_half_up
from clients.book import selectors as book_selectors

MOST_ROWS = 500
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_HEADS = {"mrr": "MRR", "nps": "NPS", "sla": "SLA", "n": "n", "fx": "FX"}


@dataclass(frozen=True)
class Cell:
    """One cell: its words, whether it is a number, and where it leads."""

    words: str
    is_number: bool = False
    url: str = ""


@dataclass(frozen=True)
class EvidenceTable:
    """Heads with whether they stand over numbers, and at most 500 rows; ``n`` counts all of them."""

    heads: list[tuple[str, bool]]
    rows: list[list[Cell]]
    n: int

    @property
    def is_cut(self) -> bool:
        return self.n > len(self.rows)


def make_table(evidence: Sequence[dict[str, Any]]) -> EvidenceTable:
    """The table of a result's rows; the column ``name`` links to the client of the row. One query."""
    shown = evidence[:MOST_ROWS]
    names = list(dict.fromkeys(name for row in shown for name in row))
    ids = book_selectors.map_book_ids([row["client"] for row in shown if row.get("client")])
    rows = [[_cell(name, row, ids) for name in names] for row in shown]
    is_number = [any(row[at].is_number for row in rows) for at in range(len(names))]
    heads = [(_head(name), number) for name, number in zip(names, is_number, strict=True)]
    return EvidenceTable(heads=heads, rows=rows, n=len(evidence))


def _cell(name: str, row: dict[str, Any], ids: dict[str, int]) -> Cell:
    value = row.get(name)
    if name == "name" and row.get("client") in ids:
        return Cell(str(value), url=reverse("clients:client-detail", args=[ids[row["client"]]]))
    if name == "client" or name.endswith("_id"):
        return Cell(str(value or "–"))
    match value:
        case None | "":
            return Cell("–")
        case bool():
            return Cell("yes" if value else "no")
        case int() | Decimal():
            return Cell(_number(Decimal(value)), is_number=True)
        case str() if _DECIMAL.fullmatch(value):
            return Cell(_number(Decimal(value)), is_number=True)
        case str() if _INSTANT.match(value):
            return Cell(value[:16].replace("T", " "))
    return Cell(str(value))


def _number(value: Decimal) -> str:
    """At most two decimals, grouped; a true minus sign."""
    rounded = round_half_up(value, 2)
    words = f"{rounded:,.2f}" if rounded != rounded.to_integral_value() else f"{rounded:,.0f}"
    return words.replace("-", "−")


def _head(name: str) -> str:
    words = [_HEADS.get(word, word) for word in name.split("_")]
    return " ".join([words[0] if words[0] in _HEADS.values() else words[0].capitalize(), *words[1:]])
