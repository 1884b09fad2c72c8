"""Documents as plain values: what is stored is what was printed."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from reports.qbr.build import build_document
from reports.qbr.document import Fees, QBRDocument, State, Tone, Waits, from_json, to_json
from reports.qbr.plain import NotADocument, from_plain, to_plain
from tests.factories.clients import ClientFactory
from tests.reports import books


def document_of(client) -> QBRDocument:
    return build_document(
        client=client, period=books.PERIOD, as_of=books.TODAY, now=books.NOW, settings=books.make_settings()
    )


@pytest.mark.parametrize("make", [books.make_client, ClientFactory])
def test_a_document_comes_back_from_its_snapshot_unchanged(agency, make):
    document = document_of(make())

    stored = json.loads(json.dumps(to_json(document)))

    assert from_json(stored) == document


@pytest.mark.parametrize(
    ("kind", "value", "plain"),
    [
        (State, State(Tone.BAD, "Missed"), {"tone": "bad", "word": "Missed"}),
        (Waits, Waits((Decimal("1.50"),), Decimal(4), ""), {"hours": ["1.50"], "limit": "4", "note": ""}),
        (date, date(2026, 3, 1), "2026-03-01"),
        (Fees | None, None, None),
    ],
)
def test_values_become_plain_and_come_back(kind, value, plain):
    assert to_plain(value) == plain
    assert from_plain(kind, plain) == value


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"health": 61}, "QBRDocument has no field health"),
        ({"cover": {"agency": "A"}}, "missing"),
        ({"format": "1"}, "'1' is no int"),
        ({"goals": 7}, "not iterable"),
    ],
)
def test_a_snapshot_that_does_not_fit_is_refused(agency, change, words):
    stored = to_json(document_of(ClientFactory()))

    with pytest.raises(NotADocument, match=words):
        from_json(stored | change)


def test_documents_cannot_be_changed(agency):
    document = document_of(ClientFactory(name="Northwind Ltd"))

    other = replace(document, cover=replace(document.cover, client="Other"))

    assert (document.cover.client, other.cover.client) == ("Northwind Ltd", "Other")
