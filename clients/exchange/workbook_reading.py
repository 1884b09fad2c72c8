"""A workbook's sheets as rows of text, read without keeping them in memory.

The XML is parsed by defusedxml. Dates, numbers and truth values become the text that a CSV file would hold.
"""

import json
import warnings
import zipfile
from collections.abc import Generator, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from clients.exchange import limits
from clients.exchange.csv_reading import RawRow
from clients.exchange.problems import BadBook
from clients.exchange.workbook_text import unescape

UNREADABLE = (
    InvalidFileException, zipfile.BadZipFile, ParseError, DefusedXmlException,
    KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError, OverflowError,
)  # fmt: skip


class Workbook:
    """An open workbook; `names` are the files of the format that it holds, `unknown` its other sheets."""

    def __init__(self, path: Path, known: frozenset[str]) -> None:
        self._file = path.name
        # Our own handle: openpyxl leaves its own open when a sheet turns out to be damaged.
        self._stream = path.open("rb")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._workbook = openpyxl.load_workbook(
                    self._stream, read_only=True, data_only=True, keep_links=False
                )
        except UNREADABLE as error:
            self._stream.close()
            raise BadBook(f"{path.name} is not an .xlsx workbook that can be read.") from error
        titles = {name.rpartition(".")[0]: name for name in known}
        sheets = {title.strip().lower(): title for title in self._workbook.sheetnames}
        self._titles = {titles[lower]: title for lower, title in sheets.items() if lower in titles}
        self.names = frozenset(self._titles)
        self.unknown = tuple(title for lower, title in sheets.items() if lower not in titles)

    def rows(self, name: str) -> Generator[RawRow, None, None]:
        """A sheet's rows with their numbers, the header first, all as long as it; empty rows are left out."""
        sheet, width = self._workbook[self._titles[name]], 0
        try:
            for line, values in enumerate(self._values(sheet), start=1):
                if line > limits.MAX_ROWS + 1:
                    yield RawRow(line, [], f"the sheet has more than {limits.MAX_ROWS:,} rows", is_fatal=True)
                    return
                cells = _trimmed([_text(value) for value in values])
                if cells:
                    yield RawRow(line, cells + [""] * (width - len(cells)))
                    width = width or len(cells)
        except UNREADABLE as error:
            raise BadBook(f"Sheet '{self._titles[name]}' of {self._file} is damaged.") from error

    def _values(self, sheet: Any) -> Iterator[tuple[Any, ...]]:
        # A workbook may claim a billion cells; only those that are there are read.
        sheet.reset_dimensions()
        return sheet.iter_rows(values_only=True)

    def document(self, name: str) -> bytes:
        """A sheet of two columns as the JSON file that it stands for: names, and texts or JSON."""
        document: dict[str, Any] = {}
        for row in list(self.rows(name))[1:]:
            key, value = [*row.cells, "", ""][:2]
            inner = document
            *path, last = key.split(".") if name.startswith("agency") else [key]
            for part in path:
                inner = inner.setdefault(part, {})
                if not isinstance(inner, dict):
                    raise BadBook(f"Sheet '{self._titles[name]}' of {self._file} has '{part}' twice.")
            inner[last] = _json(value)
        return json.dumps(document).encode()

    def close(self) -> None:
        self._workbook.close()
        self._stream.close()


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return unescape(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
