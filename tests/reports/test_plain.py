"""Documents as plain values: what is stored is what was printed."""

import json
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from reports.qbr.document import Fees, QBRDocument, State, Tone, Waits, from_json, to_json
from reports.qbr.plain import NotADocument, from_plain, to_plain
from reports.qbr.printing.html import to_html
from reports.qbr.writing.build import build_document
from tests.factories.clients import ClientFactory
from tests.reports import books
from tests.reports.qbr.samples import full_document


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


def fields_added_since(kind):
    """Names of a row's fields that were not there from the beginning: they have a default."""
    return {each.name for each in fields(kind) if each.default is not MISSING}


def as_stored_by_an_earlier_release(value):
    """The snapshot of a document without any field that came later."""
    if is_dataclass(value):
        kept = {each.name for each in fields(value)} - fields_added_since(type(value))
        return {name: as_stored_by_an_earlier_release(getattr(value, name)) for name in kept}
    if isinstance(value, tuple):
        return [as_stored_by_an_earlier_release(item) for item in value]
    return to_plain(value)


def test_a_snapshot_of_an_earlier_release_opens_and_prints():
    stored = as_stored_by_an_earlier_release(full_document())

    document = from_json(json.loads(json.dumps(stored)))

    kept = {"cover", "summary", "scorecard", "service", "delivery", "feedback", "promises", "goals"}
    assert stored.keys() == kept | {"next_steps", "commercials", "measures"}
    assert (document.cover.paper, document.cover.version, document.risks) == ("a4", 1, ())
    assert document.summary == full_document().summary
    assert full_document().summary.sentences[0] in to_html(document, has_logo=False)
