"""`export_book`: the agency's whole book, as it is at one moment, in the format that `import_book` reads."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from accounts import selectors as account_selectors
from accounts.models import User
from accounts.services import audit
from agencyam.one_state import one_state
from clients.exchange.book_format import AGENCY_FILE, CALENDARS_FILE, FILES
from clients.exchange.documents import agency_document, calendar_document
from clients.exchange.sinks import Sink, open_sink
from clients.exchange.tables import Table, quote, table_of

ROWS_AT_A_TIME = 2_000


def export_book(*, path: Path, by: User | None) -> dict[str, int]:
    """Write the agency's book to a folder, a .zip or an .xlsx and return the number of rows of each file.

    It appears under its name only when it is whole. Raises CannotWriteBook.
    """
    with open_sink(path) as sink:
        with one_state():
            counts = _write(sink)
        with transaction.atomic():
            audit.record(by=by, action="book.export", changes={"files": counts})
            sink.finish()
    return counts


def _write(sink: Sink) -> dict[str, int]:
    sink.document(AGENCY_FILE, agency_document(account_selectors.get_settings()))
    with closing(_rows(table_of(CALENDARS_FILE))) as rows:
        sink.document(CALENDARS_FILE, {name: calendar_document(spec) for name, spec in rows})
    counts = {}
    for spec in FILES:
        # Closed here and now: a cursor that is left to the garbage collector would break a later transaction.
        with closing(_rows(table_of(spec.name))) as rows:
            counts[spec.name] = sink.table(spec, rows)
    return counts


def _rows(table: Table) -> Generator[tuple[Any, ...], None, None]:
    """The agency's rows in the order of their keys, read in portions."""
    names = ", ".join(quote(column.name) for column in table.spec.columns)
    order = ", ".join(_sortable(table, name) for name in table.spec.key)
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {table.existing} e ORDER BY {order}")
        while rows := cursor.fetchmany(ROWS_AT_A_TIME):
            yield from rows


def _sortable(table: Table, name: str) -> str:
    """Text sorts by its characters alone, the same on every machine."""
    is_text = table.spec.column(name).type.storage == "text"
    return f'{quote(name)} COLLATE "C"' if is_text else quote(name)
