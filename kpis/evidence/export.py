"""All rows behind a number as a file: first what the number is, then the rows, counted or not."""

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from clients.exchange.types import neutralise
from clients.exchange.workbook_text import escape
from clients.exchange.workbook_writing import EXACT_DIGITS, MAX_TEXT
from kpis.evidence.columns import Column, Kind, columns_of
from kpis.evidence.rows import Evidence
from kpis.evidence.table import name_ids

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_COUNTED = "counted"


def make_file(kind: str, *, kpi: str, about: list[tuple[str, str]], evidence: Evidence) -> bytes:
    """A CSV or XLSX file with the lines `about` the number, an empty line, and a row each; formulas neutralised."""
    lines = list(_lines(kpi, about, evidence))
    return _as_workbook(lines) if kind == XLSX else _as_csv(lines)


def file_name(kpi: str, period: str, kind: str) -> str:
    """nrr-2026-10.csv"""
    return f"{kpi}-{re.sub(r'[^0-9A-Za-z-]+', '_', period)}.{kind}"


def _lines(kpi: str, about: list[tuple[str, str]], evidence: Evidence) -> Iterator[list[Any]]:
    yield from ([neutralise(name), neutralise(value)] for name, value in about)
    yield []
    counted, excluded = name_ids(evidence.counted), name_ids(evidence.excluded)
    columns = columns_of(kpi, [*counted, *excluded], is_full=True)
    yield [_COUNTED, *(column.name for column in columns)]
    for word, rows in (("yes", counted), ("no", excluded)):
        for row in rows:
            yield [word, *(_value(column, row.get(column.name)) for column in columns)]


def _value(column: Column, value: Any) -> Any:
    """Numbers stay numbers, days and instants ISO 8601; text cannot be taken for a formula."""
    if value is None or value == "":
        return ""
    if column.is_number:
        return Decimal(value)
    if column.kind == Kind.YES_NO:
        return "yes" if value else "no"
    return neutralise("; ".join(value) if isinstance(value, list) else str(value))


def _as_csv(lines: list[list[Any]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    for line in lines:
        writer.writerow([format(cell, "f") if isinstance(cell, Decimal) else cell for cell in line])
    return stream.getvalue().encode()


def _as_workbook(lines: list[list[Any]]) -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Evidence")
    for line in lines:
        sheet.append([_workbook_cell(cell) for cell in line])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _workbook_cell(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        text = format(cell, "f")
        return cell if sum(character.isdigit() for character in text) <= EXACT_DIGITS else text
    return escape(cell)[:MAX_TEXT] or None
