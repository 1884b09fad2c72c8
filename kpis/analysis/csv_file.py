"""Rows of an analysis as a CSV file: UTF-8, CRLF, formulas neutralised, amounts with six decimals."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from clients.exchange.types import neutralise
from kpis.direct.exact import to_decimal
from kpis.engine import as_text


def csv_answer(name: Sequence[str], heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The file as a download; its name is made of the words in `name`."""
    stream = StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    file_name = "-".join(slugify(words) for words in name if words) + ".csv"
    response = HttpResponse(stream.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    return response


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Fraction():
            return as_text(to_decimal(value)) or ""
        case Decimal():
            return as_text(value) or ""
        case date():
            return value.isoformat()
        case str():
            return neutralise(value)
    return str(value)
