"""Rows of values to a workbook with a sheet for each file; formulas are neutralised as in CSV files."""

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from clients.exchange.csv_writing import cells
from clients.exchange.spec import FileSpec
from clients.exchange.types import Number, Whole
from clients.exchange.workbook_text import escape

MAX_TEXT = 32_767
# More digits than this a spreadsheet's numbers do not keep.
EXACT_DIGITS = 15


class TextTooLong(Exception):
    """A cell of a workbook cannot hold the text."""


class WorkbookWriter:
    """Sheets are written as they come; `save` ends it."""

    def __init__(self) -> None:
        self._workbook = Workbook(write_only=True)

    def add_table(self, spec: FileSpec, rows: Iterable[Sequence[Any]]) -> int:
        """A sheet with the file's header and rows; returns the number of rows."""
        sheet = self._workbook.create_sheet(spec.title)
        sheet.append([column.name for column in spec.columns])
        are_numbers = [isinstance(column.type, Number | Whole) for column in spec.columns]
        count = 0
        for values in rows:
            texts = cells(spec, values)
            sheet.append(
                [_cell(text, spec, is_number=number) for text, number in zip(texts, are_numbers, strict=True)]
            )
            count += 1
        return count

    def add_document(self, title: str, content: dict[str, Any]) -> None:
        """A sheet of names and values; inner objects of settings as `settings.name`, calendars as JSON."""
        sheet = self._workbook.create_sheet(title)
        is_agency = title == "agency"
        sheet.append(["key", "value"] if is_agency else ["name", "spec"])
        for name, value in _flat(content) if is_agency else content.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            sheet.append([_text(name, title), _text(text, title)])

    def save(self, path: Path) -> None:
        self._workbook.save(path)


def _flat(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{inner}", deeper) for inner, deeper in value.items())
        else:
            yield name, value


def _cell(text: str, spec: FileSpec, *, is_number: bool) -> Any:
    if not text:
        return None
    if is_number and sum(character.isdigit() for character in text) <= EXACT_DIGITS:
        return Decimal(text)
    return _text(text, spec.title)


def _text(text: str, title: str) -> str:
    safe = escape(text)
    if len(safe) > MAX_TEXT:
        raise TextTooLong(
            f"sheet {title} has a text of more than {MAX_TEXT:,} characters; use a folder or a .zip."
        )
    return safe
