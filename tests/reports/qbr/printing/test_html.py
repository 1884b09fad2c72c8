"""The printed review from a document alone: whole, within its margins, readable in any colour."""

import dataclasses
import html
import io
import re
from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image

from reports.pdf import CannotRenderPDF
from reports.qbr.document import Cover, Fees, State, Waits
from reports.qbr.drawn import (
    AnswerPeriod,
    FeeChange,
    FeePoint,
    Forecast,
    Replies,
    SharePeriod,
    WorkMonth,
)
from reports.qbr.printing.colours import contrast
from reports.qbr.printing.html import brand_css, render_document, to_html
from tests.reports.qbr.samples import COVER, EMPTY, full_document, overlong_document

MARGIN = 56  # points; a little less than the 20 mm of the style sheet
FULL = full_document()


def texts_of(value):
    """Every text of a document that is there to be read."""
    if isinstance(value, Waits | Fees | Replies | FeeChange | Forecast):
        return [value.note]
    if isinstance(value, WorkMonth | AnswerPeriod | SharePeriod | FeePoint):
        return [value.label]
    if isinstance(value, Cover):
        hidden = {
            "created",
            "brand_color",
            "accent_color",
            "language",
            "known_until",
            "paper",
            "form",
            "version",
            "heading_font",
        }
        return [getattr(value, field.name) for field in dataclasses.fields(value) if field.name not in hidden]
    if isinstance(value, State):
        return [value.word]
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in texts_of(item)]
    if dataclasses.is_dataclass(value):
        return [text for field in dataclasses.fields(value) for text in texts_of(getattr(value, field.name))]
    return []


def test_every_text_of_the_document_is_on_a_page():
    page = html.unescape(to_html(FULL, has_logo=False))

    assert [text for text in texts_of(FULL) if text not in page] == []


def test_without_a_cover_its_words_stand_above_the_first_section():
    bare = replace(FULL, has_cover=False)

    page = html.unescape(to_html(bare, has_logo=False))
    pdf = pypdfium2.PdfDocument(render_document(bare, logo=None, identifier="x").content)

    first = pdf[0].get_textpage().get_text_range()
    assert [text for text in texts_of(FULL) if text not in page] == []
    assert COVER.client in first
    assert "Executive summary" in first
    assert next(entry.get_title() for entry in pdf.get_toc(max_depth=1)) == "Executive summary"


def test_nothing_is_loaded_but_assets():
    page = to_html(FULL, has_logo=True)

    references = re.findall(r'(?:src|href)="([^"#][^"]*)"', page)
    assert set(references) == {"asset:qbr.css", "asset:brand.css", "asset:spare.css", "asset:logo.png"}


def test_what_people_wrote_is_text_and_nothing_else():
    hostile = '<img src=x onerror=1> {{ 7|add:"7" }} {% url "x" %} </td></table> &amp; 𝔘 مرحبا'
    document = replace(FULL, cover=replace(COVER, client=hostile))

    page = to_html(document, has_logo=False)

    assert hostile in html.unescape(page)
    assert "<img" not in page


def test_a_step_names_the_side_of_an_owner_on_ours_only():
    step = FULL.next_steps[0]
    ours = replace(step, side="Harbour & Finch", owner="Ana Okafor")
    theirs = replace(step, side=COVER.client, owner="You")
    document = replace(FULL, promises=(ours, theirs), next_steps=(theirs, ours))

    page = to_html(document, has_logo=False)

    assert page.count('Ana Okafor<span class="detail">Harbour &amp; Finch</span>') == 2
    assert page.count('<td class="person">You</td>') == 2


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("document", [EMPTY, FULL, overlong_document()], ids=["quiet", "full", "overlong"])
def test_no_text_leaves_the_margins(document, paper):
    document = replace(document, cover=replace(document.cover, paper=paper))
    pdf = pypdfium2.PdfDocument(render_document(document, logo=None, identifier="x").content)

    outside = []
    for number, page in enumerate(pdf, start=1):
        width, height = page.get_size()
        for text in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT], max_depth=1):
            left, bottom, right, top = text.get_bounds()
            if left < MARGIN or right > width - MARGIN or bottom < 20 or top > height - 20:
                outside.append((number, round(left), round(right), round(bottom), round(top)))
    assert outside == []


def test_the_same_document_gives_the_same_bytes():
    first, second = (render_document(FULL, logo=None, identifier="x").content for _ in range(2))

    assert first == second


def test_a_logo_stands_on_the_cover():
    output = io.BytesIO()
    Image.new("RGB", (300, 80), "#ff0080").save(output, "PNG")

    pdf = pypdfium2.PdfDocument(render_document(EMPTY, logo=output.getvalue(), identifier="x").content)

    colours = {colour for _, colour in pdf[0].render(scale=0.5).to_pil().convert("RGB").getcolors(1 << 16)}
    assert (255, 0, 128) in colours


def test_a_broken_logo_fails_the_review():
    with pytest.raises(CannotRenderPDF, match="could not be drawn"):
        render_document(EMPTY, logo=b"no picture", identifier="x")


@pytest.mark.parametrize("brand", ["#0f4c81", "#ffd100", "#ffffff", "#000000", "#808080", "#00ff66"])
@pytest.mark.parametrize("accent", ["#b45309", "#ffffff", "#ffd100"])
def test_any_brand_can_be_read(brand, accent):
    rules = dict(
        re.findall(
            r"^([^{]+) \{ (.+) \}$", brand_css(replace(COVER, brand_color=brand, accent_color=accent)), re.M
        )
    )
    colours = {name: dict(part.split(": ") for part in rule.split("; ")) for name, rule in rules.items()}

    background = colours["@page cover"]["background"]
    assert contrast(colours[".cover, .masthead"]["color"], background) >= 4.5
    assert contrast(colours[".initial"]["color"], colours[".initial"]["background"]) >= 4.5
    assert colours[".masthead"]["background"] == background
    assert contrast(colours["h2, h2 a, .brand"]["color"], "#ffffff") >= 4.5
    assert contrast(colours[".decisions h3"]["color"], colours[".decisions"]["background"]) >= 4.5
