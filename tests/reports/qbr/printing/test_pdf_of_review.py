"""The printed review: tagged, light, in our own fonts, whole at every length."""

import ctypes
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from reports.qbr.printing.html import render_document, to_html
from reports.qbr.writing.build import build_document
from tests.factories.clients import ClientFactory
from tests.reports import books

LARGEST = 1_500_000


def make_long():
    client = books.make_client(
        name="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten " * 2
    )
    books.make_long(client)
    return client


MAKERS = {
    "normal": books.make_client,
    "without cover": books.make_client,
    "empty": ClientFactory,
    "long": make_long,
}
CASES = [
    ("normal", "a4", "en"),
    ("normal", "letter", "en"),
    ("normal", "a4", "de"),
    ("without cover", "a4", "en"),
    ("empty", "letter", "de"),
    ("empty", "a4", "en"),
    ("long", "letter", "de"),
    ("long", "a4", "en"),
]


@pytest.fixture(scope="module")
def made():
    """Each case's document and its print, for all tests: a print takes most of a second."""
    return {}


@pytest.fixture(params=CASES, ids=lambda case: "-".join(case))
def review(agency, made, request):
    if request.param not in made:
        document = make_document(*request.param)
        made[request.param] = document, render_document(document, logo=None, identifier="test")
    return made[request.param]


@pytest.fixture
def document(review):
    return review[0]


@pytest.fixture
def rendered(review):
    return review[1]


def make_document(length, paper, language):
    client = MAKERS[length]()
    settings = books.make_settings()
    document = build_document(
        client=client,
        period=books.PERIOD,
        as_of=books.TODAY,
        now=books.NOW,
        settings=settings,
        language=language,
        paper=paper,
    )
    return replace(document, has_cover=length != "without cover")


def fonts_of(pdf: bytes) -> set[str]:
    """The names of all fonts used, without the prefix of a subset."""
    names = set()
    for page in pypdfium2.PdfDocument(pdf):
        for text in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT], max_depth=5):
            names.add(text.get_font().get_base_name().split("+")[-1])
    return names


def language_of(pdf: pypdfium2.PdfDocument) -> str:
    size = pypdfium2.raw.FPDFCatalog_GetLanguage(pdf, None, 0)
    buffer = (ctypes.c_ushort * ((size + 1) // 2))()
    pypdfium2.raw.FPDFCatalog_GetLanguage(pdf, buffer, size)
    return bytes(buffer).decode("utf-16-le").rstrip("\x00")


def test_it_passes_the_accessibility_check_and_stays_light(rendered, tmp_path):
    path = tmp_path / "review.pdf"
    path.write_bytes(rendered.content)
    tool = Path(sys.executable).with_name("outloud")

    # PAG-001 takes the head of a long table, which each page repeats, for a running head.
    command = [tool, "--fail-on", "warning", "--skip", "PAG-001", path]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stdout + checked.stderr if checked.returncode else "") == (0, "")
    assert len(rendered.content) <= LARGEST


def test_it_uses_our_fonts_only(rendered):
    assert fonts_of(rendered.content) == {"Inter", "Inter-Semi-Bold", "Inter-Bold"}


def test_every_page_but_the_cover_says_which_it_is(document, rendered):
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(rendered.content)]

    numbered = [f"{number} / {len(pages)}" in text for number, text in enumerate(pages, start=1)]

    assert numbered == [not document.has_cover] + [True] * (len(pages) - 1)


def test_the_outline_names_the_sections(document, rendered):
    headings = re.findall("<h2>(.*?)</h2>", to_html(document, has_logo=False))

    entries = list(pypdfium2.PdfDocument(rendered.content).get_toc(max_depth=5))

    assert [entry.get_title() for entry in entries if entry.level == 0] == headings


def test_the_sheet_and_the_language_are_those_that_were_asked_for(document, rendered):
    sizes = {"a4": (595, 842), "letter": (612, 792)}

    pdf = pypdfium2.PdfDocument(rendered.content)

    assert {(round(width), round(height)) for width, height in (page.get_size() for page in pdf)} == {
        sizes[document.cover.paper]
    }
    assert language_of(pdf) == document.cover.language
