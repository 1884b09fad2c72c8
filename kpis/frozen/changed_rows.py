"""Rows that changed in a closed month, in words. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from agencyam.money import round_half_up
from kpis.evidence.columns import column_of

_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)")
# Which row it is; the rest is what it says.
_THINGS = ("response", "invitation", "proposal", "testimonial", "touchpoint", "deliverable", "request")
_WHICH = (*_THINGS, "client", "name", "title", "topic")
NOTHING = "–"


@dataclass(frozen=True)
class CellWords:
    """One column of a row: its name, and what it says now and (if it was altered) said before."""

    name: str
    now: str
    before: str = ""


@dataclass(frozen=True)
class ChangedRow:
    """A row that was added, removed or altered; `client` is the book's id of its client, `url` its page."""

    what: str
    tone: str
    client: str
    title: str
    cells: list[CellWords]
    url: str = ""

    @property
    def sentence(self) -> str:
        """All cells in one line."""
        return "; ".join(
            f"{cell.name} {cell.before} → {cell.now}" if cell.before else f"{cell.name} {cell.now}"
            for cell in self.cells
        )


def list_changed_rows(kpi: str, rows: dict[str, Any]) -> list[ChangedRow]:
    """The changed rows of a KPI's restatement as they are kept with it."""
    return list(_changed_rows(kpi, rows))


def _changed_rows(kpi: str, rows: dict[str, Any]) -> Iterator[ChangedRow]:
    for change in rows.get("altered", ()):
        cells = [
            CellWords(column_of(kpi, name).words, _words(new), _words(old))
            for name, (old, new) in change["fields"].items()
        ]
        yield _row("Changed", "info", change["row"], cells)
    for what, tone, name in (("Added", "good", "added"), ("Removed", "bad", "removed")):
        for row in rows.get(name, ()):
            said = {key: value for key, value in row.items() if key not in _WHICH and value not in (None, "")}
            cells = [CellWords(column_of(kpi, key).words, _words(value)) for key, value in said.items()]
            yield _row(what, tone, row, cells)


def _row(what: str, tone: str, row: dict[str, Any], cells: list[CellWords]) -> ChangedRow:
    thing = next((name for name in _THINGS if row.get(name)), "")
    named = row.get("title") or row.get("topic") or (f"{thing.capitalize()} {row[thing]}" if thing else "")
    parts = [str(part) for part in (row.get("name") or row.get("client"), named) if part]
    return ChangedRow(what, tone, str(row.get("client") or ""), " · ".join(parts) or "Row", cells)


def _words(value: Any) -> str:
    match value:
        case None | "":
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}".replace("-", "−")
        case str() if _DECIMAL.fullmatch(value):
            return _number(Decimal(value))
        case str() if _DAY.fullmatch(value):
            day = date.fromisoformat(value)
            return f"{day.day} {day:%b %Y}"
        case str() if found := _INSTANT.match(value):
            day = date.fromisoformat(found[1])
            return f"{day.day} {day:%b %Y} {found[2]} UTC"
    return str(value)


def _number(value: Decimal) -> str:
    rounded = round_half_up(value, 2)
    words = f"{rounded:,.2f}" if rounded != rounded.to_integral_value() else f"{rounded:,.0f}"
    return words.replace("-", "−")
