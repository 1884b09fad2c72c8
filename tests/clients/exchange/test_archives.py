"""Books as a zip or a workbook, and archives that mean harm (catalogue F11, F12)."""

import io
import struct
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from clients.exchange import limits
from clients.exchange.problems import BadBook
from clients.models import Client, Contact, ContractLine, Touchpoint
from tests import catalogue
from tests.clients.exchange.books import CLIENTS, load, mistakes

pytestmark = pytest.mark.usefixtures("agency")


def zip_book(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def refusal_of(path):
    with pytest.raises(BadBook) as refusal:
        load(path)
    return str(refusal.value)


def test_a_zip_of_files_is_a_book(tmp_path):
    contacts = "contact_id,client_id,name\np1,c1,Eve\n"

    load(zip_book(tmp_path / "book.zip", {"clients.csv": CLIENTS, "contacts.csv": contacts}))

    assert (Client.objects.count(), Contact.objects.count()) == (2, 1)


def test_a_zipped_folder_with_what_a_mac_adds_is_a_book(tmp_path):
    files = {"my book/clients.csv": CLIENTS, "my book/.DS_Store": "x", "__MACOSX/my book/._clients.csv": "x"}

    report = load(zip_book(tmp_path / "book.zip", files))

    assert (Client.objects.count(), report.notes) == (2, [])


def test_names_that_leave_the_archive_are_refused(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    names = (
        "../clients.csv", "../../etc/clients.csv", "/clients.csv", "/etc/passwd", "a/../../clients.csv",
        "..\\clients.csv", "C:\\clients.csv", "C:clients.csv", "\\\\host\\share\\clients.csv", "a\\clients.csv",
    )  # fmt: skip
    escapes = 0

    for number, name in enumerate(names):
        path = tmp_path / f"{number}.zip"
        # zipfile itself would mend such names while writing.
        with zipfile.ZipFile(path, "w") as archive:
            info = zipfile.ZipInfo("clients.csv")
            info.filename = name
            archive.writestr(info, CLIENTS)
        if not refusal_of(path).startswith(f"{number}.zip names a file outside itself"):
            escapes += 1

    catalogue.report(
        "F11", ok=escapes == 0 and not list(outside.iterdir()), names=len(names), escapes=escapes
    )


def test_a_name_of_other_letters_or_length_is_only_a_file_that_is_ignored(tmp_path):
    names = ["\u202evsc.stneilc", "x" * 300, "clients.csv ", "CLIENTS.CSV"]

    report = load(zip_book(tmp_path / "book.zip", {"clients.csv": CLIENTS} | dict.fromkeys(names, "x")))

    assert report.notes[0].startswith("Not part of a book, and ignored: \\u202evsc.stneilc, xxx")
    assert report.notes[0].isprintable()


def test_a_file_twice_in_a_zip_is_refused(tmp_path):
    path = zip_book(tmp_path / "book.zip", {"clients.csv": CLIENTS, "./clients.csv": CLIENTS})

    assert refusal_of(path) == "book.zip holds 'clients.csv' twice."


def test_files_in_several_folders_are_refused(tmp_path):
    path = zip_book(tmp_path / "book.zip", {"a/clients.csv": CLIENTS, "b/contacts.csv": "contact_id\n"})

    assert refusal_of(path) == "book.zip has files in several folders; a book is one folder."


def test_a_zip_bomb_is_refused_by_what_it_says_about_itself(tmp_path):
    with (
        zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("clients.csv", "w", force_zip64=True) as stream,
    ):
        for _ in range(limits.MAX_FILE // limits.MEGABYTE + 1):
            stream.write(b"0" * limits.MEGABYTE)

    assert refusal_of(tmp_path / "bomb.zip") == "'clients.csv' in bomb.zip is larger than 200 MB."


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path):
    path = zip_book(tmp_path / "book.zip", {"clients.csv": CLIENTS + "c3,Cedar\n" * 100_000})
    content = bytearray(path.read_bytes())
    central = content.rindex(b"PK\x01\x02")
    content[central + 24 : central + 28] = struct.pack("<I", 40)
    path.write_bytes(content)

    assert refusal_of(path) == "clients.csv in book.zip is damaged."


def test_a_damaged_zip_is_refused(tmp_path):
    path = zip_book(tmp_path / "book.zip", {"clients.csv": "client_id,name\n" + "c1,Alder\n" * 1000})
    content = bytearray(path.read_bytes())
    content[60:70] = b"damage1234"
    path.write_bytes(content)
    (tmp_path / "text.zip").write_text("not a zip")

    assert refusal_of(path) == "clients.csv in book.zip is damaged."
    assert refusal_of(tmp_path / "text.zip") == "text.zip is not a zip that can be read."


def test_too_many_files_and_a_password_are_refused(tmp_path):
    many = zip_book(tmp_path / "many.zip", {f"{number}.csv": "" for number in range(1001)})
    path = zip_book(tmp_path / "locked.zip", {"clients.csv": CLIENTS})
    content = bytearray(path.read_bytes())
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.rindex(sign) + offset] |= 1
    path.write_bytes(content)

    assert refusal_of(many) == "many.zip holds more than 1,000 files."
    assert refusal_of(path) == "locked.zip is protected by a password."


def test_a_file_of_more_than_200_megabytes_is_refused(tmp_path):
    with (tmp_path / "clients.csv").open("wb") as stream:
        stream.truncate(limits.MAX_FILE + 1)

    assert refusal_of(tmp_path) == "clients.csv is larger than 200 MB."


def test_a_workbook_with_a_sheet_for_each_file_is_a_book(tmp_path):
    path = workbook(
        tmp_path / "book.xlsx",
        {
            "Clients": [["client_id", "name"], [1, "Alder"], [2, 4711]],
            "services": [["service_id", "name"], ["s1", "SEO"]],
            "contract_lines": [
                ["line_id", "client_id", "service_id", "kind", "amount", "interval", "starts_on", "ends_on"],
                ["l1", 1, "s1", "recurring", 1200.5, "month", date(2025, 1, 1), None],
                ["l2", 2, "s1", "recurring", 0.1, "month", "2025-01-01", date(2026, 1, 1)],
            ],
            "agency": [["key", "value"], ["currency", "GBP"], ["settings.gross_margin", 0.6]],
            "Notes": [["whatever"]],
        },
    )

    report = load(path)

    assert list(Client.objects.order_by("pk").values_list("book_id", "name")) == [
        ("1", "Alder"),
        ("2", "4711"),
    ]
    lines = ContractLine.objects.order_by("pk").values_list("amount", "starts_on", "ends_on", "currency")
    assert [(f"{amount:.2f}", starts, ends, currency) for amount, starts, ends, currency in lines] == [
        ("1200.50", date(2025, 1, 1), None, "GBP"),
        ("0.10", date(2025, 1, 1), date(2026, 1, 1), "GBP"),
    ]
    assert report.notes == ["Not part of a book, and ignored: Notes."]


def test_a_mistake_in_a_workbook_is_named_by_its_row(tmp_path):
    path = workbook(
        tmp_path / "book.xlsx",
        {
            "clients": [["client_id", "name"], [], ["c1", "Alder"], ["c2"]],
            "touchpoints": [
                ["touchpoint_id", "client_id", "occurred_at"],
                ["t1", "c1", datetime(2025, 1, 1, 9, 30)],  # noqa: DTZ001 - as a workbook has them
            ],
        },
    )

    assert mistakes(path) == [
        "clients.csv:4: name: is required and blank ()",
        "touchpoints.csv:2: occurred_at: is an instant without an offset; add Z or +01:00 (2025-01-01T09:30:00)",
    ]
    assert Touchpoint.objects.count() == 0


def inside_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_an_entity_bomb_in_a_workbook_is_refused(tmp_path, part):
    files = inside_of(workbook(tmp_path / "good.xlsx", {"clients": [["client_id", "name"], ["c1", "Alder"]]}))
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 100}">' for n in range(9))
    declaration = f"<?xml version='1.0'?><!DOCTYPE bomb [{entities}]>".encode()
    files[part] = declaration + files[part].split(b"?>", 1)[-1].replace(b"Alder", b"&e8;")

    sentence = refusal_of(zip_book(tmp_path / "bomb.xlsx", files))

    assert sentence in (
        "bomb.xlsx is not an .xlsx workbook that can be read.",
        "bomb.xlsx declares XML entities and was not read.",
        "Sheet 'clients' of bomb.xlsx is damaged.",
    )


def test_a_workbook_that_claims_a_billion_cells_is_read_by_those_it_has(tmp_path):
    files = inside_of(workbook(tmp_path / "good.xlsx", {"clients": [["client_id", "name"], ["c1", "Alder"]]}))
    sheet = "xl/worksheets/sheet1.xml"
    files[sheet] = files[sheet].replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')

    load(zip_book(tmp_path / "wide.xlsx", files))

    assert Client.objects.get().name == "Alder"


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x05\x06" + b"\x00" * 18, b"\xd0\xcf\x11\xe0" + b"\x00" * 600],
    ids=["empty", "empty zip", "Excel 97"],
)
def test_what_is_no_workbook_is_refused(tmp_path, content):
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)

    assert refusal_of(path) == "book.xlsx is not an .xlsx workbook that can be read."


def test_a_workbook_within_a_zip_is_no_book(tmp_path):
    stream = io.BytesIO()
    zip_book(stream, {"x": "y"})

    assert "no clients.csv" in refusal_of(zip_book(tmp_path / "book.zip", {"book.xlsx": stream.getvalue()}))
