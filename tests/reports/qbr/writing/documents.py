"""Documents of a client's book."""

from datetime import UTC, datetime

from reports.qbr.writing.build import build_document
from tests.reports import books


def document_of(client, settings, *, period=books.PERIOD, as_of=books.TODAY):
    now = datetime(as_of.year, as_of.month, as_of.day, 9, tzinfo=UTC)
    return build_document(client=client, period=period, as_of=as_of, now=now, settings=settings)
