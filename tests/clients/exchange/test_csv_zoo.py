"""Strange files: each is refused with a sentence or understood, never a traceback (catalogue F2)."""

import gzip
import io
import zipfile

import pytest

from clients.exchange.importing import CannotImportBook
from clients.exchange.problems import BadBook
from clients.models import Client
from tests import catalogue
from tests.clients.exchange.books import load, write_book

pytestmark = pytest.mark.usefixtures("agency")


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("clients.csv", "client_id,name\nc1,Alder\n")
    return stream.getvalue()


HEADER = b"client_id,name\n"
REFUSED = {
    "empty": b"",
    "one newline": b"\n",
    "many newlines": b"\r\n" * 1000,
    "only a BOM": b"\xef\xbb\xbf",
    "zip named .csv": zipped(),
    "gzip named .csv": gzip.compress(HEADER),
    "UTF-16 with BOM": "client_id,name\nc1,Alder\n".encode("utf-16"),
    "UTF-16 without BOM": "client_id,name\nc1,Alder\n".encode("utf-16-le"),
    "UTF-32": "client_id,name\nc1,Alder\n".encode("utf-32"),
    "Latin-1": HEADER + "c1,Käse\n".encode("latin-1"),
    "Windows-1252 quotes": HEADER + "c1,“Alder”\n".encode("cp1252"),
    "overlong UTF-8": HEADER + b"c1,\xc0\xafx\n",
    "surrogates in UTF-8": HEADER + b"c1,\xed\xa0\x80\n",
    "half a character at the end": HEADER + b"c1,Alder\xc3",
    "NUL in a cell": HEADER + b"c1,Al\x00der\n",
    "NUL as header": b"client_id\x00,name\nc1,Alder\n",
    "only NULs": b"\x00" * 5000,
    "open quote": HEADER + b'c1,"Alder\n',
    "open quote in the header": b'client_id,"name\nc1,Alder\n',
    "open quote over 300,000 characters": HEADER + b'c1,"' + b"Alder\n" * 50_000,
    "stray quote": HEADER + b'c1,"Al"der\n',
    "backslash quotes": HEADER + b'c1,"Al\\"der, \\"Sons\\""\n',
    "header twice": b"client_id,name,client_id\nc1,Alder,c2\n",
    "semicolons": b"client_id;name\nc1;Alder\n",
    "tabs": b"client_id\tname\nc1\tAlder\n",
    "bars": b"client_id|name\nc1|Alder\n",
    "10,000 columns": b",".join(b"column%d" % n for n in range(10_000)) + b"\n",
    "10,000 columns and ours": b"client_id,name," + b",".join(b"c%d" % n for n in range(10_000)) + b"\n",
    "10,000 cells": HEADER + b"c1,Alder" + b",x" * 10_000 + b"\n",
    "too few cells": b"client_id,name,tier\nc1,Alder\n",
    "1 MB cell": HEADER + b"c1," + b"x" * 1_000_000 + b"\n",
    "1 MB quoted cell": HEADER + b'c1,"' + b"x" * 1_000_000 + b'"\n',
    "3 MB line": HEADER + b"c1," + b"x" * 3_000_000 + b"\n",
    "3 MB header": b"x" * 3_000_000,
    "long name": HEADER + b"c1," + b"x" * 201 + b"\n",
    "long id": HEADER + b"c" * 500 + b",Alder\n",
    "line break in a name": HEADER + b'c1,"Al\nder"\n',
    "no header": b"c1,Alder\n",
    "wrong capitals": b"CLIENT_ID,NAME\nc1,Alder\n",
    "spaces for an id": HEADER + b"   ,Alder\n",
    "HTML": b"<html><body>Sign in</body></html>\n",
    "JSON": b'[{"client_id": "c1", "name": "Alder"}]',
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "Excel 97": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512,
    "id twice in other spacing": HEADER + b"c1,Alder\n c1 ,Birch\n",
}
UNDERSTOOD = {
    "header only": (HEADER, []),
    "BOM and CRLF": (b"\xef\xbb\xbfclient_id,name\r\nc1,Alder\r\n", ["Alder"]),
    "mixed line ends": (HEADER + b"c1,Alder\r\nc2,Birch\rc3,Cedar\n", ["Alder", "Birch", "Cedar"]),
    "quoted everything": (b'"client_id","name"\r\n"c1","Al""der"\r\n', ['Al"der']),
    "quote inside": (HEADER + b'c1,Al"der\n', ['Al"der']),
    "emoji and right-to-left": (HEADER + "c1,🌳 שלום\n".encode(), ["🌳 שלום"]),
    "combining accents": (HEADER + "c1,Ale\u0301\n".encode(), ["Ale\u0301"]),
    "formula": (HEADER + b"c1,'=1+1\n", ["=1+1"]),
    "formula as it is": (HEADER + b"c1,=1+1\n", ["=1+1"]),
    "apostrophe": (HEADER + b"c1,'s-Hertogenbosch\n", ["'s-Hertogenbosch"]),
    "markup": (HEADER + b"c1,<script>alert(1)</script>\n", ["<script>alert(1)</script>"]),
    "template": (HEADER + b"c1,{{ 7*7 }}{% now %}\n", ["{{ 7*7 }}{% now %}"]),
    "SQL": (HEADER + b"c1,'); DROP TABLE clients_client;--\n", ["'); DROP TABLE clients_client;--"]),
    "per cent signs": (HEADER + b"c1,100 %s %(x)s\n", ["100 %s %(x)s"]),
    "COPY signs": (HEADER + b"c1,\\N \\. \\t\n", ["\\N \\. \\t"]),
    "empty rows": (HEADER + b",\n\n,\nc1,Alder\n", ["Alder"]),
    "quoted empty header": (b'client_id,name,""\nc1,Alder,x\n', ["Alder"]),
    "200 characters": (HEADER + b"c1," + b"x" * 200 + b"\n", ["x" * 200]),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_a_strange_file_is_refused_with_a_sentence(tmp_path, content):
    with pytest.raises((CannotImportBook, BadBook)) as refusal:
        load(write_book(tmp_path, clients=content))

    if refusal.type is CannotImportBook:
        for problem in refusal.value.report.problems:
            assert str(problem).isprintable()
            assert len(str(problem)) < 400
    assert Client.objects.count() == 0


@pytest.mark.parametrize(("content", "names"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_an_unusual_file_is_understood(tmp_path, content, names):
    load(write_book(tmp_path, clients=content))

    assert sorted(Client.objects.values_list("name", flat=True)) == sorted(names)


DOCUMENTS = {
    "not JSON": b"{",
    "a list": b"[]",
    "a number": b"7",
    "empty": b"",
    "Latin-1": '{"Büro": {}}'.encode("latin-1"),
    "deep": b'{"a":' * 100_000,
    "NaN": b'{"a": NaN}',
    "huge number": b'{"a": 1' + b"0" * 5000 + b"}",
    "a key twice": b'{"a": {}, "a": {}}',
    "null": b'{"a": null}',
    "NUL in a name": b'{"a\\u0000": {"time_zone": "UTC"}}',
    "a lone surrogate": b'{"a\\ud800": {"time_zone": "UTC"}}',
    "settings that are a list": b'{"settings": [], "time_zone": [], "currency": {}, "a": {}}',
}


# Settings that are not known are no mistake.
IGNORED = [DOCUMENTS[name] for name in ("NaN", "null", "NUL in a name", "a lone surrogate")]


@pytest.mark.parametrize("name", ["agency", "calendars"])
@pytest.mark.parametrize("content", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_strange_document_is_refused_or_ignored(tmp_path, name, content):
    book = write_book(tmp_path, **{name: content})

    if name == "agency" and content in IGNORED:
        (note,) = load(book).notes
        assert note.isprintable()
    else:
        with pytest.raises(CannotImportBook) as refusal:
            load(book)
        assert all(str(problem).isprintable() for problem in refusal.value.report.problems)


def test_no_animal_of_the_zoo_breaks_an_import(tmp_path):
    """Catalogue F2."""
    zoo = list(REFUSED.values()) + [content for content, _names in UNDERSTOOD.values()]
    refused = understood = 0
    for number, content in enumerate(zoo):
        try:
            load(write_book(tmp_path / str(number), clients=content), is_dry_run=True)
            understood += 1
        except (CannotImportBook, BadBook):
            refused += 1

    catalogue.report(
        "F2",
        ok=len(zoo) >= 60 and refused == len(REFUSED) and understood == len(UNDERSTOOD),
        files=len(zoo),
        refused=refused,
        understood=understood,
        unhandled=len(zoo) - refused - understood,
    )
