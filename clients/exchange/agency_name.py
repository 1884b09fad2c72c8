"""The name that a book gives its agency, asked for before there is an agency to import into."""

from pathlib import Path

from clients.exchange.book_format import AGENCY_FILE
from clients.exchange.documents import parse_agency
from clients.exchange.sources import open_book


def agency_name(path: Path) -> str:
    """The `name` in the book's agency.json, "" if it has none. Raises BookNotFound and BadBook."""
    source = open_book(path)
    try:
        if AGENCY_FILE not in source.names:
            return ""
        fields = parse_agency(source.document(AGENCY_FILE), lambda _problem: None, lambda _note: None)
        return fields.get("name", "")
    finally:
        source.close()
