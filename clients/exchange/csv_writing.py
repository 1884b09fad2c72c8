"""Rows of values to a CSV file of a book: UTF-8, commas, CRLF, quotes where needed, formulas neutralised."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from clients.exchange.spec import FileSpec


def cells(spec: FileSpec, values: Sequence[Any]) -> list[str]:
    """One row's values, in the order of the file's columns, as text. None, "" and an empty list are blank."""
    return [
        "" if value is None or value == "" or value == [] else column.type.format(value)
        for column, value in zip(spec.columns, values, strict=True)
    ]


def write_csv(stream: TextIO, spec: FileSpec, rows: Iterable[Sequence[Any]]) -> int:
    """Write header and rows to a stream opened with `newline=""`; returns the number of rows."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([column.name for column in spec.columns])
    count = 0
    for values in rows:
        writer.writerow(cells(spec, values))
        count += 1
    return count
