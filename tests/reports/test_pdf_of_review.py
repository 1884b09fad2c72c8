"""The printed review: tagged, light, in our own fonts, whole at every length."""

import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from reports.qbr.build import build_document
from reports.qbr.html import render_document, to_html
from tests.factories.clients import ClientFactory
from tests.reports import books

LARGEST = 1_500_000
LONGEST_SECONDS = 10
SECTIONS = [
    "Executive summary",
    "What we promised",
    "Results",
    "What we delivered",
    "The service we gave you",
    "What you told us",
    "What happens next",
    "Commercials",
    "How we measure",
]


def make_long():
    client = books.make_client(
        name="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten " * 2
    )
    books.make_long(client)
    return client


MAKERS = {"normal": books.make_client, "empty": ClientFactory, "long": make_long}


@pytest.fixture(params=MAKERS)
def document(agency, request):
    client = MAKERS[request.param]()
    settings = books.make_settings()
    return build_document(
        client=client, period=books.PERIOD, as_of=books.TODAY, now=books.NOW, settings=settings
    )


@pytest.fixture
def rendered(document):
    return render_document(document, logo=None, identifier="test")


def fonts_of(pdf: bytes) -> set[str]:
    """The names of all fonts used, without the prefix of a subset."""
    names = set()
    for page in pypdfium2.PdfDocument(pdf):
        for text in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT], max_depth=5):
            names.add(text.get_font().get_base_name().split("+")[-1])
    return names


def test_it_passes_the_accessibility_check_and_stays_light(rendered, tmp_path):
    path = tmp_path / "review.pdf"
    path.write_bytes(rendered.content)
    tool = Path(sys.executable).with_name("outloud")

    checked = subprocess.run(
        [tool, "--fail-on", "error", "-q", path], capture_output=True, text=True, check=False
    )

    assert (checked.returncode, checked.stdout + checked.stderr if checked.returncode else "") == (0, "")
    assert len(rendered.content) <= LARGEST
    assert rendered.seconds <= LONGEST_SECONDS


def test_it_uses_our_fonts_only(rendered):
    assert fonts_of(rendered.content) == {"Inter", "Inter-Semi-Bold", "Inter-Bold"}


def test_every_page_says_which_it_is(rendered):
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(rendered.content)]

    numbered = [f"{number} / {len(pages)}" in text for number, text in enumerate(pages, start=1)]

    assert numbered == [False] + [True] * (len(pages) - 1)


def test_the_outline_names_the_sections(document, rendered):
    headings = re.findall("<h2>(.*?)</h2>", to_html(document, has_logo=False))

    entries = list(pypdfium2.PdfDocument(rendered.content).get_toc(max_depth=5))

    assert [entry.get_title() for entry in entries if entry.level == 0] == headings
