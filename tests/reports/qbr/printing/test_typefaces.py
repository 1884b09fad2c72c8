"""The typeface that an agency chooses for the headings of its reviews."""

from dataclasses import replace

import pypdfium2
import pytest
from django.contrib.staticfiles import finders
from fontTools.ttLib import TTFont

from accounts.models import AgencySettings
from reports.qbr.delivery.look import look_css
from reports.qbr.printing.html import render_document
from reports.qbr.printing.typefaces import TYPEFACES
from tests.reports.qbr.samples import COVER, EMPTY

FACES = sorted(TYPEFACES)
PRINTED = {"plex_serif": "IBM-Plex-Serif-Semi-Bold", "plex_sans": "IBM-Plex-Sans-Semi-Bold"}


def document_in(heading_font):
    return replace(EMPTY, cover=replace(COVER, heading_font=heading_font, client="Zażółć Łódź ÄÖÜß"))


def fonts_and_texts(pdf):
    """(font, text) of what is printed, without the prefix of a subset."""
    kinds = [pypdfium2.raw.FPDF_PAGEOBJ_TEXT]
    return [
        (text.get_font().get_base_name().split("+")[-1], text.extract())
        for page in pypdfium2.PdfDocument(pdf)
        for text in page.get_objects(filter=kinds, max_depth=5, textpage=page.get_textpage())
    ]


def test_every_choice_but_our_own_has_a_face():
    assert {*TYPEFACES, "inter"} == set(AgencySettings.HeadingFont.values)


@pytest.mark.parametrize("name", FACES)
def test_a_face_has_the_letters_of_names(name):
    with TTFont(finders.find(f"vendor/{TYPEFACES[name].path}")) as font:
        missing = {
            letter for letter in "ÀÉÎõüßæøåŻółćęąšžřđğŐűЖя€–„“’" if ord(letter) not in font.getBestCmap()
        }

    assert missing == set()


@pytest.mark.parametrize("name", FACES)
def test_headings_are_printed_in_the_face_and_everything_else_in_inter(name):
    printed = render_document(document_in(name), logo=None, identifier="test").content

    found = fonts_and_texts(printed)

    assert {font for font, _ in found if not font.startswith("Inter")} == {PRINTED[name]}
    assert "Zażółć" in "".join(text for font, text in found if font == PRINTED[name])
    assert COVER.agency in "".join(text for font, text in found if font.startswith("Inter"))


@pytest.mark.parametrize("name", FACES)
def test_the_web_page_serves_the_face(name):
    face = TYPEFACES[name]

    style = look_css(document_in(name).cover)

    assert (f'"{face.family}", "Inter Variable"' in style, f"/static/vendor/{face.path}" in style) == (
        True,
        True,
    )


@pytest.mark.parametrize("name", ["inter", "of another release"])
def test_without_a_choice_there_is_no_other_face(name):
    assert "@font-face" not in look_css(document_in(name).cover)
